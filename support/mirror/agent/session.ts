import { UserError } from '../../model/errors.js';
import type { Command, Host, RunningProgram } from '../../model/host.js';
import type { Journal } from '../../model/journal.js';
import { newestWith, versionText } from '../../model/mirrord-version.js';
import type { LogLine, ProofOfLife, SessionCounters, SessionReport } from '../../model/session.js';
import type { MirrorSpec } from '../../model/situation.js';
import type { User } from '../../program/protocol.js';
import type { LocalInfo, LocalOptions } from '../local/program-interface.js';
import type { Delivery } from '../local/relay.js';
import type { MirrorSession } from '../session.js';
import type { Backlog } from './backlog.js';
import type { Mechanism } from './mechanism.js';
import { type RedirectOptions, startRedirect } from './redirect/mechanism.js';
import { type SnifferOptions, startSniffer } from './sniffer-mechanism.js';

const LOCAL = new URL('../local/program.js', import.meta.url);
/** `nobody`: what agent and relay become when they need no privileges any more. */
const NOBODY: User = { uid: 65_534, gid: 65_534 };
const LIFE_TIMEOUT_MS = 2000;
const NO_COUNTERS: SessionCounters = {
  frames: 0,
  bytes: 0,
  drops: 0,
  connections: 0,
  forwardedBytes: 0,
  lagged: 0,
  requests: 0,
  refused: 0,
};

/** How the agent takes the workload's traffic. */
export type SessionMechanism = SnifferOptions | RedirectOptions;

export interface AgentSessionOptions {
  /** The workload's pod. */
  readonly pod: Host;
  /** Where the local process runs. */
  readonly outside: Host;
  readonly mechanism: SessionMechanism;
  /** Version of mirrord, `3.180.0`. Default: the newest that has the profile. */
  readonly version?: string;
  /** Ports of the workload. */
  readonly ports: readonly number[];
  /** Local ports for some of them; the others get any free one. */
  readonly portMapping?: MirrorSpec['portMapping'];
  /** A path that both places share, for a socket that is not there yet. */
  readonly socketPath: string;
  readonly local:
    | { readonly kind: 'receiver'; readonly bytesPerSecond?: number }
    | { readonly kind: 'command'; readonly command: Command; readonly user?: User; readonly listenTimeoutMs?: number };
  /** Milliseconds that a sign of life may take. Default 2 s; it takes about 10 ms. */
  readonly lifeTimeoutMs?: number;
  /** Whom agent and relay become; of the redirecting agent the user only, for its group is its own. Default: nobody. */
  readonly user?: User;
}

/**
 * Starts a mirror session with the reference agent. Resolves when all ports are subscribed.
 * @throws UserError without a port; EnvironmentError where the pod does not let the mechanism work.
 */
export async function startAgentSession(options: AgentSessionOptions, signal: AbortSignal): Promise<MirrorSession> {
  if (options.ports.length === 0) throw new UserError('a mirror session needs at least one port of the workload');
  const user = options.user ?? NOBODY;
  const localPort = (remote: number): number =>
    options.portMapping?.find((mapping) => mapping.remote === remote)?.local ?? 0;
  const localOptions: LocalOptions = {
    ports: options.ports.map((remote) => ({ local: localPort(remote), remote })),
    process: options.local,
    user,
  };
  const version = options.version ?? versionText(newestWith(options.mechanism.profile));
  const [mechanism, local] = await Promise.allSettled([
    startMechanism(options, { user, version }, signal),
    options.outside.startProgram<LocalInfo>({ name: 'local process', module: LOCAL, options: localOptions }, signal),
  ]);
  try {
    if (mechanism.status === 'rejected') throw mechanism.reason;
    if (local.status === 'rejected') throw local.reason;
    const { socketPath } = options;
    const attached = await local.value.request<{ subscribedAt: number }>('attach', { socketPath }, signal);
    const subscribedAt = await mechanism.value.begin(attached.subscribedAt, signal);
    return new AgentSession({ ...options, version }, mechanism.value, local.value, subscribedAt);
  } catch (error) {
    if (mechanism.status === 'fulfilled') await mechanism.value.end().catch(() => {});
    await Promise.all([
      mechanism.status === 'fulfilled' ? mechanism.value.program.dispose() : undefined,
      local.status === 'fulfilled' ? local.value.dispose() : undefined,
    ]);
    throw error;
  }
}

function startMechanism(
  { mechanism, pod, socketPath, ports }: AgentSessionOptions,
  { user, version }: { readonly user: User; readonly version: string },
  signal: AbortSignal,
): Promise<Mechanism> {
  return mechanism.profile === 'sniffer'
    ? startSniffer(mechanism, { pod, socketPath, user }, signal)
    : startRedirect(mechanism, { pod, socketPath, user, ports, version }, signal);
}

class AgentSession implements MirrorSession {
  readonly #options: AgentSessionOptions & { readonly version: string };
  readonly #mechanism: Mechanism;
  readonly #local: RunningProgram<LocalInfo>;
  readonly #subscribedAt: number;
  #counters = NO_COUNTERS;
  #proofOfLife: ProofOfLife | undefined;

  constructor(
    options: AgentSessionOptions & { readonly version: string },
    mechanism: Mechanism,
    local: RunningProgram<LocalInfo>,
    subscribedAt: number,
  ) {
    this.#options = options;
    this.#mechanism = mechanism;
    this.#local = local;
    this.#subscribedAt = subscribedAt;
  }

  get journal(): Journal {
    return this.#local.journal;
  }

  async report(): Promise<SessionReport> {
    try {
      this.#counters = await this.#mechanism.program.request<SessionCounters>('counters', undefined);
    } catch {
      // The agent is gone: what it counted last is what is known.
    }
    return {
      profile: this.#options.mechanism.profile,
      version: this.#options.version,
      ...this.#mechanism.facts,
      ports: this.#options.ports,
      subscribedAt: this.#subscribedAt,
      counters: this.#counters,
      log: this.#log(),
      ...(this.#proofOfLife && { proofOfLife: this.#proofOfLife }),
    };
  }

  async proveAlive(signal?: AbortSignal): Promise<ProofOfLife> {
    const [captureSawProbe, relayAnswered, localProcessListens] = await Promise.all([
      this.#mechanism.prove(this.#lifeTimeoutMs, signal).catch(no),
      this.#local.request<boolean>('ping', { timeoutMs: this.#lifeTimeoutMs }, signal).catch(no),
      this.#local.request<boolean>('listens', undefined, signal).catch(no),
    ]);
    signal?.throwIfAborted();
    this.#proofOfLife = { captureSawProbe, relayAnswered, localProcessListens };
    return this.#proofOfLife;
  }

  async quiescent(signal?: AbortSignal): Promise<boolean> {
    const { waiting, sentBytes } = await this.#mechanism.program.request<Backlog>('backlog', undefined, signal);
    if (waiting > 0) return false;
    const { bytesPending, receivedBytes } = await this.#local.request<Delivery>('idle', undefined, signal);
    return receivedBytes >= sentBytes && bytesPending <= 0;
  }

  async killLocalProcess(signal?: AbortSignal): Promise<void> {
    await this.#local.request('kill', undefined, signal);
  }

  async dispose(): Promise<void> {
    // Nothing may be led to an agent that is gone.
    await this.#mechanism.end();
    await Promise.all([this.#mechanism.program.dispose(), this.#local.dispose()]);
  }

  get #lifeTimeoutMs(): number {
    return this.#options.lifeTimeoutMs ?? LIFE_TIMEOUT_MS;
  }

  #log(): LogLine[] {
    return [...this.#mechanism.log, ...this.#mechanism.program.log, ...this.#local.log].sort((a, b) => a.at - b.at);
  }
}

function no(): false {
  return false;
}
