import { UserError } from './errors.js';

/** What a mesh takes a port for; `auto` is told from the first bytes of each connection. */
export const PORT_PROTOCOLS = ['auto', 'http', 'http2', 'grpc', 'grpc-web', 'tcp'] as const;
export type PortProtocol = (typeof PORT_PROTOCOLS)[number];

/** How a Service declares one of its ports. */
export interface PortDeclaration {
  readonly name?: string;
  /** Stronger than the name. */
  readonly appProtocol?: string;
}

/** Kubernetes' own names of protocols (KEP-3726). */
const KUBERNETES_PROTOCOLS: Readonly<Record<string, PortProtocol>> = {
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'tcp',
};
/** What Istio knows, as far as it matters here: it passes on the bytes of TLS and of databases unseen. */
const ISTIO_PROTOCOLS: Readonly<Record<string, PortProtocol>> = {
  http: 'http',
  http2: 'http2',
  grpc: 'grpc',
  'grpc-web': 'grpc-web',
  tcp: 'tcp',
  https: 'tcp',
  tls: 'tcp',
  mongo: 'tcp',
  redis: 'tcp',
  mysql: 'tcp',
};
/** Ports whose servers speak first: SMTP, DNS, MySQL, MongoDB. Without a declaration they are TCP. */
const SERVER_FIRST_PORTS = [25, 53, 3306, 27_017];

/**
 * The protocol that Istio takes a port for: what `appProtocol` says, else the name up to its first `-`, of which `grpc-web` is looked for
 * first, else what the port is known for (Istio `pkg/config/kube/conversion.go`).
 */
export function protocolOfPort(port: number, { name, appProtocol }: PortDeclaration): PortProtocol {
  if (appProtocol !== undefined) {
    const said = appProtocol.toLowerCase();
    return KUBERNETES_PROTOCOLS[said] ?? ISTIO_PROTOCOLS[said] ?? 'auto';
  }
  const said = name?.toLowerCase() ?? '';
  if (said === 'grpc-web' || said.startsWith('grpc-web-')) return 'grpc-web';
  const [prefix = ''] = said.split('-');
  return ISTIO_PROTOCOLS[prefix] ?? (SERVER_FIRST_PORTS.includes(port) ? 'tcp' : 'auto');
}

/** @throws {UserError} for a name that Kubernetes would not take. */
export function checkPortName(name: string): string {
  const valid = /^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name) && /[a-z]/.test(name) && !name.includes('--');
  if (valid) return name;
  throw new UserError(
    `"${name}" is no name of a port: Kubernetes takes up to 15 lower-case letters, digits and single dashes, for example grpc-web`,
  );
}
