import { declareStep } from '../support/language/index.js';
import { ExpectationError, UserError } from '../support/model/errors.js';
import { expectDeliveredTo } from '../support/world/connection-expectations.js';
import type { MirrorspecWorld } from '../support/world/index.js';
import { commandOf, PORT_SCHEMA, portNumber } from './arguments.js';

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the mirror listens on {string}',
  title: 'the listen interface',
  description:
    'The network interface of the workload’s pod that the mirror session captures on: `lo`, `eth0`, any other name, or `auto` (`lo` on a mesh, else the interface of the default route). Without this step it is `auto`.',
  example: 'Given the mirror listens on "lo"',
  parameters: [
    {
      name: 'interface',
      description: '`lo`, `eth0`, `auto`, or any name',
      schema: { examples: ['lo', 'eth0', 'auto'] },
    },
  ],
  yaml: { key: 'mirror', value: { listen: '{interface}' } },
  run(name) {
    Object.assign(this.describe.describedMirror(), { listenInterface: name, listens: true });
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: 'the mirror subscribes to port {int}',
  title: 'the mirrored ports',
  description:
    'Mirrors this port of the workload; repeat the step for several. Without it all ports of the workload are mirrored.',
  example: 'Given the mirror subscribes to port 8080',
  parameters: [{ name: 'port', description: 'a TCP port of the workload', schema: PORT_SCHEMA }],
  yaml: { key: 'mirror', value: { ports: ['{port}'] } },
  run(port) {
    this.describe.describedMirror().ports.push(portNumber(port));
  },
});

declareStep<MirrorspecWorld, [number, number]>({
  keyword: 'Given',
  expression: 'the mirror maps port {int} to the local port {int}',
  title: 'port mapping',
  description:
    'What is mirrored of this port of the workload goes to this port of the local process (mirrord: `port_mapping`). Without it the built-in receiver listens on any free port for each. The port is mirrored, too, if any ports are said.',
  example: 'Given the mirror maps port 8080 to the local port 18080',
  parameters: [
    { name: 'port', description: 'a TCP port of the workload', schema: PORT_SCHEMA },
    { name: 'local-port', description: 'a port of the local process', schema: PORT_SCHEMA },
  ],
  yaml: { key: 'mirror', value: { map: { port: '{port}', 'local-port': '{local-port}' } } },
  run(port, local) {
    const mirror = this.describe.describedMirror();
    mirror.portMapping.push({ remote: portNumber(port), local: portNumber(local) });
    if (mirror.ports.length > 0 && !mirror.ports.includes(port)) mirror.ports.push(port);
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Then',
  expression: 'the copy arrives at the local port {int}',
  title: 'the local port of the copy',
  description: 'The mirrored copies of the last calls came to this port of the local process.',
  example: 'Then the copy arrives at the local port 18080',
  parameters: [{ name: 'port', description: 'a port of the local process', schema: PORT_SCHEMA }],
  yaml: { key: 'mirrored-to', value: { 'local-port': '{port}' } },
  run(port) {
    return expectDeliveredTo(this, port);
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the local process runs {string}',
  title: 'your own local process',
  description:
    'Runs a command that receives the mirrored copy in place of the built-in receiver, outside of all pods. It is told its port in `PORT`; its answers are discarded. What was delivered to it is judged.',
  example: 'Given the local process runs "node local.js"',
  parameters: [{ name: 'command', description: 'program and arguments; quote arguments with blanks in single quotes' }],
  yaml: { key: 'mirror', value: { 'local-process': '{command}' } },
  run(command) {
    this.describe.describedMirror().localProcess = { kind: 'command', command: commandOf(command) };
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: 'the local process reads {size} per second',
  title: 'a slow local process',
  description:
    'The built-in local process reads no more than this of each connection. What it has not read waits in the kernel, in the relay, and in the agent, whose queues have their bounds.',
  example: 'Given the local process reads 64 KiB per second',
  parameters: [{ name: 'size', description: 'how much' }],
  yaml: { key: 'mirror', value: { 'local-process-reads-per-second': '{size}' } },
  run(bytesPerSecond) {
    if (bytesPerSecond === 0) throw new UserError('a local process that reads 0 bytes per second reads nothing at all');
    this.describe.describedMirror().localProcess = { kind: 'receiver', bytesPerSecond };
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'When',
  expression: 'the local process dies',
  title: 'the local process dies',
  description:
    'The built-in local process is gone from one moment to the next: its connections are reset, and its port refuses new ones. Agent and relay stay.',
  example: 'When the local process dies',
  yaml: { key: 'session', value: 'without-local-process' },
  async run() {
    await (await this.session()).killLocalProcess(this.signal);
    this.forgetVerdicts();
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'no mirror session',
  title: 'no mirror session',
  description: 'Nothing is mirrored in this scenario: for comparison with one in which something is.',
  example: 'Given no mirror session',
  yaml: { key: 'mirror', value: 'none' },
  run() {
    this.describe.mirror = undefined;
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'When',
  expression: 'the mirror session is started',
  title: 'the mirror session is started',
  description:
    'Builds the situation and starts the mirror session without making a call; starts it anew where it has been stopped. A failure is for a Then-step to expect.',
  example: 'When the mirror session is started',
  yaml: { key: 'session', value: 'started' },
  run() {
    return this.startSession();
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'When',
  expression: 'the mirror session is stopped',
  title: 'the mirror session is stopped',
  description:
    'Waits until everything that the session has taken is delivered, and ends its agent and the local process. Workload and caller go on; calls can be made, and a session can be started again.',
  example: 'When the mirror session is stopped',
  yaml: { key: 'session', value: 'stopped' },
  run() {
    return this.stopSession();
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'the mirror session starts later',
  title: 'a session that starts later',
  description:
    'The situation is built without the mirror session; calls before "When the mirror session is started" are made without it.',
  example: 'Given the mirror session starts later',
  yaml: { key: 'mirror', value: { starts: 'later' } },
  run() {
    this.describe.mirrorLater = true;
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: 'it cannot start because {string}',
  title: 'the session cannot start',
  description: 'The mirror session was refused, and the reason contains the given words.',
  example: 'Then it cannot start because "there is no interface mesh7"',
  parameters: [{ name: 'reason', description: 'words of the reason' }],
  yaml: { key: 'session', value: { 'refused-because': '{reason}' } },
  async run(reason) {
    const { mirrorFailure } = await this.deployment();
    if (mirrorFailure === undefined)
      throw new ExpectationError('the mirror session was expected to be refused, but it started');
    if (!mirrorFailure.message.includes(reason)) {
      throw new ExpectationError(
        `the mirror session was refused, but for another reason\nexpected: ${reason}\nfound:    ${mirrorFailure.message}`,
      );
    }
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: 'the mirror session listens on {string}',
  title: 'the interface that was chosen',
  description: 'The interface that the session really captures on, for example what `auto` came to.',
  example: 'Then the mirror session listens on "lo"',
  parameters: [{ name: 'interface', description: 'name of the interface' }],
  yaml: { key: 'session', value: { 'listens-on': '{interface}' } },
  async run(name) {
    const { listenInterface } = await (await this.session()).report();
    if (listenInterface === undefined) {
      throw new ExpectationError('the mirror session listens on no interface: it redirects connections');
    }
    if (listenInterface !== name) {
      throw new ExpectationError(`the mirror session listens on ${listenInterface}, not on ${name}`);
    }
  },
});
