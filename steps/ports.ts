import { declareStep } from '../support/language/index.js';
import { pathPattern } from '../support/model/policies.js';
import type { MtlsPolicy } from '../support/model/situation.js';
import type { MirrorspecWorld } from '../support/world/index.js';
import { PORT_SCHEMA, portNumber } from './arguments.js';

const PORT = { name: 'port', description: 'a port of the workload', schema: PORT_SCHEMA } as const;

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
