import { declareParameterType, declareStep } from '../support/language/index.js';
import type { TcpEnding } from '../support/model/call.js';
import { expectCopyEndsLater } from '../support/world/connection-end.js';
import { expectFirstByteAfter, expectFirstByteWithin } from '../support/world/first-byte.js';
import type { MirrorspecWorld } from '../support/world/index.js';

const ENDINGS: Readonly<Record<string, TcpEnding>> = {
  'caller half-closes first': 'half-close',
  'workload closes first': 'workload-closes',
  'caller resets': 'caller-resets',
  'workload resets': 'workload-resets',
};

declareParameterType<TcpEnding>({
  name: 'ending',
  values: Object.keys(ENDINGS),
  description:
    'How the connection of a call over TCP ends. `caller half-closes first`: the caller has said all, the workload answers and closes. `workload closes first`: the workload has all that it was told to wait for, answers and closes. `caller resets`, `workload resets`: one of them breaks it off; the caller when it has its answer, the workload when it has the message.',
  transform: (text) => ENDINGS[text] ?? 'half-close',
});

declareStep<MirrorspecWorld, [TcpEnding]>({
  keyword: 'Given',
  expression: 'TCP connections that the {ending}',
  title: 'how a TCP connection ends',
  description:
    'How calls over TCP to the workload `echo` end. Without this step the caller half-closes when it has said all.',
  example: 'Given TCP connections that the workload closes first',
  parameters: [{ name: 'ending', description: 'who ends it, and how' }],
  yaml: { key: 'tcp-connections', value: { 'that-the': '{ending}' } },
  run(ending) {
    this.call.tcpEnding = ending;
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the workload greets callers over TCP with {string}',
  title: 'a workload that speaks first',
  description:
    'On each connection to its port for raw TCP the workload `echo` says this before anything else, and the caller says nothing before it has it. So do the servers of SMTP, MySQL and SSH.',
  example: 'Given the workload greets callers over TCP with "220 ready"',
  parameters: [{ name: 'greeting', description: 'what it says' }],
  yaml: { key: 'workload-greets' },
  run(greeting) {
    this.describe.greeting = greeting;
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Then',
  expression: 'the caller gets the first byte within {duration}',
  title: 'the first byte comes soon',
  description:
    'In each call over TCP of the last When-step, the first byte of the answer (or of a greeting) came no later than this after the caller began to connect.',
  example: 'Then the caller gets the first byte within 1 s',
  parameters: [{ name: 'duration', description: 'how long it may take' }],
  yaml: { key: 'caller-gets', value: { 'first-byte': { within: '{duration}' } } },
  run(limit) {
    return expectFirstByteWithin(this, limit);
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Then',
  expression: 'the caller waits at least {duration} for the first byte',
  title: 'the first byte comes late',
  description:
    'In each call over TCP of the last When-step, the first byte of the answer (or of a greeting) came no sooner than this after the caller began to connect.',
  example: 'Then the caller waits at least 2 s for the first byte',
  parameters: [{ name: 'duration', description: 'how long it must take' }],
  yaml: { key: 'caller-gets', value: { 'first-byte': { after: '{duration}' } } },
  run(least) {
    expectFirstByteAfter(this, least);
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Then',
  expression: "the copy's connection ends at least {duration} after the caller's",
  title: 'the end of the copy comes later',
  description:
    'In each call of the last When-step, the local process learned that its connection had ended so much later than the caller had said its last and ended its side.',
  example: "Then the copy's connection ends at least 900 ms after the caller's",
  parameters: [{ name: 'duration', description: 'how much later' }],
  yaml: { key: 'copy-ends', value: { 'later-by': '{duration}' } },
  run(least) {
    return expectCopyEndsLater(this, least);
  },
});
