import type { MirrorSession } from '../mirror/session.js';
import type { CallOutcome, CallPlan, GrpcMethod, Payload } from '../model/call.js';
import type { InterceptionRule } from '../model/interception-rules.js';
import type { Journal } from '../model/journal.js';
import type { Protocol } from '../model/protocol.js';
import type { LogLine, SessionPeriod } from '../model/session.js';
import type { CallerKind, IpFamily, Peer, Situation } from '../model/situation.js';
import type { FirstCall } from '../model/startup.js';
import type { InterfaceTraffic } from '../model/verdict.js';

/** Where scenarios run. Builds what a scenario describes. */
export interface Environment {
  readonly name: 'embedded' | 'kubernetes';
  /** Builds mesh, workload and caller, and starts the mirror session beside them. */
  deploy(situation: Situation, options: DeployOptions, signal: AbortSignal): Promise<Deployment>;
}

export interface DeployOptions {
  /** An existing folder for packet captures; absolute path. No captures are taken without it. */
  readonly evidenceDirectory?: string;
  /**
   * What the calls will be, as far as it is known, so that the caller loads what it needs before it gives up its privileges, and
   * no more than that.
   */
  readonly calls?: { readonly protocols: readonly Protocol[]; readonly types: readonly GrpcMethod['types'][] };
  /** Is done when all but the mirror session runs; it starts afterwards. */
  beforeMirror?(deployment: Deployment): Promise<void>;
  /** The mirror session is not started with the rest: `startMirror` will. */
  readonly mirrorLater?: boolean;
  /** How long building it and starting all its programs may take, in milliseconds. */
  readonly buildTimeoutMs: number;
  /** The deployment may be told to outlive the runner (`--keep`). */
  readonly mayBeKept: boolean;
  /** Called when a part of the deployment ends that must not. */
  onBroken(error: Error): void;
}

/** Calls that are under way, whose messages come one by one. All of them do the same. */
export interface OpenStreams {
  /** Sends a message; resolves when it is written. Throws `UserError` where the protocol, or the stream's end, does not allow it. */
  send(payload: Payload, signal: AbortSignal): Promise<void>;
  /** The half-close: the caller has sent all it has. */
  end(signal: AbortSignal): Promise<void>;
  /** The caller breaks them off. */
  cancel(signal: AbortSignal): Promise<void>;
  /** The workload breaks them off. Throws `UserError` for a workload that cannot be told to. */
  breakOff(signal: AbortSignal): Promise<void>;
  /** How those ended that are over. */
  over(signal: AbortSignal): Promise<readonly CallOutcome[]>;
  /** Waits until all are over. */
  outcomes(signal: AbortSignal): Promise<readonly CallOutcome[]>;
}

/** What was built for one scenario. Whoever asked for it disposes of it. */
/** Where an environment leaves long messages as they crossed the wire, within the evidence of a scenario. Nobody else may see them. */
export const RAW_MESSAGES_FOLDER = '.messages';

export interface Deployment {
  /** Address of a port of the workload, as callers use it: its Service, not its pod. */
  target(port: number, family?: IpFamily): CallPlan['target'];
  /** Performs a batch of calls from the caller's pod. */
  call(plan: CallPlan, signal: AbortSignal): Promise<CallOutcome[]>;
  /** Opens a stream for each id of the plan: a call that goes on step by step. The plan's messages are not sent. */
  open(plan: CallPlan, signal: AbortSignal): Promise<OpenStreams>;
  /** Opens the caller's connection to a target ahead of any call. */
  connect(plan: Pick<CallPlan, 'target' | 'protocol'>, signal: AbortSignal): Promise<void>;
  /** Closes the connections that the caller keeps; its next call opens one. */
  disconnect(signal: AbortSignal): Promise<void>;
  /** Starts the mirror session that the situation describes, anew if there was one. That it cannot is {@link mirrorFailure}. */
  startMirror(signal: AbortSignal): Promise<void>;
  /** Ends the session that is running, if there is one. What it received stays in the journal. */
  stopMirror(): Promise<void>;
  /** The session that was started last, running or not. */
  readonly session: MirrorSession | undefined;
  readonly runningSession: MirrorSession | undefined;
  /** When there was a session, in order. */
  readonly sessionPeriods: readonly SessionPeriod[];
  /** Why the session that the situation describes could not be started. */
  readonly mirrorFailure: Error | undefined;
  /** The journals as they are now. */
  journals(): { readonly caller: Journal; readonly workload: Journal | undefined; readonly localProcess: Journal };
  /** What the interfaces of the workload's pod carried so far, to and from the workload's ports. */
  interfaces(): Promise<readonly InterfaceTraffic[]>;
  /**
   * The iptables rules of the workload's pod and what they took so far, in their order. Those of sessions that are over come last, as
   * they were before they were removed.
   */
  interceptionRules(): Promise<readonly InterceptionRule[]>;
  /** What each part printed. */
  logs(): readonly { readonly part: string; readonly lines: readonly LogLine[] }[];
  /** Ends captures, so that their files are complete, and reads what only a running deployment can tell. */
  finish(): Promise<{
    readonly files: readonly string[];
    readonly notes: Readonly<Record<string, string>>;
    /** As {@link interceptionRules}, at the end. */
    readonly rules: readonly InterceptionRule[];
    /** Files with all of a message, or its first 8 MiB, where journals have the beginning only; by the SHA-256 that journals have of it. */
    readonly longMessages: ReadonlyMap<string, string>;
  }>;
  /** The addresses that each has, or connects from. */
  readonly addresses: Readonly<Record<Peer, readonly string[]>>;
  /** What became of the call that the application made when it started, if it was to make one. */
  readonly firstCall: FirstCall | undefined;
  /** Header names (lower case) that the mesh may add or change. */
  readonly meshHeaders: readonly string[];
  /** What this deployment is made of, for reports: for example `sidecar engine` → `node`. */
  readonly facts: Readonly<Record<string, string>>;
  readonly caller: CallerKind;
  /** Leaves it running and says how to look into it and how to end it. */
  keep(): Promise<string>;
  /** Ends everything and waits until nothing is left. */
  dispose(): Promise<void>;
}
