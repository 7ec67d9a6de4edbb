import { declareStep } from '../support/language/index.js';
import type { Peer } from '../support/model/situation.js';
import { expectAddressOf } from '../support/world/address-expectations.js';
import type { MirrorspecWorld } from '../support/world/index.js';

const PEER = { name: 'peer', description: 'whose address' } as const;

declareStep<MirrorspecWorld, [Peer]>({
  keyword: 'Then',
  expression: 'the workload sees the address of the {peer}',
  title: 'where calls come from, for the workload',
  description:
    'The calls of the last When-step came to the application over connections from this address. Through a sidecar that is the sidecar’s, unless it intercepts with TPROXY; through a mirror that redirects it is the pod’s own.',
  example: 'Then the workload sees the address of the caller',
  parameters: [PEER],
  yaml: { key: 'source-address', value: { 'for-the-workload': '{peer}' } },
  run(peer) {
    return expectAddressOf(this, peer, 'workload');
  },
});

declareStep<MirrorspecWorld, [Peer]>({
  keyword: 'Then',
  expression: 'the mirror sees the address of the {peer}',
  title: 'where calls come from, for the mirror',
  description:
    'What a mirror that captures packets says of where the mirrored connections of the last When-step came from. A mirror that redirects replays requests on connections of its own.',
  example: 'Then the mirror sees the address of the sidecar',
  parameters: [PEER],
  yaml: { key: 'source-address', value: { 'for-the-mirror': '{peer}' } },
  run(peer) {
    return expectAddressOf(this, peer, 'localProcess');
  },
});
