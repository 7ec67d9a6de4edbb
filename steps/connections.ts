import { declareStep } from '../support/language/index.js';
import { UserError } from '../support/model/errors.js';
import type { Protocol } from '../support/model/protocol.js';
import type { LossPlace } from '../support/model/situation.js';
import { expectCallersAddress, expectCallersConnections } from '../support/world/connection-expectations.js';
import type { MirrorspecWorld } from '../support/world/index.js';

const ALREADY = [
  'The caller has called before the mirror session starts, and keeps its connection; on a mesh the sidecars keep theirs, too. The call is like those that the scenario makes, and is not judged.',
];

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'a caller that is already connected',
  title: 'a caller from before the session',
  description: [...ALREADY, '', 'The connection is for the protocol of the first call.'].join('\n'),
  example: 'Given a caller that is already connected',
  yaml: { key: 'connections', value: 'already-open' },
  run() {
    this.describe.connectedBefore ??= [];
  },
});

declareStep<MirrorspecWorld, [Protocol]>({
  keyword: 'Given',
  expression: 'a caller that is already connected over {protocol}',
  title: 'a caller from before the session, by protocol',
  description: [...ALREADY, '', 'Repeat the step for several protocols; each has connections of its own.'].join('\n'),
  example: 'Given a caller that is already connected over HTTP/2',
  parameters: [{ name: 'protocol', description: 'what the connection is for' }],
  yaml: { key: 'connections', value: { 'already-open': '{protocol}' } },
  run(protocol) {
    const { describe } = this;
    describe.connectedBefore = [...(describe.connectedBefore ?? []), protocol];
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'When',
  expression: 'the caller connects anew',
  title: 'the caller connects anew',
  description:
    'The caller closes the connections that it keeps; its next call opens one. Connections between sidecars and the workload are the sidecars’ own, and may stay.',
  example: 'When the caller connects anew',
  yaml: { key: 'connections', value: 'anew' },
  run() {
    return this.disconnectCaller();
  },
});

declareStep<MirrorspecWorld, [number, LossPlace]>({
  keyword: 'Given',
  expression: 'one in {int} full packets is lost {loss}',
  title: 'lost packets',
  description: [
    'The kernel drops every n-th packet of 1,000 bytes or more to the workload’s ports, and TCP sends it again:',
    '',
    '- `on the way`: before it comes to the workload’s pod. A capture there sees it late,',
    '- `in the pod`: behind any capture on the pod’s interfaces. A capture sees it twice.',
  ].join('\n'),
  example: 'Given one in 3 full packets is lost on the way',
  parameters: [
    {
      name: 'one-in',
      description: 'how many packets there are for each that is lost',
      schema: { minimum: 2, maximum: 1000 },
    },
    { name: 'where', description: 'where it is lost' },
  ],
  yaml: { key: 'loss', value: { 'one-in': '{one-in}', where: '{where}' } },
  run(oneIn, where) {
    this.describe.loss = { oneIn, where };
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: 'packets of at most {int} bytes',
  title: 'the size of packets',
  description:
    'Each packet on the network (`eth0`) has at most so many bytes, headers included, and is seen by captures as it is: the kernel hands on no larger ones to be cut later, as it else does. About 52 bytes of a packet are headers.',
  example: 'Given packets of at most 1500 bytes',
  parameters: [{ name: 'bytes', description: 'the MTU', schema: { minimum: 128, maximum: 1500 } }],
  yaml: { key: 'packets', value: { 'at-most': '{bytes}' } },
  run(bytes) {
    if (bytes < 128 || bytes > 1500) {
      throw new UserError(
        `packets of ${bytes} bytes cannot be had here: give 128 to 1500, which is what the network carries`,
      );
    }
    this.describe.packetBytes = bytes;
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: "the local process sees the caller's address",
  title: 'the source of the copy',
  description:
    'The mirrored copies of the last calls come from the IP address that the caller has, as far as the local process can tell.',
  example: "Then the local process sees the caller's address",
  yaml: { key: 'mirrored-source', value: 'caller' },
  run() {
    return expectCallersAddress(this);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: "the workload sees the caller's connections",
  title: 'connections to the workload',
  description:
    'The last calls came to the workload over no more connections than the caller made them over: the mirror opens none of its own.',
  example: "Then the workload sees the caller's connections",
  yaml: { key: 'workload-connections', value: 'as-called' },
  run() {
    return expectCallersConnections(this);
  },
});
