import { ExpectationError, UserError } from '../model/errors.js';
import {
  type ConnectionOrigin,
  connectionsTaken,
  connectionsTakenIn,
  type InterceptionRule,
  type RuleMaker,
} from '../model/interception-rules.js';
import type { DetectedMesh } from '../model/session.js';
import type { MirrorspecWorld } from './world.js';

/** The rules of the workload's pod, once what the calls set off has come to rest. */
async function rulesNow(world: MirrorspecWorld): Promise<readonly InterceptionRule[]> {
  if (world.batches.length > 0) await world.verdictsSoFar();
  return (await world.deployment()).interceptionRules();
}

/** The rules of one maker took so many connections since the situation was built. */
export async function expectTaken(
  world: MirrorspecWorld,
  { maker, origin, connections }: { maker: RuleMaker; origin: ConnectionOrigin; connections: number },
): Promise<void> {
  const rules = await rulesNow(world);
  if (!rules.some((rule) => rule.maker === maker)) {
    throw new ExpectationError(`the ${maker} has no iptables rules in the workload's pod, so they took nothing`);
  }
  const found = connectionsTaken(rules, maker, origin);
  if (found === connections) return;
  throw new ExpectationError(
    [
      `the rules of the ${maker} were expected to take ${plural(connections)} from ${origin} of the pod, but took ${found}`,
      ...listed(rules.filter((rule) => rule.maker === maker)),
    ].join('\n'),
  );
}

/** A chain, or those whose names begin so, took so many connections. */
export async function expectTakenIn(world: MirrorspecWorld, chain: string, connections: number): Promise<void> {
  const rules = await rulesNow(world);
  const found = connectionsTakenIn(rules, chain);
  if (found === connections) return;
  if (found === undefined) {
    const chains = [...new Set(rules.map((rule) => rule.chain))].join(', ');
    throw new ExpectationError(
      `there is no chain ${chain} with rules in the workload's pod; there ${chains === '' ? 'is none at all' : `are: ${chains}`}`,
    );
  }
  throw new ExpectationError(
    [`the chain ${chain} was expected to take ${plural(connections)}, but took ${found}`, ...listed(rules)].join('\n'),
  );
}

/** The session takes its traffic without iptables. That it runs is known: it could not be asked otherwise. */
export async function expectNoRules(world: MirrorspecWorld): Promise<void> {
  await world.runningSession();
  const found = (await rulesNow(world)).filter(({ maker }) => maker === 'mirror session');
  if (found.length === 0) return;
  throw new ExpectationError(
    ['the mirror session was expected to have no iptables rules, but has', ...found.map(ruleText)].join('\n'),
  );
}

/** What the agent took the pod's mesh for. */
export async function expectDetected(world: MirrorspecWorld, expected: DetectedMesh): Promise<void> {
  const { detectedMesh } = await (await world.session()).report();
  if (detectedMesh === undefined) {
    throw new UserError(
      'a mirror that captures packets does not look for a mesh in the pod: add "Given mirrord 3.250"',
    );
  }
  if (detectedMesh === expected) return;
  throw new ExpectationError(`the service mesh ${expected} was expected to be detected, but ${detectedMesh} was`);
}

function listed(rules: readonly InterceptionRule[]): string[] {
  const some = rules.filter(({ packets }) => packets > 0);
  return some.length === 0 ? ['  no rule took anything'] : some.map(ruleText);
}

function ruleText({ table, chain, rule, packets }: InterceptionRule): string {
  return `  ${String(packets).padStart(4)} × ${table}: -A ${chain} ${rule}`;
}

function plural(connections: number): string {
  return `${connections} connection${connections === 1 ? '' : 's'}`;
}
