import type { EnvironmentSettings } from './environment-settings.js';
import type { InterceptionRule } from './interception-rules.js';
import type { Party } from './journal.js';
import type { Limitation, LimitedMesh } from './limitation.js';
import type { Interaction, Protocol } from './protocol.js';
import type { Profile, SessionReport } from './session.js';
import type { CallerKind, InterceptionMode, MtlsPolicy, WorkloadSpec } from './situation.js';
import type { CallVerdict, Explanation, InterfaceTraffic, Verdict } from './verdict.js';

/** Attachments of this media type hold a {@link ScenarioRecord}: what a report needs beside cucumber's own messages. */
export const RECORD_MEDIA_TYPE = 'application/vnd.mirrorspec.scenario+json';

/** A place in the matrix: in what a call was, or was to be, made. */
export interface Coordinates {
  readonly environment: EnvironmentSettings['kind'];
  readonly mesh: LimitedMesh;
  /** Absent without a mesh. */
  readonly mtls?: MtlsPolicy;
  /** How connections come to sidecars, where it is not the usual way. */
  readonly interception?: Exclude<InterceptionMode, 'REDIRECT'>;
  readonly caller: CallerKind;
  readonly workload: WorkloadSpec['kind'];
  /** Absent: no mirror session. */
  readonly profile?: Profile;
  /** The version of mirrord whose behaviour it is, `3.250.0`. */
  readonly mirrord?: string;
  /** As asked for. Absent for `redirect`. */
  readonly requestedInterface?: string;
  /** What was really captured on. Absent for `redirect`, and where no session came about. */
  readonly listenInterface?: string;
  /** Absent where the scenario neither made a call nor names a protocol. */
  readonly protocol?: Protocol;
  readonly interaction?: Interaction;
}

/** What one party saw of one thing that crossed the wire. */
export interface Sighting {
  /** Milliseconds after the first record of the scenario's journals. Parties on several machines have several clocks. */
  readonly at: number;
  /** Where it differs from what the item says: what this party saw. Fit to be shown. */
  readonly text?: string;
  readonly bytes?: number;
}

/** One thing that crossed the wire, and who saw it. */
export interface FlowItem {
  readonly kind: 'request' | 'message' | 'partial-message' | 'end' | 'response' | 'trailers' | 'reset';
  readonly direction: 'request' | 'response';
  /** Of messages: 0, 1, 2, … within their direction. */
  readonly index?: number;
  /** Which copy, where the local process received the call more than once: 2, 3, … */
  readonly copy?: number;
  /** As the first party that saw it did. Fit to be shown: credentials are redacted, invisible characters escaped. */
  readonly text: string;
  /** Length of a message. */
  readonly bytes?: number;
  /** Absent: that party saw nothing of it. */
  readonly seen: { readonly [party in Party]?: Sighting };
}

/** What crossed the wire for one call, in the order in which it began to. */
export interface CallFlow {
  readonly items: readonly FlowItem[];
  /** How many more there were. */
  readonly cut: number;
}

/** One call: how it ended for the caller, what became of its copy, and why. */
export interface CallRecord extends Partial<Pick<CallVerdict, 'verdict' | 'differences' | 'explanation'>> {
  readonly id: string;
  readonly protocol: Protocol;
  readonly interaction: Interaction;
  readonly ok: boolean;
  /** 0 if there was no response. */
  readonly httpStatus: number;
  readonly grpcStatus?: number;
  readonly durationMs: number;
  readonly error?: string;
  /** Absent where too many calls were made to show each. */
  readonly flow?: CallFlow;
}

export interface EvidenceFile {
  /** Relative to the folder. */
  readonly name: string;
  readonly bytes: number;
}

/** What a report says of a scenario, recorded by the worker that ran it. */
export interface ScenarioRecord {
  readonly cells: readonly Coordinates[];
  /** Over all calls: the first that is not `mirrored`, else `mirrored`. Absent where none was asked for. */
  readonly verdict?: Verdict;
  readonly explanation?: Explanation;
  /** Those that were not mirrored first. */
  readonly calls: readonly CallRecord[];
  /** How many more there were. */
  readonly callsCut: number;
  /** Bytes that reached the local process and are no HTTP, in words. */
  readonly unreadable: readonly { readonly at: number; readonly text: string; readonly bytes: number }[];
  readonly session?: Omit<SessionReport, 'log'>;
  readonly interfaces: readonly InterfaceTraffic[];
  /** The iptables rules of the workload's pod that took something, and all of the mirror session's. Absent where there are none. */
  readonly rules?: {
    readonly listed: readonly InterceptionRule[];
    /** How many more there are, to which nothing came. */
    readonly idle: number;
  };
  /** What was built: `sidecar engine` → `node`. */
  readonly facts: Readonly<Record<string, string>>;
  /** Whose traffic a sidecar carries: the diagram shows it. */
  readonly sidecars: { readonly caller: boolean; readonly workload: boolean };
  readonly settings: EnvironmentSettings;
  /** Those that the scenario is tagged with. */
  readonly limitations: readonly Limitation[];
  /** Relative to the reports. Absent where nothing was built. */
  readonly evidence?: { readonly folder: string; readonly files: readonly EvidenceFile[] };
  /** Evidence that could not be had. */
  readonly problems: readonly string[];
}
