import type { Command } from './host.js';
import type { PathPattern, PortSettings } from './policies.js';
import { type PortProtocol, protocolOfPort } from './port-protocol.js';
import type { Profile } from './session.js';
import type { Startup } from './startup.js';

/** PeerAuthentication mode of the workload: what its sidecar accepts. */
export const MTLS_POLICIES = ['STRICT', 'PERMISSIVE', 'DISABLE'] as const;
export type MtlsPolicy = (typeof MTLS_POLICIES)[number];

/** What a mesh demands where nothing is said of it. */
export const DEFAULT_MTLS: MtlsPolicy = 'STRICT';

/** How connections come to Istio's sidecars. `TPROXY`: so that the application sees the client's address. */
export const INTERCEPTION_MODES = ['REDIRECT', 'TPROXY'] as const;
export type InterceptionMode = (typeof INTERCEPTION_MODES)[number];

/** A mesh: vendor, data plane and mTLS policy. */
export type Mesh =
  | { readonly kind: 'none' }
  /** With sidecars. `interception` is REDIRECT unless it is said. */
  | { readonly kind: 'istio'; readonly mtls: MtlsPolicy; readonly interception?: InterceptionMode }
  /** In ambient mode: a node's ztunnel in place of sidecars. */
  | { readonly kind: 'istio-ambient'; readonly mtls: MtlsPolicy }
  /** It has no policy that is said here: between meshed pods it is always mutual TLS, others are let in. */
  | { readonly kind: 'linkerd' };

/**
 * Of each kind of mesh all that a scenario can describe: a new kind does not compile until it is here. A kind without any is not built yet;
 * no step and no setting can name it.
 */
const MESHES_BY_KIND: { readonly [Kind in Mesh['kind']]: readonly Extract<Mesh, { readonly kind: Kind }>[] } = {
  none: [{ kind: 'none' }],
  istio: [
    ...MTLS_POLICIES.map((mtls) => ({ kind: 'istio' as const, mtls })),
    { kind: 'istio', mtls: DEFAULT_MTLS, interception: 'TPROXY' },
  ],
  // It ignores the policy DISABLE.
  'istio-ambient': [
    { kind: 'istio-ambient', mtls: 'STRICT' },
    { kind: 'istio-ambient', mtls: 'PERMISSIVE' },
  ],
  linkerd: [{ kind: 'linkerd' }],
};

/** Every mesh with each of its policies: rows of the matrix. */
export const MESHES: readonly Mesh[] = Object.values(MESHES_BY_KIND).flat();

export type MeshKind = Mesh['kind'];

/** Kinds of meshes that can be named. */
export const MESH_KINDS: readonly MeshKind[] = [...new Set(MESHES.map(({ kind }) => kind))];

/** A mesh of a kind. The policy means nothing where the kind has none. */
export function meshOf(kind: MeshKind, mtls: MtlsPolicy = DEFAULT_MTLS): Mesh {
  return kind === 'istio' || kind === 'istio-ambient' ? { kind, mtls } : { kind };
}

/** What the workload's proxy accepts. Absent without a mesh, and where the mesh has no such policy. */
export function mtlsOf(mesh: Mesh): MtlsPolicy | undefined {
  return 'mtls' in mesh ? mesh.mtls : undefined;
}

/** How connections come to the workload's sidecar. Absent where there is none of Istio's. */
export function interceptionOf(mesh: Mesh): InterceptionMode | undefined {
  return mesh.kind === 'istio' ? (mesh.interception ?? 'REDIRECT') : undefined;
}

/** `istio STRICT` */
export function meshText(mesh: Mesh): string {
  return Object.values(mesh).join(' ');
}

/** Versions of IP, as steps name them. */
export const IP_FAMILIES = ['IPv4', 'IPv6'] as const;
export type IpFamily = (typeof IP_FAMILIES)[number];

/**
 * Who makes the calls: a pod with a sidecar of its own, one without, or a process in the workload's own pod, which calls
 * through `lo` as `kubectl port-forward` does.
 */
export const CALLER_KINDS = ['meshed', 'unmeshed', 'in-pod'] as const;
export type CallerKind = (typeof CALLER_KINDS)[number];

/** Whose address the workload may see on a connection. `pod`: its own, as of what runs beside it. */
export const PEERS = ['caller', 'sidecar', 'pod'] as const;
export type Peer = (typeof PEERS)[number];

/** The target application. */
export type WorkloadSpec =
  /**
   * `greeting`: what it says first on its port for raw TCP. `tls`: it serves HTTP in TLS that it ends itself, on one more port.
   * `loopbackOnly`: it listens on 127.0.0.1, not on the pod's address.
   */
  | { readonly kind: 'echo'; readonly greeting?: string; readonly tls?: boolean; readonly loopbackOnly?: boolean }
  | { readonly kind: 'yages' }
  /** The user's own program; it keeps no journal. */
  | { readonly kind: 'command'; readonly command: Command; readonly ports: readonly number[] };

/** What receives the mirrored copy. */
export type LocalProcessSpec =
  | {
      readonly kind: 'receiver';
      /** Reads no more than so much of each connection. */
      readonly bytesPerSecond?: number;
    }
  /** The user's command; it is told its port in `MIRRORSPEC_PORT` (and `PORT`). */
  | { readonly kind: 'command'; readonly command: Command };

/**
 * Which HTTP requests are mirrored. Regular expressions are JavaScript's, and found anywhere in the text; case does not matter. A
 * filter that says several things matches what they all match.
 */
export interface HttpFilter {
  /** Found in one of the headers, each as `name: value`. */
  readonly header?: string;
  /** Found in the path, or in path and query. */
  readonly path?: string;
  readonly method?: string;
  readonly all?: readonly HttpFilter[];
  readonly any?: readonly HttpFilter[];
}

export interface MirrorSpec {
  readonly profile: Profile;
  /** Whose behaviour the agent shows: a version of mirrord, `3.250.0`. Absent: the newest that has the profile and is known. */
  readonly version?: string;
  /** `lo`, `eth0`, `auto` or any name. Means nothing for `redirect`. */
  readonly listenInterface: string;
  /** Ports of the workload to subscribe; all of the workload's ports if empty. */
  readonly ports: readonly number[];
  /** Local ports for ports of the workload. A local port that is not said is any free one. */
  readonly portMapping?: readonly { readonly local: number; readonly remote: number }[];
  /** `redirect`: connections that are open when the session starts are broken, so that their clients connect anew. Default true. */
  readonly flushConnections?: boolean;
  /** `redirect`: only matching HTTP requests are mirrored, and nothing that is no HTTP. */
  readonly httpFilter?: HttpFilter;
  readonly localProcess: LocalProcessSpec;
}

/** Where packets to the workload get lost: in the network before its pod, or in its pod, behind any capture. */
export const LOSS_PLACES = ['on the way', 'in the pod'] as const;
export type LossPlace = (typeof LOSS_PLACES)[number];

/** Every n-th full packet to the workload's ports is lost. TCP sends it again. */
export interface PacketLoss {
  readonly oneIn: number;
  readonly where: LossPlace;
}

/** What the Given-steps of a scenario describe. It is built when the first step needs it. */
export interface Situation {
  readonly mesh: Mesh;
  readonly workload: WorkloadSpec;
  readonly caller: CallerKind;
  /** What is said of ports of the workload on a mesh. */
  readonly ports?: readonly PortSettings[];
  /** Paths of requests that an authorization policy of the workload denies. */
  readonly deniedPaths?: readonly PathPattern[];
  /** How application and sidecar of the workload start. */
  readonly startup?: Startup;
  /** Absent: no mirror session at all. */
  readonly mirror?: MirrorSpec;
  /** Absent: nothing is lost. */
  readonly loss?: PacketLoss;
  /** Pods and Services have IPv6 addresses beside their IPv4 addresses. */
  readonly dualStack?: boolean;
  /** Bytes that a packet on `eth0` has at most. Absent: as the kernel likes, up to 64 KiB. */
  readonly packetBytes?: number;
}

/** Port of the echo workload for HTTP/1.1, HTTP/2 and gRPC-Web. */
export const ECHO_HTTP_PORT = 8080;
/** Port of the echo workload for gRPC over HTTP/2. */
export const ECHO_GRPC_PORT = 9090;
/** Port of the echo workload for raw TCP. On a mesh it is declared as such (Istio: a port named `tcp`). */
export const ECHO_TCP_PORT = 7000;
/** Port of the echo workload for HTTP in TLS, where it has one. A mesh passes it on as it is (Istio: a port named `tls`). */
export const ECHO_TLS_PORT = 8443;
/** Port of yages, as upstream. */
export const YAGES_PORT = 9000;

/** The ports that a workload serves. */
export function portsOf(workload: WorkloadSpec): readonly number[] {
  switch (workload.kind) {
    case 'echo':
      return [ECHO_HTTP_PORT, ECHO_GRPC_PORT, ECHO_TCP_PORT, ...(workload.tls === true ? [ECHO_TLS_PORT] : [])];
    case 'yages':
      return [YAGES_PORT];
    case 'command':
      return workload.ports;
  }
}

/** How the Service of echo declares those of its ports of which a mesh passes on the bytes unseen. */
const ECHO_PORT_NAMES: ReadonlyMap<number, string> = new Map([
  [ECHO_TCP_PORT, 'tcp'],
  [ECHO_TLS_PORT, 'tls'],
]);

/** What a mesh takes a port of the workload for, as its Service declares it. */
export function protocolOf(port: number, { workload, ports }: Pick<Situation, 'workload' | 'ports'>): PortProtocol {
  const said = ports?.find((each) => each.port === port);
  const name = workload.kind === 'echo' ? ECHO_PORT_NAMES.get(port) : undefined;
  return protocolOfPort(port, { ...(name !== undefined && { name }), ...said });
}
