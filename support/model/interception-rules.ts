import type { IpFamily } from './situation.js';

/** Whose an iptables rule of a pod is. `tester`: it loses packets because a step says so. */
export const RULE_MAKERS = ['mesh', 'mirror session', 'tester', 'unknown'] as const;
export type RuleMaker = (typeof RULE_MAKERS)[number];

/** Where connections come from that a rule takes: through PREROUTING, or through OUTPUT. */
export const CONNECTION_ORIGINS = ['outside', 'inside'] as const;
export type ConnectionOrigin = (typeof CONNECTION_ORIGINS)[number];

/** One iptables rule, and what it took. */
export interface InterceptionRule {
  readonly family: IpFamily;
  /** `nat`, `mangle`, `raw`. */
  readonly table: string;
  readonly chain: string;
  /** As `iptables-save` writes it after the chain's name: matches and target. */
  readonly rule: string;
  /** Chain that the rule goes on in, or verdict: `REDIRECT`, `RETURN`, `DROP`, … Empty for a rule that only counts. */
  readonly target: string;
  readonly maker: RuleMaker;
  /** Packets that it matched. In `nat` only the first packet of a connection is asked about, so these are connections. */
  readonly packets: number;
}

const MAKERS: readonly (readonly [chain: RegExp, maker: RuleMaker])[] = [
  [/^(?:MRD(?:IN|OUT|STD|MSH)|MIRRORD)_/, 'mirror session'],
  // Istio (also in ambient mode), Linkerd, Kuma.
  [/^(?:ISTIO|PROXY_INIT|KUMA_MESH)_/, 'mesh'],
];
/** Targets that decide where a connection goes. */
const TAKING = new Set(['REDIRECT', 'TPROXY', 'DNAT', 'DROP', 'REJECT']);
const ORIGIN_OF: Readonly<Record<string, ConnectionOrigin>> = { PREROUTING: 'outside', OUTPUT: 'inside' };

/** The rules in what `iptables-save` or `ip6tables-save` prints, in its order. Without `-c` they count nothing. */
export function interceptionRules(saved: string, family: IpFamily = 'IPv4'): InterceptionRule[] {
  const rules: InterceptionRule[] = [];
  let table = '';
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const [, packets = '0', chain, rule = ''] = /^(?:\[(\d+):\d+\] )?-A (\S+) ?(.*?)\s*$/.exec(line) ?? [];
    if (chain === undefined) continue;
    const target = /(?:^| )-[jg] (\S+)/.exec(rule)?.[1] ?? '';
    rules.push({ family, table, chain, rule, target, maker: makerOf(chain, target, rule), packets: Number(packets) });
  }
  return rules;
}

function makerOf(chain: string, target: string, rule: string): RuleMaker {
  const found = MAKERS.find(([pattern]) => pattern.test(chain) || pattern.test(target));
  if (found !== undefined) return found[1];
  return target === 'DROP' && / -m statistic /.test(` ${rule} `) ? 'tester' : 'unknown';
}

/** Whether a rule decides where a connection goes, itself or by the chain that it hands it to. */
function takes(rules: readonly InterceptionRule[], { family, table, target }: InterceptionRule): boolean {
  return (
    TAKING.has(target) ||
    rules.some(
      (next) => next.chain === target && TAKING.has(next.target) && next.table === table && next.family === family,
    )
  );
}

/** Where the connections come from that a built-in chain, or a chain that one leads to, is asked about. */
function originsOf(rules: readonly InterceptionRule[], { family, table, chain }: InterceptionRule): Set<string> {
  const leading = rules.filter((rule) => rule.target === chain && rule.table === table && rule.family === family);
  const hooks = [chain, ...leading.map((rule) => rule.chain)];
  return new Set(hooks.flatMap((hook) => ORIGIN_OF[hook] ?? []));
}

/**
 * How many connections the rules of one maker took: of those that came from outside of the pod, or of those that were made inside of it.
 * Each is counted where it was decided, not again in the chain that redirects it.
 */
export function connectionsTaken(
  rules: readonly InterceptionRule[],
  maker: RuleMaker,
  origin: ConnectionOrigin,
): number {
  return sum(
    rules.filter(
      (rule) =>
        rule.maker === maker &&
        originsOf(rules, rule).has(origin) &&
        (ORIGIN_OF[rule.chain] === undefined ? takes(rules, rule) : TAKING.has(rule.target)),
    ),
  );
}

/**
 * How many connections the rules of a chain took. Undefined: there is no such chain.
 * @param name a chain's name, or how it begins, with `*` at its end.
 */
export function connectionsTakenIn(rules: readonly InterceptionRule[], name: string): number | undefined {
  const own = rules.filter(({ chain }) => (name.endsWith('*') ? chain.startsWith(name.slice(0, -1)) : chain === name));
  return own.length === 0 ? undefined : sum(own.filter((rule) => takes(rules, rule)));
}

function sum(rules: readonly InterceptionRule[]): number {
  return rules.reduce((total, { packets }) => total + packets, 0);
}

/** What a rule does to a connection, in words. */
export function effectOf({ rule, target }: Pick<InterceptionRule, 'rule' | 'target'>): string {
  const port = /--(?:to-ports|on-port) (\d+)/.exec(rule)?.[1];
  switch (target) {
    case 'REDIRECT':
    case 'TPROXY':
      return `leads to port ${port ?? '?'}`;
    case 'RETURN':
      return 'leaves it to the rules after this chain';
    case 'ACCEPT':
      return 'lets it go where it wants';
    case 'DROP':
    case 'REJECT':
      return 'loses it';
    case '':
      return 'counts it';
    default:
      return /^(?:MARK|CONNMARK|CT|LOG|NFLOG)$/.test(target) ? 'marks it' : `goes on in ${target}`;
  }
}
