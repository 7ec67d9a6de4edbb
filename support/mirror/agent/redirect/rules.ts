/**
 * The iptables rules by which mirrord's agent takes a workload's connections (mirrord 3.250 `agent/iptables/src`): redirected
 * to the agent's listener, from PREROUTING where they arrive from outside, from OUTPUT where they come through `lo`, as those
 * do that a sidecar hands to its application. They are appended, so a mesh's own rules decide first.
 */

import type { InterceptionRule } from '../../../model/interception-rules.js';
import type { DetectedMesh } from '../../../model/session.js';

export interface RedirectRulesOptions {
  /** Tells the chains of one agent from those of another: letters, digits, at most 20. */
  readonly id: string;
  /** Where the agent listens. */
  readonly listenerPort: number;
  /** Ports of the workload that are mirrored. */
  readonly ports: readonly number[];
  /** Group of the agent's process: its own connections to the workload are left alone. */
  readonly gid: number;
  readonly mesh: DetectedMesh;
  /** Ports that the mesh does not intercept, from {@link excludedPorts}; one set for each of the mesh's rules. */
  readonly excluded: readonly (readonly string[])[];
}

/** Names of the chains of an agent. */
export interface RedirectChains {
  readonly prerouting: string;
  readonly output: string;
}

export function chainsOf({ id, mesh }: Pick<RedirectRulesOptions, 'id' | 'mesh'>): RedirectChains {
  return { prerouting: `MRDIN_${id}`, output: `${mesh === 'none' ? 'MRDSTD' : 'MRDOUT'}_${id}` };
}

/**
 * Input of `iptables-restore --noflush` that installs the rules. Where a mesh excludes inbound ports, each of its rules becomes a
 * RETURN for all ports but those (`mesh.rs:67-89`): with two such rules nothing arriving from outside is redirected any more.
 */
export function redirectRules(options: RedirectRulesOptions): string {
  const { ports, listenerPort, gid, mesh } = options;
  const { prerouting, output } = chainsOf(options);
  const redirect = (chain: string, match: string): string[] =>
    ports.map((port) => `-A ${chain} ${match}-p tcp -m tcp --dport ${port} -j REDIRECT --to-ports ${listenerPort}`);
  return lines([
    '*nat',
    `:${prerouting} - [0:0]`,
    `:${output} - [0:0]`,
    // In ambient mode the mesh's own OUTPUT rules accept what mirrord must see: there its jump comes first.
    mesh === 'istio-ambient' ? `-I OUTPUT 1 -j ${output}` : `-A OUTPUT -j ${output}`,
    `-A PREROUTING -j ${prerouting}`,
    ...options.excluded.map(
      (excluded) => `-A ${prerouting} -p tcp -m multiport ! --dports ${excluded.join(',')} -j RETURN`,
    ),
    ...redirect(prerouting, ''),
    `-A ${output} -m owner --gid-owner ${gid} -j RETURN`,
    ...redirect(output, '-o lo '),
    'COMMIT',
  ]);
}

/** Input of `iptables-restore --noflush` that removes what {@link redirectRules} installed. */
export function removalRules(options: Pick<RedirectRulesOptions, 'id' | 'mesh'>): string {
  const { prerouting, output } = chainsOf(options);
  return lines([
    '*nat',
    `-D PREROUTING -j ${prerouting}`,
    `-D OUTPUT -j ${output}`,
    `-F ${prerouting}`,
    `-F ${output}`,
    `-X ${prerouting}`,
    `-X ${output}`,
    'COMMIT',
  ]);
}

/** Jumps in OUTPUT of the nat table that tell of a mesh; the first that is there decides (mirrord 3.250 `mesh.rs`). */
const MESH_JUMPS: Readonly<Record<string, DetectedMesh>> = {
  PROXY_INIT_OUTPUT: 'linkerd',
  ISTIO_OUTPUT: 'istio',
  KUMA_MESH_OUTBOUND: 'kuma',
};

/** Which mesh a pod's rules belong to. One whose rules are in tables of nftables' own is not found: `iptables-save` lists none of them. */
export function meshIn(rules: readonly InterceptionRule[]): DetectedMesh {
  const jumps = (table: string): string[] =>
    rules.flatMap((rule) => (rule.table === table && rule.chain === 'OUTPUT' ? [rule.target] : []));
  const mesh = jumps('nat').flatMap((target) => MESH_JUMPS[target] ?? [])[0] ?? 'none';
  // Ambient mode marks what ztunnel sends, as well as redirecting what the application does.
  return mesh === 'istio' && jumps('mangle').includes('ISTIO_OUTPUT') ? 'istio-ambient' : mesh;
}

const ONE_PORT = / -p tcp -m tcp --dport ([\d,:]+)/;
const SEVERAL_PORTS = / -p tcp -m multiport --dports ([\d,:]+)/;
/** Where a mesh says which inbound ports it leaves alone, and how its rules are written (mirrord 3.250 `mesh.rs`). */
const EXCLUDING: Readonly<Record<Exclude<DetectedMesh, 'none'>, readonly [chain: string, ports: RegExp]>> = {
  istio: ['ISTIO_INBOUND', ONE_PORT],
  'istio-ambient': ['ISTIO_INBOUND', ONE_PORT],
  linkerd: ['PROXY_INIT_REDIRECT', SEVERAL_PORTS],
  kuma: ['KUMA_MESH_INBOUND', ONE_PORT],
};

/**
 * The inbound ports that mirrord believes a mesh to leave alone: those of the rules of its inbound chain, rule by rule. It looks at the
 * ports that a rule names, not at what the rule does with them.
 */
export function excludedPorts(rules: readonly InterceptionRule[], mesh: DetectedMesh): readonly (readonly string[])[] {
  if (mesh === 'none') return [];
  const [chain, pattern] = EXCLUDING[mesh];
  return rules.flatMap((rule) => {
    const ports = rule.table === 'nat' && rule.chain === chain ? pattern.exec(` ${rule.rule}`)?.[1] : undefined;
    return ports === undefined ? [] : [ports.split(',')];
  });
}

/** Chains that an agent left behind, or that another one uses. mirrord refuses to start beside them. */
export function agentChains(saved: string): readonly string[] {
  return saved.split('\n').flatMap((line) => /^:((?:MRD(?:IN|OUT|STD|MSH)|MIRRORD)_\S+) /.exec(line)?.[1] ?? []);
}

function lines(text: readonly string[]): string {
  return `${text.join('\n')}\n`;
}
