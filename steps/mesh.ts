import { declareStep } from '../support/language/index.js';
import {
  type CallerKind,
  type InterceptionMode,
  type MeshKind,
  type MtlsPolicy,
  meshOf,
} from '../support/model/situation.js';
import type { MirrorspecWorld } from '../support/world/index.js';

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'an Istio mesh',
  title: 'an Istio mesh',
  description:
    'The workload and (unless said otherwise) the caller have Istio sidecars that speak mutual TLS with each other; the workload accepts nothing else (`STRICT`).',
  example: 'Given an Istio mesh',
  yaml: { key: 'mesh', value: 'istio' },
  run() {
    this.describe.mesh = { kind: 'istio', mtls: 'STRICT' };
  },
});

declareStep<MirrorspecWorld, [MtlsPolicy]>({
  keyword: 'Given',
  expression: 'an Istio mesh with {policy} mutual TLS',
  title: 'an Istio mesh with an mTLS policy',
  description: "An Istio mesh in which the workload's PeerAuthentication has the given mode.",
  example: 'Given an Istio mesh with PERMISSIVE mutual TLS',
  parameters: [{ name: 'policy', description: "what the workload's sidecar accepts" }],
  yaml: { key: 'mesh', value: { kind: 'istio', mtls: '{policy}' } },
  run(mtls) {
    this.describe.mesh = { kind: 'istio', mtls };
  },
});

declareStep<MirrorspecWorld, [InterceptionMode]>({
  keyword: 'Given',
  expression: 'an Istio mesh with {interception} interception',
  title: 'an Istio mesh that intercepts in a certain way',
  description: [
    "An Istio mesh (`STRICT`) in which what comes to the workload's pod reaches its sidecar in the given way (annotation `sidecar.istio.io/interceptionMode`):",
    '',
    "- `REDIRECT`, the default: the application sees the sidecar's address, 127.0.0.6,",
    "- `TPROXY`: the application sees the caller's address. The sidecar may administrate the pod's network for that. IPv4 only.",
  ].join('\n'),
  example: 'Given an Istio mesh with TPROXY interception',
  parameters: [{ name: 'interception', description: 'how' }],
  yaml: { key: 'mesh', value: { kind: 'istio', interception: '{interception}' } },
  run(interception) {
    this.describe.mesh = { kind: 'istio', mtls: 'STRICT', interception };
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'an Istio ambient mesh',
  title: 'an Istio ambient mesh',
  description:
    'Istio in ambient mode: no sidecars; ztunnels carry connections between meshed pods through mutual TLS and hand them to the application on `lo`, from the client’s own address, with not a byte changed. The workload accepts nothing else (`STRICT`). There is no waypoint.',
  example: 'Given an Istio ambient mesh',
  yaml: { key: 'mesh', value: 'istio-ambient' },
  run() {
    this.describe.mesh = meshOf('istio-ambient');
  },
});

declareStep<MirrorspecWorld, [MtlsPolicy]>({
  keyword: 'Given',
  expression: 'an Istio ambient mesh with {policy} mutual TLS',
  title: 'an Istio ambient mesh with an mTLS policy',
  description:
    "An Istio ambient mesh in which the workload's PeerAuthentication has the given mode. `DISABLE` means nothing there and is refused.",
  example: 'Given an Istio ambient mesh with PERMISSIVE mutual TLS',
  parameters: [{ name: 'policy', description: "what the workload's ztunnel accepts" }],
  yaml: { key: 'mesh', value: { kind: 'istio-ambient', mtls: '{policy}' } },
  run(mtls) {
    this.describe.mesh = meshOf('istio-ambient', mtls);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'a Linkerd mesh',
  title: 'a Linkerd mesh',
  description:
    'The workload and (unless said otherwise) the caller have proxies as Linkerd’s: mutual TLS between them, HTTP/1.1 carried over HTTP/2. Callers outside of the mesh are let in. A port that the Service declares as TCP counts as opaque.',
  example: 'Given a Linkerd mesh',
  yaml: { key: 'mesh', value: 'linkerd' },
  run() {
    this.describe.mesh = { kind: 'linkerd' };
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'no mesh',
  title: 'no mesh',
  description: 'Neither the workload nor the caller has a sidecar. This is how it is when no step names a mesh.',
  example: 'Given no mesh',
  yaml: { key: 'mesh', value: 'none' },
  run() {
    this.describe.mesh = { kind: 'none' };
  },
});

declareStep<MirrorspecWorld, [MeshKind]>({
  keyword: 'Given',
  expression: 'the mesh is {mesh}',
  title: 'the mesh, by its kind',
  description:
    'The same as "an Istio mesh", "an Istio ambient mesh" or "no mesh", for scenarios in which the mesh is a column of the examples.',
  example: 'Given the mesh is istio',
  parameters: [{ name: 'mesh', description: 'its kind' }],
  yaml: { key: 'mesh' },
  run(kind) {
    this.describe.mesh = meshOf(kind);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'a caller outside (of )the mesh',
  title: 'a caller outside the mesh',
  description: 'The caller has no sidecar: it calls in plaintext.',
  example: 'Given a caller outside the mesh',
  yaml: { key: 'caller', value: 'unmeshed' },
  run() {
    this.describe.caller = 'unmeshed';
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'a caller inside (of )the mesh',
  title: 'a caller inside the mesh',
  description: 'The caller has a sidecar of its own. This is how it is on a mesh when no step says otherwise.',
  example: 'Given a caller inside the mesh',
  yaml: { key: 'caller', value: 'meshed' },
  run() {
    this.describe.caller = 'meshed';
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'a caller in the pod of the workload',
  title: 'a caller in the workload’s pod',
  description:
    'The caller is a process in the workload’s own pod and calls it through `lo`, past any sidecar, as `kubectl port-forward` does.',
  example: 'Given a caller in the pod of the workload',
  yaml: { key: 'caller', value: 'in-pod' },
  run() {
    this.describe.caller = 'in-pod';
  },
});

declareStep<MirrorspecWorld, [CallerKind]>({
  keyword: 'Given',
  expression: 'the caller is {caller}',
  title: 'the caller, by its kind',
  description:
    'A caller inside (`meshed`) or outside the mesh, or in the pod of the workload, for scenarios in which the caller is a column of the examples.',
  example: 'Given the caller is unmeshed',
  parameters: [{ name: 'caller', description: 'its kind' }],
  yaml: { key: 'caller' },
  run(kind) {
    this.describe.caller = kind;
  },
});
