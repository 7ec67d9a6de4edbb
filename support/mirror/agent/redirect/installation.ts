import { randomBytes } from 'node:crypto';
import { EnvironmentError, messageOf } from '../../../model/errors.js';
import { interceptionRules } from '../../../model/interception-rules.js';
import type { DetectedMesh } from '../../../model/session.js';
import { agentChains, excludedPorts, meshIn, type RedirectRulesOptions, redirectRules, removalRules } from './rules.js';

/** Runs a command with privileges in the workload's pod. Resolves with what it prints; rejects when it fails. */
export type RunInPod = (argv: readonly [string, ...string[]], input?: string) => Promise<string>;

/** mirrord's words for chains that it did not expect (3.250 entrypoint.rs:867-908). */
const DIRTY =
  'Detected dirty iptables. Either some other mirrord agent is running or the previous agent failed to clean up before exit.';

interface Family {
  readonly command: 'iptables' | 'ip6tables';
  readonly rules: RedirectRulesOptions;
}

/**
 * Whether packets may go to 127.0.0.1 from an address that is not loopback. Rules in OUTPUT redirect to 127.0.0.1, and ztunnel's connections to the
 * application come from the client's address.
 */
const ROUTE_LOCALNET = '/proc/sys/net/ipv4/conf/all/route_localnet';

/** The rules that lead a workload's connections to one agent. */
export class RedirectInstallation {
  readonly #run: RunInPod;
  readonly #families: readonly Family[];
  /** As it was before the session; absent: it was left alone. */
  #routeLocalnet: string | undefined;

  private constructor(run: RunInPod, families: readonly Family[]) {
    this.#run = run;
    this.#families = families;
  }

  /**
   * Looks at the pod's tables and makes the rules that suit them. Nothing is installed yet.
   * @throws {EnvironmentError} where another agent's chains are, or the tables cannot be read.
   */
  static async plan(
    run: RunInPod,
    agent: {
      readonly ports: readonly number[];
      readonly gid: number;
      readonly port: number;
      readonly portIPv6?: number;
    },
  ): Promise<RedirectInstallation> {
    const id = randomBytes(10).toString('hex');
    const familyOf = async (command: Family['command'], listenerPort: number): Promise<Family> => {
      const saved = await run([`${command}-save`]).catch((error: unknown) => {
        throw unusable(command, error);
      });
      const dirty = agentChains(saved);
      if (dirty.length > 0) {
        throw new EnvironmentError(`${DIRTY} Leftover chains: ${dirty.join(', ')}`, {
          remedy: 'end the other mirror session, or use a new pod',
        });
      }
      const { ports, gid } = agent;
      const rules = interceptionRules(saved);
      const mesh = meshIn(rules);
      return { command, rules: { id, listenerPort, ports, gid, mesh, excluded: excludedPorts(rules, mesh) } };
    };
    const families = await Promise.all([
      familyOf('iptables', agent.port),
      ...(agent.portIPv6 === undefined ? [] : [familyOf('ip6tables', agent.portIPv6)]),
    ]);
    return new RedirectInstallation(run, families);
  }

  /** What the tables say of the mesh. */
  get mesh(): DetectedMesh {
    return this.#families[0]?.rules.mesh ?? 'none';
  }

  /** On an ambient mesh it needs what only a privileged agent of mirrord may do (3.250 `mesh/istio.rs`). */
  async install(): Promise<void> {
    if (this.mesh === 'istio-ambient') {
      this.#routeLocalnet = (await this.#run(['cat', ROUTE_LOCALNET])).trim();
      await this.#setRouteLocalnet('1');
    }
    for (const { command, rules } of this.#families) {
      await this.#run([`${command}-restore`, '--noflush'], redirectRules(rules)).catch((error: unknown) => {
        throw unusable(command, error);
      });
    }
  }

  /** Whether the kernel has every one of the rules. */
  async isInPlace(): Promise<boolean> {
    for (const { command, rules } of this.#families) {
      const saved = await this.#run([`${command}-save`, '-t', 'nat']);
      const lines = new Set(saved.split('\n').map((line) => line.trim()));
      const own = redirectRules(rules)
        .split('\n')
        .filter((line) => line.startsWith('-A '));
      if (!own.every((line) => lines.has(line))) return false;
    }
    return true;
  }

  async remove(): Promise<void> {
    for (const { command, rules } of this.#families) {
      await this.#run([`${command}-restore`, '--noflush'], removalRules(rules));
    }
    if (this.#routeLocalnet !== undefined) await this.#setRouteLocalnet(this.#routeLocalnet);
  }

  #setRouteLocalnet(value: string): Promise<string> {
    return this.#run(['tee', ROUTE_LOCALNET], value);
  }

  /**
   * Breaks the connections that are open to the ports, so that their clients connect anew, through the rules (mirrord 3.250
   * iptables/src/flush_connections.rs:77-133). @returns what was done, in words.
   */
  async flush(): Promise<string> {
    const ports = this.#families[0]?.rules.ports ?? [];
    return (await this.#run(['sh', '-s'], flushScript(ports))).trim();
  }
}

function unusable(command: string, error: unknown): unknown {
  if (error instanceof EnvironmentError) return error;
  return new EnvironmentError(`the mirror cannot redirect connections: ${command}: ${messageOf(error)}`, {
    remedy: 'mirrorspec doctor',
    cause: error,
  });
}

/** Says of each port what it did. That a tool is missing must not hide in silence. */
function flushScript(ports: readonly number[]): string {
  return ports
    .map((port) =>
      [
        `if command -v conntrack >/dev/null; then`,
        `  said=$(conntrack -D -p tcp --dport ${port} --state ESTABLISHED 2>&1 >/dev/null | sed -n 's/.*: \\([0-9]*\\) flow.*/\\1/p')`,
        `  echo "port ${port}: conntrack forgot \${said:-0} connections"`,
        `else echo "port ${port}: there is no conntrack here"; fi`,
        `if command -v ss >/dev/null; then`,
        `  said=$(ss -H -K sport = :${port} 2>&1 | grep -c ESTAB)`,
        `  echo "port ${port}: ss ended $said sockets"`,
        `else echo "port ${port}: there is no ss here"; fi`,
      ].join('\n'),
    )
    .join('\n');
}
