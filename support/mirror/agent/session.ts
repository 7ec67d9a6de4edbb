import { randomInt } from 'node:crypto';
import { EnvironmentError, messageOf, UserError } from '../../model/errors.js';
import type { Command, Host, RunningProgram } from '../../model/host.js';
import type { Journal } from '../../model/journal.js';
import { newestWith, versionText } from '../../model/mirrord-version.js';
import type { LogLine, ProofOfLife, SessionCounters, SessionReport } from '../../model/session.js';
import type { User } from '../../program/protocol.js';
import type { LocalInfo, LocalOptions } from '../local/program-interface.js';
import type { Delivery } from '../local/relay.js';
import type { MirrorSession } from '../session.js';
import type { AgentInfo, AgentOptions, ExpectedProbe } from './program-interface.js';
import type { Backlog } from './sniffer-agent.js';

const AGENT = new URL('./program.js', import.meta.url);
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

export interface AgentSessionOptions {
  /** The workload's pod. */
  readonly pod: Host;
  /** Where the local process runs. */
  readonly outside: Host;
  /** `lo`, `eth0`, any name, or `auto`. */
  readonly listenInterface: string;
  readonly meshed: boolean;
  /** Version of mirrord, `3.180.0`. */
  readonly version?: string;
  /** Ports of the workload. */
  readonly ports: readonly number[];
  /** A path that both places share, for a socket that is not there yet. */
  readonly socketPath: string;
  readonly local:
    | { readonly kind: 'receiver' }
    | { readonly kind: 'command'; readonly command: Command; readonly user?: User; readonly listenTimeoutMs?: number };
  /** Lets a frame arrive on an interface of the pod. */
  injectProbe(interfaceName: string, frame: Uint8Array): Promise<void>;
  /** Milliseconds that a sign of life may take. Default 2 s; it takes about 10 ms. */
  readonly lifeTimeoutMs?: number;
  /** Whom agent and relay become. Default: nobody. */
  readonly user?: User;
}

/**
 * Starts a mirror session with the reference agent, profile `sniffer`. Resolves when all ports are subscribed.
 * @throws UserError without a port; EnvironmentError where the interface does not exist or may not be captured.
 */
export async function startAgentSession(options: AgentSessionOptions, signal: AbortSignal): Promise<MirrorSession> {
  if (options.ports.length === 0) throw new UserError('a mirror session needs at least one port of the workload');
  const user = options.user ?? NOBODY;
  const agentOptions: AgentOptions = {
    profile: 'sniffer',
    listenInterface: options.listenInterface,
    meshed: options.meshed,
    socketPath: options.socketPath,
    user,
  };
  const localOptions: LocalOptions = {
    ports: options.ports.map((remote) => ({ local: 0, remote })),
    process: options.local,
    user,
  };
  const [agent, local] = await Promise.allSettled([
    options.pod
      .startProgram<AgentInfo>({ name: 'mirror agent', module: AGENT, options: agentOptions }, signal)
      .catch((error: unknown) => {
        throw captureError(error, options.listenInterface);
      }),
    options.outside.startProgram<LocalInfo>({ name: 'local process', module: LOCAL, options: localOptions }, signal),
  ]);
  try {
    if (agent.status === 'rejected') throw agent.reason;
    if (local.status === 'rejected') throw local.reason;
    const { subscribedAt } = await local.value.request<{ subscribedAt: number }>(
      'attach',
      { socketPath: options.socketPath },
      signal,
    );
    return new AgentSession(options, agent.value, local.value, subscribedAt);
  } catch (error) {
    await Promise.all([agent, local].map((part) => (part.status === 'fulfilled' ? part.value.dispose() : undefined)));
    throw error;
  }
}

/** Says what the user can do about a capture that could not be opened. */
export function captureError(error: unknown, listenInterface: string): unknown {
  const name = error instanceof Error ? error.name : '';
  const message = messageOf(error);
  if (name === 'NoSuchInterfaceError') {
    return new EnvironmentError(`the mirror cannot listen on "${listenInterface}": ${message}`, {
      remedy: 'let the mirror listen on one of the interfaces that the pod has, or on "auto"',
      cause: error,
    });
  }
  if (name === 'SystemCallError' && /EPERM|EACCES/.test(message)) {
    return new EnvironmentError(`the mirror may not capture packets: ${message}`, {
      remedy: 'run as root, or allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1)',
      cause: error,
    });
  }
  return error;
}

class AgentSession implements MirrorSession {
  readonly #options: AgentSessionOptions;
  readonly #agent: RunningProgram<AgentInfo>;
  readonly #local: RunningProgram<LocalInfo>;
  readonly #subscribedAt: number;
  #counters = NO_COUNTERS;
  #proofOfLife: ProofOfLife | undefined;

  constructor(
    options: AgentSessionOptions,
    agent: RunningProgram<AgentInfo>,
    local: RunningProgram<LocalInfo>,
    subscribedAt: number,
  ) {
    this.#options = options;
    this.#agent = agent;
    this.#local = local;
    this.#subscribedAt = subscribedAt;
  }

  get journal(): Journal {
    return this.#local.journal;
  }

  async report(): Promise<SessionReport> {
    try {
      this.#counters = await this.#agent.request<SessionCounters>('counters', undefined);
    } catch {
      // The agent is gone: what it counted last is what is known.
    }
    return {
      profile: 'sniffer',
      version: this.#options.version ?? versionText(newestWith('sniffer')),
      requestedInterface: this.#options.listenInterface,
      listenInterface: this.#agent.info.listenInterface,
      ports: this.#options.ports,
      subscribedAt: this.#subscribedAt,
      counters: this.#counters,
      log: this.#log(),
      ...(this.#proofOfLife && { proofOfLife: this.#proofOfLife }),
    };
  }

  async proveAlive(signal?: AbortSignal): Promise<ProofOfLife> {
    const [captureSawProbe, relayAnswered, localProcessListens] = await Promise.all([
      this.#probe(signal).catch(no),
      this.#local.request<boolean>('ping', { timeoutMs: this.#lifeTimeoutMs }, signal).catch(no),
      this.#local.request<boolean>('listens', undefined, signal).catch(no),
    ]);
    signal?.throwIfAborted();
    this.#proofOfLife = { captureSawProbe, relayAnswered, localProcessListens };
    return this.#proofOfLife;
  }

  async quiescent(signal?: AbortSignal): Promise<boolean> {
    const { waiting, sentBytes } = await this.#agent.request<Backlog>('backlog', undefined, signal);
    if (waiting > 0) return false;
    const { bytesPending, receivedBytes } = await this.#local.request<Delivery>('idle', undefined, signal);
    return receivedBytes >= sentBytes && bytesPending <= 0;
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#agent.dispose(), this.#local.dispose()]);
  }

  /** Puts a marked frame on the capture's interface and asks whether the capture saw it. */
  async #probe(signal: AbortSignal | undefined): Promise<boolean> {
    const magic = randomInt(1, 2 ** 32);
    const probe = await this.#agent.request<ExpectedProbe>('expectProbe', { magic }, signal);
    await this.#options.injectProbe(probe.interface, probe.frame);
    return this.#agent.request<boolean>('probeSeen', { magic, timeoutMs: this.#lifeTimeoutMs }, signal);
  }

  get #lifeTimeoutMs(): number {
    return this.#options.lifeTimeoutMs ?? LIFE_TIMEOUT_MS;
  }

  #log(): LogLine[] {
    return [...this.#agent.log, ...this.#local.log].sort((a, b) => a.at - b.at);
  }
}

function no(): false {
  return false;
}
