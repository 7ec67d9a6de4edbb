import { UserError } from './errors.js';
import type { PortDeclaration } from './port-protocol.js';
import type { MtlsPolicy } from './situation.js';

/** What a scenario says of one port of the workload on a mesh. */
export interface PortSettings extends PortDeclaration {
  readonly port: number;
  /** Istio: `portLevelMtls` of a PeerAuthentication. Absent: as the mesh. */
  readonly mtls?: MtlsPolicy;
  /** Connections to it do not pass the sidecar (Istio: annotation `traffic.sidecar.istio.io/excludeInboundPorts`). */
  readonly excluded?: boolean;
}

/** A path as an AuthorizationPolicy writes it: exact, or with a `*` at one of its ends. */
export type PathPattern =
  | { readonly kind: 'exact' | 'prefix' | 'suffix'; readonly text: string }
  | { readonly kind: 'any' };

/** @throws {UserError} for a pattern that Istio would not take. */
export function pathPattern(written: string): PathPattern {
  if (written === '*') return { kind: 'any' };
  const inner = written.startsWith('*') ? written.slice(1) : written.endsWith('*') ? written.slice(0, -1) : written;
  if (inner === '' || inner.includes('*')) {
    throw new UserError(
      `"${written}" is no path of an authorization policy: write /orders, /orders/* or *.json, with one * at an end`,
    );
  }
  if (inner === written) return { kind: 'exact', text: inner };
  return { kind: written.startsWith('*') ? 'suffix' : 'prefix', text: inner };
}

/** Whether a path with its query is meant; policies look at the path alone. */
export function matchesPath(pattern: PathPattern, target: string): boolean {
  const [path = ''] = target.split('?');
  switch (pattern.kind) {
    case 'any':
      return true;
    case 'exact':
      return path === pattern.text;
    case 'prefix':
      return path.startsWith(pattern.text);
    case 'suffix':
      return path.endsWith(pattern.text);
  }
}
