/**
 * The iptables rules by which mirrord's agent takes a workload's connections (mirrord 3.250 `agent/iptables/src`): redirected
 * to the agent's listener, from PREROUTING where they arrive from outside, from OUTPUT where they come through `lo`, as those
 * do that a sidecar hands to its application. They are appended, so a mesh's own rules decide first.
 */

/** What a pod's nat table says of the mesh that owns it (mirrord 3.250 `mesh.rs` looks for these jumps in OUTPUT). */
export type InterceptingMesh = 'none' | 'istio' | 'istio-ambient' | 'linkerd' | 'kuma';

export interface RedirectRulesOptions {
  /** Tells the chains of one agent from those of another: letters, digits, at most 20. */
  readonly id: string;
  /** Where the agent listens. */
  readonly listenerPort: number;
  /** Ports of the workload that are mirrored. */
  readonly ports: readonly number[];
  /** Group of the agent's process: its own connections to the workload are left alone. */
  readonly gid: number;
  readonly mesh: InterceptingMesh;
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

/** Which mesh a nat table belongs to. @param saved what `iptables-save` printed, of nat and mangle. */
export function meshIn(saved: string): InterceptingMesh {
  const outputs = saved.split('\n').filter((line) => line.startsWith('-A OUTPUT '));
  const jumps = (chain: string): number => outputs.filter((line) => line.endsWith(`-j ${chain}`)).length;
  // Ambient redirection marks packets in mangle as well as redirecting them in nat.
  if (jumps('ISTIO_OUTPUT') > 1) return 'istio-ambient';
  if (jumps('ISTIO_OUTPUT') === 1) return 'istio';
  if (jumps('PROXY_INIT_OUTPUT') > 0) return 'linkerd';
  return jumps('KUMA_MESH_OUTBOUND') > 0 ? 'kuma' : 'none';
}

/** The inbound ports that a mesh leaves alone: the port lists of the RETURN rules of its inbound chain, rule by rule. */
export function excludedPorts(saved: string): readonly (readonly string[])[] {
  return saved.split('\n').flatMap((line) => {
    const [, ports] =
      /^-A (?:ISTIO_INBOUND|PROXY_INIT_REDIRECT|KUMA_MESH_INBOUND) .*--dports? ([\d,:]+) .*-j RETURN\s*$/.exec(line) ??
      [];
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
