import { declareStep } from '../support/language/index.js';
import type { ConnectionOrigin, RuleMaker } from '../support/model/interception-rules.js';
import type { DetectedMesh } from '../support/model/session.js';
import type { MirrorspecWorld } from '../support/world/index.js';
import {
  expectDetected,
  expectNoRules,
  expectTaken,
  expectTakenIn,
} from '../support/world/interception-expectations.js';

const CONNECTIONS = { name: 'connections', description: 'how many', schema: { minimum: 0 } } as const;
const COUNTED = "Counted since the situation was built, by the kernel's own counters (`iptables-save -c`).";

declareStep<MirrorspecWorld, [RuleMaker, number, ConnectionOrigin]>({
  keyword: 'Then',
  expression: 'the rules of the {maker} took {int} connection(s) from {origin} of the pod',
  title: 'whose rules took the connections',
  description: `The iptables rules of the mesh, or of the mirror session, led so many connections of the workload's pod somewhere else than where they were going. ${COUNTED}`,
  example: 'Then the rules of the mirror session took 1 connection from inside of the pod',
  parameters: [
    { name: 'maker', description: 'whose rules' },
    CONNECTIONS,
    { name: 'origin', description: 'from outside of the pod, or from inside' },
  ],
  yaml: { key: 'rules', value: { of: '{maker}', took: '{connections}', from: '{origin}' } },
  run(maker, connections, origin) {
    return expectTaken(this, { maker, origin, connections });
  },
});

declareStep<MirrorspecWorld, [string, number]>({
  keyword: 'Then',
  expression: 'the chain {string} took {int} connection(s)',
  title: 'what one chain took',
  description: `The rules of this iptables chain of the workload's pod led so many connections somewhere else. The chains of a mirror session have names that differ from session to session: \`*\` at the end stands for the rest. ${COUNTED}`,
  example: 'Then the chain "MRDIN_*" took 1 connection',
  parameters: [
    {
      name: 'chain',
      description: 'name of a chain, or its beginning and `*`',
      schema: { examples: ['ISTIO_INBOUND', 'MRDIN_*', 'MRDOUT_*', 'MRDSTD_*'] },
    },
    CONNECTIONS,
  ],
  yaml: { key: 'rules', value: { chain: '{chain}', took: '{connections}' } },
  run(chain, connections) {
    return expectTakenIn(this, chain, connections);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: 'the mirror session has no rules',
  title: 'a session without iptables rules',
  description: 'The mirror session is running, and there is no iptables rule of it in the workload’s pod.',
  example: 'Then the mirror session has no rules',
  yaml: { key: 'session', value: { rules: 'none' } },
  run() {
    return expectNoRules(this);
  },
});

declareStep<MirrorspecWorld, [DetectedMesh]>({
  keyword: 'Then',
  expression: 'the service mesh {detected mesh} is detected',
  title: 'the mesh that the agent finds',
  description: [
    'What an agent that redirects takes the pod’s mesh for. It looks at the jumps in OUTPUT of the iptables table `nat`:',
    '',
    '- `istio`: to `ISTIO_OUTPUT`; `istio-ambient`: and in the table `mangle`, too,',
    '- `linkerd`: to `PROXY_INIT_OUTPUT`,',
    '- `kuma`: to `KUMA_MESH_OUTBOUND`,',
    '- `none`: nothing of these, as on a mesh whose rules are nftables of its own.',
  ].join('\n'),
  example: 'Then the service mesh istio is detected',
  parameters: [{ name: 'mesh', description: 'what is detected' }],
  yaml: { key: 'session', value: { 'detects-mesh': '{mesh}' } },
  run(expected) {
    return expectDetected(this, expected);
  },
});
