import type { Running } from '../../../model/host.js';
import type { Situation } from '../../../model/situation.js';
import type { SidecarEngine } from '../engine/engine.js';
import type { Lab } from '../lab/lab.js';
import type { ServiceAddress } from '../lab/service-rules.js';
import type { Interception } from '../lab/topology.js';

/**
 * What one kind of mesh puts into pods: rules that take connections, and the proxies that they are led to. Everything that tells one mesh
 * from another in a lab is behind this.
 */
export interface DataPlane {
  /** Names of headers that its proxies add to requests. Lower case. */
  readonly headers: readonly string[];
  /** Ports of pods to which connections between proxies go, where that is not the port that was called. */
  readonly tunnelPorts: readonly number[];
  /**
   * What takes the connections of a pod of the mesh. Absent: nothing does.
   * @param excludedPorts inbound ports that go to the application at once
   */
  interception(excludedPorts: readonly number[]): Interception | undefined;
  /** Issues identities and chooses what proxies are made of; the lab is built meanwhile. */
  prepare(situation: Situation, members: MeshMembers, choices: DataPlaneChoices): Promise<PreparedDataPlane>;
}

/** What the environment's settings decide. Asked for where it matters only. */
export interface DataPlaneChoices {
  /** What sidecars of Istio are made of. A mesh whose proxies are other programs has no use for it. */
  engine(): Promise<SidecarEngine>;
}

/** Who is where in a lab. `identity`: the name of the service account, under which identities are issued. */
export interface MeshMembers {
  /** Fully qualified name of the workload's Service. */
  readonly name: string;
  /** Its virtual addresses, port by port, each with the endpoint behind it. */
  readonly services: readonly ServiceAddress[];
  readonly workload: MeshMember;
  readonly caller: MeshMember;
}

export interface MeshMember {
  readonly pod: string;
  readonly address: string;
  readonly addressIPv6: string;
  readonly identity: string;
}

export interface PreparedDataPlane {
  /** For reports: which mesh, its policy, what its proxies are, and in which respect that is not the real thing. */
  readonly facts: Readonly<Record<string, string>>;
  /** Each runs in the pod whose connections it takes. */
  readonly proxies: readonly MeshProxy[];
}

export interface MeshProxy {
  /** As it appears in reports and messages: `sidecar of the workload`. */
  readonly name: string;
  /** Starts it in its pod and waits until it takes connections. */
  start(lab: Lab, signal: AbortSignal): Promise<RunningProxy>;
}

/** The pod of a lab in which a proxy runs. */
export interface ProxyPlace {
  readonly lab: Lab;
  readonly pod: string;
  readonly name: string;
}

export interface RunningProxy extends Running {
  /** What it can tell of itself at the end, by what it is: `statistics`, `access log`. */
  evidence(): Promise<Readonly<Record<string, string>>>;
}
