import { randomInt } from 'node:crypto';
import type { Host } from '../../../model/host.js';
import { now } from '../../../model/journal.js';
import {
  detectionTimeoutMs,
  honoursHttpFilters,
  mirrordVersion,
  overridesCacheControl,
  passesToPodAddress,
  redirectsIPv6,
} from '../../../model/mirrord-version.js';
import type { LogLine } from '../../../model/session.js';
import type { HttpFilter } from '../../../model/situation.js';
import type { User } from '../../../program/protocol.js';
import type { Mechanism } from '../mechanism.js';
import { RedirectInstallation, type RunInPod } from './installation.js';
import type { RedirectAgentInfo, RedirectAgentProgramOptions } from './program-interface.js';

const PROGRAM = new URL('./program.js', import.meta.url);
/** mirrord's default for `agent.response_cache_control` (3.250). */
const CACHE_CONTROL = 'no-cache, no-store, must-revalidate';
/** Groups of agents: mirrord draws them from 3000 on (kube/src/api/container.rs:73-81), and nothing else of a pod has one of them. */
const FIRST_GROUP = 3000;
const LAST_GROUP = 60_000;

/** How long requests that are under way may take at the end of a session. mirrord waits for as long as they take. */
const CLOSING_MS = 500;

export interface RedirectOptions {
  readonly profile: 'redirect';
  /** Breaks connections that are open at the start. */
  readonly flushConnections: boolean;
  readonly httpFilter?: HttpFilter;
  /** Runs commands with privileges in the workload's pod. */
  readonly runInPod: RunInPod;
}

/**
 * Starts the agent that connections are redirected to. It is an ordinary user; the rules are made by whoever runs commands in the pod.
 * @throws EnvironmentError where another agent's rules are.
 */
export async function startRedirect(
  { flushConnections, httpFilter, runInPod }: RedirectOptions,
  session: {
    readonly pod: Host;
    readonly socketPath: string;
    readonly user: User;
    readonly ports: readonly number[];
    readonly version: string;
  },
  signal: AbortSignal,
): Promise<Mechanism> {
  const version = mirrordVersion(session.version);
  const gid = randomInt(FIRST_GROUP, LAST_GROUP);
  const filters = httpFilter !== undefined && honoursHttpFilters(version, 'redirect');
  const options: RedirectAgentProgramOptions = {
    version: session.version,
    toOriginalAddress: passesToPodAddress(version),
    detectionTimeoutMs: detectionTimeoutMs(version),
    ipv6: redirectsIPv6(version),
    socketPath: session.socketPath,
    ...(overridesCacheControl(version) && { cacheControl: CACHE_CONTROL }),
    ...(filters && { filter: httpFilter }),
  };
  const program = await session.pod.startProgram<RedirectAgentInfo>(
    { name: 'mirror agent', module: PROGRAM, options, user: { uid: session.user.uid, gid } },
    signal,
  );
  const log: LogLine[] = [];
  const say = (level: LogLine['level'], text: string): void => {
    log.push({ at: now(), level, text });
  };
  if (httpFilter !== undefined && !filters) {
    say('warn', `mirrord ${session.version} does not know filters of mirrored traffic: all traffic is mirrored`);
  }
  let installation: RedirectInstallation;
  try {
    installation = await RedirectInstallation.plan(runInPod, { ports: session.ports, gid, ...program.info });
  } catch (error) {
    await program.dispose();
    throw error;
  }
  let installed = false;
  return {
    program,
    facts: { detectedMesh: installation.mesh, ...(filters && { filtered: true }) },
    log,
    begin: async () => {
      await installation.install();
      installed = true;
      say('info', `service mesh detected: ${installation.mesh}`);
      say('info', `connections to port ${session.ports.join(', ')} are redirected`);
      if (flushConnections) {
        for (const line of (await installation.flush()).split('\n')) say('info', `flush: ${line}`);
      } else {
        say('info', 'flush: connections that are open are left alone');
      }
      return now();
    },
    prove: async (timeoutMs, abort) => {
      const [inPlace, answered] = await Promise.all([
        installation.isInPlace(),
        program.request<boolean>('probe', { timeoutMs }, abort),
      ]);
      return inPlace && answered;
    },
    end: async () => {
      if (!installed) return;
      installed = false;
      // An agent that has died has no connections left.
      await program.request('close', { timeoutMs: CLOSING_MS }).catch(() => {});
      await installation.remove();
    },
  };
}
