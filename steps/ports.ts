import { declareStep } from '../support/language/index.js';
import { pathPattern } from '../support/model/policies.js';
import { checkPortName } from '../support/model/port-protocol.js';
import type { MtlsPolicy } from '../support/model/situation.js';
import type { MirrorspecWorld } from '../support/world/index.js';
import { PORT_SCHEMA, portNumber } from './arguments.js';

const PORT = { name: 'port', description: 'a port of the workload', schema: PORT_SCHEMA } as const;

declareStep<MirrorspecWorld, [number, string]>({
  keyword: 'Given',
  expression: 'port {int} of the workload is named {string}',
  title: 'the name of a port',
  description: [
    'The name of the port in the Service of the workload. Istio takes the protocol from it, up to the first `-`:',
    '',
    '- `http`: HTTP; the sidecar speaks HTTP/1.1 to the application, also where the caller speaks HTTP/2.',
    '- `http2`, `grpc`: the sidecar speaks HTTP/2 to the application, also where the caller speaks HTTP/1.1.',
    '- `grpc-web`: the same, and gRPC-Web is turned into gRPC.',
    '- `tcp` (also `https`, `tls`, `mongo`, `redis`, `mysql`): bytes, passed on unseen.',
    '- anything else, and no name: the protocol is told from the first bytes of each connection, and kept.',
  ].join('\n'),
  example: 'Given port 8080 of the workload is named "grpc-web"',
  parameters: [
    PORT,
    { name: 'name', description: 'as in a Service', schema: { examples: ['http', 'http2-api', 'grpc-web'] } },
  ],
  yaml: { key: 'port', value: { number: '{port}', name: '{name}' } },
  run(port, name) {
    this.describe.describePort(portNumber(port), { name: checkPortName(name) });
  },
});

declareStep<MirrorspecWorld, [number, string]>({
  keyword: 'Given',
  expression: 'port {int} of the workload has the appProtocol {string}',
  title: 'the appProtocol of a port',
  description:
    'The field `appProtocol` of the port in the Service of the workload. It is stronger than the name: the same words, and `kubernetes.io/h2c` (HTTP/2), `kubernetes.io/ws` (HTTP), `kubernetes.io/wss` (bytes). With any other word the protocol is told from the first bytes.',
  example: 'Given port 8080 of the workload has the appProtocol "kubernetes.io/h2c"',
  parameters: [
    PORT,
    { name: 'protocol', description: 'as in a Service', schema: { examples: ['http2', 'grpc', 'kubernetes.io/h2c'] } },
  ],
  yaml: { key: 'port', value: { number: '{port}', 'app-protocol': '{protocol}' } },
  run(port, appProtocol) {
    this.describe.describePort(portNumber(port), { appProtocol });
  },
});

declareStep<MirrorspecWorld, [number, MtlsPolicy]>({
  keyword: 'Given',
  expression: 'port {int} of the workload accepts {policy} mutual TLS',
  title: 'the mTLS policy of a port',
  description:
    'What the sidecar accepts on this port, whatever it accepts on others (`portLevelMtls` of a PeerAuthentication). Callers in the mesh follow it.',
  example: 'Given port 8080 of the workload accepts DISABLE mutual TLS',
  parameters: [PORT, { name: 'policy', description: 'what is accepted there' }],
  yaml: { key: 'port', value: { number: '{port}', mtls: '{policy}' } },
  run(port, mtls) {
    this.describe.describePort(portNumber(port), { mtls });
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: 'port {int} of the workload is not intercepted',
  title: 'a port past the sidecar',
  description:
    'Connections to this port reach the application without passing its sidecar (annotation `traffic.sidecar.istio.io/excludeInboundPorts`). Sidecars of callers do not know it: they encrypt, and the application understands nothing.',
  example: 'Given port 8080 of the workload is not intercepted',
  parameters: [PORT],
  yaml: { key: 'port', value: { number: '{port}', intercepted: false } },
  run(port) {
    this.describe.describePort(portNumber(port), { excluded: true });
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'an authorization policy denies {string}',
  title: 'an authorization policy',
  description:
    "The workload's sidecar answers requests for this path itself, with 403 (gRPC: status 7), and the application does not see them (AuthorizationPolicy, action `DENY`).",
  example: 'Given an authorization policy denies "/admin/*"',
  parameters: [
    {
      name: 'path',
      description: 'a path, or one with a `*` at one of its ends',
      schema: { examples: ['/admin/*', '*.php'] },
    },
  ],
  yaml: { key: 'denied', value: { path: '{path}' } },
  run(path) {
    this.describe.deniedPaths.push(pathPattern(path));
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'the workload listens on 127.0.0.1 only',
  title: 'a workload that is bound to loopback',
  description:
    "The workload `echo` listens on 127.0.0.1 and not on the pod's address. A sidecar of Istio since 1.10 does not reach it there.",
  example: 'Given the workload listens on 127.0.0.1 only',
  yaml: { key: 'workload-listens', value: 'on 127.0.0.1 only' },
  run() {
    this.describe.loopbackOnly = true;
  },
});
