import type { CallPlan, EchoControl, Payload, TcpEnding, WebSocketClose } from '../model/call.js';
import { commandOf } from '../model/command-line.js';
import { DEFAULT_SETTINGS, type EnvironmentSettings } from '../model/environment-settings.js';
import { UserError } from '../model/errors.js';
import type { Header } from '../model/journal.js';
import type { PathPattern, PortSettings } from '../model/policies.js';
import type { Protocol } from '../model/protocol.js';
import {
  type CallerKind,
  type IpFamily,
  type LocalProcessSpec,
  type Mesh,
  type MtlsPolicy,
  mtlsOf,
  type PacketLoss,
  portsOf,
  type Situation,
  type WorkloadSpec,
} from '../model/situation.js';
import type { Startup } from '../model/startup.js';
import { type MirrorDefaults, type MirrorDraft, mirrorOf } from './mirror-draft.js';

/** What the Given-steps say, in any order, until the situation is built. */
export class SituationDraft {
  mesh: Mesh;
  workload: WorkloadSpec;
  /** Decided by the mesh unless a step says it. */
  caller: CallerKind | undefined;
  /** `undefined`: no mirror session at all. */
  mirror: MirrorDraft | undefined;
  loss: PacketLoss | undefined;
  packetBytes: number | undefined;
  dualStack = false;
  /** What the workload `echo` says first over TCP. */
  greeting: string | undefined;
  /** The workload `echo` ends TLS itself, and calls are made in it. */
  tls = false;
  /**
   * The caller has called before the mirror session starts, and keeps its connections; over these protocols, or where there
   * are none over that of the first call. `undefined`: it has not.
   */
  connectedBefore: Protocol[] | undefined;
  readonly #mirrorDefaults: MirrorDefaults;
  /** The mirror session is not there from the beginning: a When-step starts it. */
  mirrorLater = false;

  /** What steps say of ports of the workload on a mesh, by their numbers. */
  readonly ports = new Map<number, PortSettings>();
  /** Paths that an authorization policy of the workload denies. */
  readonly deniedPaths: PathPattern[] = [];
  /** How application and sidecar start. */
  startup: Startup = {};
  /** The workload listens on 127.0.0.1. */
  loopbackOnly = false;

  /** What the environment gives to a scenario whose steps do not say it. */
  constructor({
    mesh,
    workload,
    mirror,
  }: Pick<EnvironmentSettings, 'mesh' | 'workload' | 'mirror'> = DEFAULT_SETTINGS) {
    this.mesh = mesh;
    this.workload = workloadOf(workload);
    this.#mirrorDefaults = mirror;
    this.mirror = {
      listenInterface: mirror.listen,
      listens: false,
      ports: [],
      portMapping: [],
      localProcess: localProcessOf(mirror.localProcess),
    };
  }

  /** The mirror to describe further; an error if a step said that there is none. */
  describedMirror(): NonNullable<SituationDraft['mirror']> {
    if (this.mirror === undefined) throw new UserError('the scenario says both that there is no mirror and how it is');
    return this.mirror;
  }

  /** Says one thing more of a port of the workload. */
  describePort(port: number, said: Omit<PortSettings, 'port'>): void {
    this.ports.set(port, { ...this.ports.get(port), ...said, port });
  }

  #workloadAsTold(): WorkloadSpec {
    const { greeting, tls, loopbackOnly } = this;
    if (greeting === undefined && !tls && !loopbackOnly) return this.workload;
    if (this.workload.kind !== 'echo') {
      throw new UserError('only the workload "echo" can be told to greet callers, to end TLS, or where to listen');
    }
    return {
      ...this.workload,
      ...(greeting !== undefined && { greeting }),
      ...(tls && { tls }),
      ...(loopbackOnly && { loopbackOnly }),
    };
  }

  #meshSettings(): Pick<Situation, 'ports' | 'deniedPaths'> {
    const [ports, deniedPaths] = [[...this.ports.values()], this.deniedPaths];
    if (this.mesh.kind === 'none' && (ports.length > 0 || deniedPaths.length > 0)) {
      throw new UserError(
        'ports and authorization policies are described for a mesh, and there is none: add "Given an Istio mesh"',
      );
    }
    if (this.mesh.kind === 'istio-ambient') refuseForAmbient(this.mesh, ports, deniedPaths);
    const served = portsOf(this.workload);
    const unknown = ports.find(({ port }) => !served.includes(port));
    if (unknown !== undefined) {
      throw new UserError(`the workload has no port ${unknown.port}: it listens on ${served.join(', ')}`);
    }
    return { ...(ports.length > 0 && { ports }), ...(deniedPaths.length > 0 && { deniedPaths }) };
  }

  #checkMesh(): void {
    if (this.dualStack && this.mesh.kind === 'istio' && this.mesh.interception === 'TPROXY') {
      throw new UserError('interception with TPROXY is for calls over IPv4 here: leave IPv6 out, or TPROXY');
    }
  }

  #startupAsTold(): Pick<Situation, 'startup'> {
    const { order, firstCall } = this.startup;
    if (order !== undefined && this.mesh.kind === 'none') {
      throw new UserError('the workload has no sidecar that it could start before or after: add "Given an Istio mesh"');
    }
    if (order !== undefined && this.mesh.kind === 'istio-ambient') {
      throw new UserError('on an ambient mesh there is no sidecar that the workload could start before or after');
    }
    if (firstCall === true && this.workload.kind !== 'echo') {
      throw new UserError('only the workload "echo" can be told to make a call when it starts');
    }
    return order === undefined && firstCall === undefined ? {} : { startup: this.startup };
  }

  /** Decided by the mesh unless a step says it. */
  get whoCalls(): CallerKind {
    return this.caller ?? (this.mesh.kind === 'none' ? 'unmeshed' : 'meshed');
  }

  /** What is required of connections to a port. Absent without a mesh. */
  policyOf(port: number | undefined): MtlsPolicy | undefined {
    const policy = mtlsOf(this.mesh);
    if (policy === undefined || port === undefined) return policy;
    return this.ports.get(port)?.mtls ?? policy;
  }

  situation(): Situation {
    this.#checkMesh();
    return {
      mesh: this.mesh,
      workload: this.#workloadAsTold(),
      caller: this.whoCalls,
      ...this.#meshSettings(),
      ...this.#startupAsTold(),
      ...(this.mirror === undefined ? {} : { mirror: mirrorOf(this.mirror, this.#mirrorDefaults) }),
      ...(this.dualStack ? { dualStack: true } : {}),
      ...(this.loss === undefined ? {} : { loss: this.loss }),
      ...(this.packetBytes === undefined ? {} : { packetBytes: this.packetBytes }),
    };
  }
}

/** What a mesh without sidecars and waypoints does not do. */
function refuseForAmbient(
  mesh: Extract<Mesh, { readonly kind: 'istio-ambient' }>,
  ports: readonly PortSettings[],
  deniedPaths: readonly PathPattern[],
): void {
  if (mesh.mtls === 'DISABLE' || ports.some(({ mtls }) => mtls === 'DISABLE')) {
    throw new UserError('an ambient mesh ignores the mTLS policy DISABLE: say STRICT or PERMISSIVE');
  }
  if (deniedPaths.length > 0) {
    throw new UserError(
      'ztunnel does not see the paths of requests: on an ambient mesh only a waypoint, which is not built, could deny them',
    );
  }
  if (ports.some(({ excluded }) => excluded)) {
    throw new UserError('ports are excluded from sidecars, and an ambient mesh has none');
  }
}

function workloadOf(setting: EnvironmentSettings['workload']): WorkloadSpec {
  if (setting.kind !== 'command') return setting;
  const { commandLine, port } = setting;
  return { kind: 'command', command: commandOf(commandLine, { PORT: String(port) }), ports: [port] };
}

function localProcessOf(setting: EnvironmentSettings['mirror']['localProcess']): LocalProcessSpec {
  return setting.kind === 'command' ? { kind: 'command', command: commandOf(setting.commandLine) } : setting;
}

/** What the steps say of the calls to come. It holds for every call of the scenario until a step changes it. */
export class CallDraft {
  messages: Payload[] = [];
  headers: Header[] = [];
  /** Of the request. */
  trailers: Header[] = [];
  /** Of a WebSocket. */
  close: WebSocketClose | undefined;
  /** Of a WebSocket: milliseconds between pings. */
  pingMs: number | undefined;
  method: string | undefined;
  path: string | undefined;
  grpcMethod: { readonly service: string; readonly method: string } | undefined;
  /** The user's proto files, relative to the current folder or to a folder of {@link protoPath}. */
  protoFiles: string[] = [];
  readonly protoPath: readonly string[];
  /** Ask the workload for its types. */
  reflection = false;
  grpcWebForm: CallPlan['grpcWebForm'];
  connections: CallPlan['connections'] = 'shared';
  compression: CallPlan['compression'];
  echo: EchoControl = {};
  port: number | undefined;
  tcpEnding: TcpEnding | undefined;
  ipFamily: IpFamily = 'IPv4';
  /** Of one call. */
  timeoutMs: number;
  /** A deadline that a step has said; it holds for streams that are opened, too. */
  deadlineMs: number | undefined;
  intervalMs = 0;

  /** @param protoPath Absolute folders in which proto files are looked for, after the current one. */
  constructor(timeoutMs = DEFAULT_SETTINGS.timeouts.callMs, protoPath: readonly string[] = []) {
    this.timeoutMs = timeoutMs;
    this.protoPath = protoPath;
  }

  addHeader(name: string, value: string): void {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)) throw new UserError(`"${name}" is no header name`);
    this.headers.push([name.toLowerCase(), value]);
  }
}
