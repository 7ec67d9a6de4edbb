import { declareParameterType } from '../support/language/index.js';
import { parseDuration } from '../support/model/duration.js';
import { UserError } from '../support/model/errors.js';
import {
  CONNECTION_ORIGINS,
  type ConnectionOrigin,
  RULE_MAKERS,
  type RuleMaker,
} from '../support/model/interception-rules.js';
import { LARGEST_MESSAGE_BYTES } from '../support/model/payload.js';
import { INTERACTIONS, type Interaction, PROTOCOLS, type Protocol } from '../support/model/protocol.js';
import { DETECTED_MESHES, type DetectedMesh } from '../support/model/session.js';
import {
  CALLER_KINDS,
  type CallerKind,
  INTERCEPTION_MODES,
  type InterceptionMode,
  IP_FAMILIES,
  type IpFamily,
  LOSS_PLACES,
  type LossPlace,
  MESH_KINDS,
  type MeshKind,
  MTLS_POLICIES,
  type MtlsPolicy,
  PEERS,
  type Peer,
} from '../support/model/situation.js';
import { FIRST_CALL_OUTCOMES, type FirstCallOutcome, START_ORDERS, type StartOrder } from '../support/model/startup.js';
import { CAUSES, type Cause } from '../support/model/verdict.js';

declareParameterType<Protocol>({
  name: 'protocol',
  values: PROTOCOLS,
  description:
    'The protocol of a call. `gRPC-over-HTTP/1.1` is gRPC-Web, the only gRPC that HTTP/1.1 can carry. `HTTP/2` is spoken without TLS by the application, with prior knowledge. `SSE` is a GET over HTTP/1.1 that is answered with server-sent events: the payloads. `WebSocket` is a GET over HTTP/1.1 that becomes a WebSocket. `TCP` is bytes that are no HTTP; a call is a connection.',
  transform: (text) => text as Protocol,
});

declareParameterType<Interaction>({
  name: 'interaction',
  values: INTERACTIONS,
  description: 'How messages flow within one call.',
  transform: (text) => text as Interaction,
});

declareParameterType<MtlsPolicy>({
  name: 'policy',
  values: MTLS_POLICIES,
  description:
    "What the workload's sidecar accepts (Istio PeerAuthentication): `STRICT` mutual TLS only, `PERMISSIVE` also plaintext, `DISABLE` plaintext only.",
  transform: (text) => text as MtlsPolicy,
});

declareParameterType<Cause>({
  name: 'cause',
  values: CAUSES,
  description: 'A cause that mirrorspec can find in the evidence.',
  transform: (text) => text as Cause,
});

declareParameterType<MeshKind>({
  name: 'mesh',
  values: MESH_KINDS,
  description:
    'A mesh by its kind: `istio` (with sidecars), `istio-ambient`, both with mutual TLS in mode `STRICT`, `linkerd` or `none`.',
  transform: (text) => text as MeshKind,
});

declareParameterType<InterceptionMode>({
  name: 'interception',
  values: INTERCEPTION_MODES,
  description:
    "How what comes to a pod reaches its sidecar: `REDIRECT` (the application sees the sidecar's address) or `TPROXY` (the caller's).",
  transform: (text) => text as InterceptionMode,
});

declareParameterType<Peer>({
  name: 'peer',
  values: PEERS,
  description: 'Whose address: that of the `caller`, of the `sidecar` (127.0.0.6), or of the workload’s `pod` itself.',
  transform: (text) => text as Peer,
});

declareParameterType<IpFamily>({
  name: 'family',
  values: IP_FAMILIES,
  description: 'A version of the Internet Protocol.',
  transform: (text) => text as IpFamily,
});

declareParameterType<CallerKind>({
  name: 'caller',
  values: CALLER_KINDS,
  description:
    'Who makes the calls: `meshed` has a sidecar of its own, `unmeshed` has none, `in-pod` is a process in the workload’s own pod.',
  transform: (text) => text as CallerKind,
});

declareParameterType<LossPlace>({
  name: 'loss',
  values: LOSS_PLACES,
  description: 'Where packets are lost: `on the way` to the workload’s pod, or `in the pod`, behind any capture.',
  transform: (text) => text as LossPlace,
});

declareParameterType<string>({
  name: 'traffic',
  values: ['TLS only', 'plaintext', 'nothing'],
  description: 'What an interface carried to and from the workload’s ports.',
  transform: (text) => text,
});

declareParameterType<RuleMaker>({
  name: 'maker',
  values: RULE_MAKERS.filter((maker) => maker === 'mesh' || maker === 'mirror session'),
  description: 'Whose iptables rules: those of the `mesh`, or those of the `mirror session`.',
  transform: (text) => text as RuleMaker,
});

declareParameterType<ConnectionOrigin>({
  name: 'origin',
  values: CONNECTION_ORIGINS,
  description:
    'Where connections come from: from `outside` of the pod (PREROUTING), as from a caller to a sidecar, or from `inside` of it (OUTPUT), as from a sidecar to its application.',
  transform: (text) => text as ConnectionOrigin,
});

declareParameterType<DetectedMesh>({
  name: 'detected mesh',
  values: DETECTED_MESHES,
  description: 'What the iptables of a pod tell an agent of its mesh.',
  transform: (text) => text as DetectedMesh,
});

declareParameterType<StartOrder>({
  name: 'start order',
  values: START_ORDERS,
  description: 'Whether the application starts `before` its sidecar takes connections, or `after` that.',
  transform: (text) => text as StartOrder,
});

declareParameterType<FirstCallOutcome>({
  name: 'first call',
  values: FIRST_CALL_OUTCOMES,
  description:
    'What became of the application’s first call: `answered`, `refused` (there was no connection), or `failed` (there was one, and no answer, or one that tells of an error).',
  transform: (text) => text as FirstCallOutcome,
});

const UNITS: Readonly<Record<string, number>> = { byte: 1, bytes: 1, KiB: 1024, MiB: 1024 * 1024 };

declareParameterType<number>({
  name: 'size',
  regexp: /(\d+) (bytes?|KiB|MiB)/,
  values: ['1 byte', '512 bytes', '64 KiB', '1 MiB'],
  description: 'A number of bytes: `bytes`, `KiB` (1024 bytes) or `MiB` (1024 KiB); at most 100 MiB.',
  transform: (amount, unit) => {
    const size = Number(amount) * bytesIn(unit ?? 'bytes');
    if (size > LARGEST_MESSAGE_BYTES)
      throw new UserError(`${amount} ${unit} is more than a message may have: 100 MiB at most`);
    return size;
  },
});

const LONGEST_DURATION_MS = 3_600_000;

declareParameterType<number>({
  name: 'duration',
  regexp: /\d+(?:\.\d+)? ?(?:ms|s|min|h)/,
  values: ['100 ms', '2.5 s', '1 min'],
  description: 'A length of time: `ms`, `s`, `min` or `h`; at most an hour.',
  transform: (text) => {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined || milliseconds > LONGEST_DURATION_MS) {
      throw new UserError(`${text} is longer than anything here may take: an hour at most`);
    }
    return milliseconds;
  },
});

function bytesIn(unit: string): number {
  return UNITS[unit] ?? 1;
}
