import { setTimeout as delay } from 'node:timers/promises';
import { brokenConnections, openAt } from '../evidence/collateral/connections.js';
import { brokenText } from '../evidence/collateral/describe.js';
import { noticedByCaller } from '../evidence/collateral/notice.js';
import { exchangesOfCall, indexEvidence } from '../evidence/verdict/evidence-index.js';
import { ExpectationError, UserError } from '../model/errors.js';
import type { Connection } from '../model/exchanges.js';
import type { Evidence } from '../model/verdict.js';
import { visibleText } from '../model/visible-text.js';
import { failWith } from './connection-expectations.js';
import { latencyOf, medianOf } from './latency.js';
import type { MirrorspecWorld } from './world.js';

/** How often to look again, in milliseconds. */
const POLL_MS = 10;
/** With fewer calls a median says nothing. */
const CALLS_FOR_A_MEDIAN = 5;

/** The last calls went as if there were no mirror, and no connection of the caller's broke while there was a session. */
export async function expectNothingNoticed(world: MirrorspecWorld): Promise<void> {
  const { evidence } = await world.verdicts();
  failWith(noticedByCaller(evidence, world.lastBatch.plan.ids), 'the caller was expected to notice nothing, but did');
}

/** Every connection that a party had open when the last session began was broken since. */
export async function expectReset(world: MirrorspecWorld, party: 'caller' | 'workload'): Promise<void> {
  await world.session();
  const deadline = performance.now() + world.run.environment.timeouts.deliveryMs;
  let kept: readonly Connection[];
  do {
    const state = connectionsAtStart(await world.evidence(), party);
    kept = state.open.filter(({ number }) => !state.broken.some(({ connection }) => connection === number));
    if (kept.length === 0) return;
    // The end of a connection takes its way to whoever notices it.
    await delay(POLL_MS, undefined, { signal: world.signal });
  } while (performance.now() < deadline);
  throw new ExpectationError(
    [
      `the ${party}'s connections were expected to be reset when the session began, but were not:`,
      ...kept.map((connection) => `  · ${connectionText(connection)}`),
    ].join('\n'),
  );
}

/** No connection that a party had open when the last session began was broken since. */
export async function expectKept(world: MirrorspecWorld, party: 'caller' | 'workload'): Promise<void> {
  await world.session();
  const { evidence } = await world.verdictsSoFar();
  const { broken } = connectionsAtStart(evidence, party);
  if (broken.length === 0) return;
  throw new ExpectationError(
    [
      `the ${party}'s connections were expected to stay open when the session began, but did not:`,
      ...broken.map((each) => `  · ${brokenText(each)}`),
    ].join('\n'),
  );
}

function connectionsAtStart(evidence: Evidence, party: 'caller' | 'workload') {
  const index = indexEvidence(evidence);
  const period = evidence.sessions.at(-1);
  const seen = index[party];
  if (seen === undefined) {
    throw new UserError(`the workload is a program of your own, which keeps no journal: its connections are not known`);
  }
  if (period === undefined) throw new UserError('there was no mirror session');
  const connections = [...seen.connections.values()];
  const open = openAt(connections, period);
  if (open.length === 0) {
    throw new ExpectationError(
      `the ${party} had no connection open when the session began, so that none could be reset: add "Given a caller that is already connected", or calls before the session`,
    );
  }
  const broken = brokenConnections(connections, [period]).filter(({ older }) => older);
  return { open, broken };
}

function connectionText({ number, local, remote, closed }: Connection): string {
  const ends = local === undefined || remote === undefined ? '' : ` (${visibleText(local)} – ${visibleText(remote)})`;
  return `connection ${number}${ends} ${closed === undefined ? 'is open' : 'was closed in an orderly way'}`;
}

/** The last calls came to the workload over this many connections. */
export async function expectConnections(world: MirrorspecWorld, expected: number): Promise<void> {
  const { evidence } = await world.verdicts();
  const { caller, workload } = indexEvidence(evidence);
  if (workload === undefined) {
    throw new UserError('the workload is a program of your own, which keeps no journal: its connections are not known');
  }
  const { ids } = world.lastBatch.plan;
  const over = (party: typeof caller): readonly number[] => [
    ...new Set(ids.flatMap((id) => exchangesOfCall(party, id).map(({ connection }) => connection))),
  ];
  const found = over(workload).length;
  if (found === expected) return;
  throw new ExpectationError(
    [
      `the workload was expected to see ${expected} connections, but saw ${found}`,
      `  · caller's journal: ${ids.length} calls over ${over(caller).length} connections`,
      `  · workload's journal: its connections ${over(workload).join(', ')}`,
    ].join('\n'),
  );
}

/**
 * The median of the last calls is at most so many times that of the calls that were made before without a session, in the same
 * situation and with the same protocol and interaction.
 */
export function expectLatency(world: MirrorspecWorld, factor: number): void {
  const last = world.lastBatch;
  if (!last.mirrored)
    throw new UserError('the last calls were made without a mirror session: there is nothing to compare');
  const alike = world.batches.filter(
    ({ mirrored, plan: { protocol, interaction } }) =>
      !mirrored && protocol === last.plan.protocol && interaction === last.plan.interaction,
  );
  const [before, after] = [alike.flatMap(({ outcomes }) => outcomes), last.outcomes];
  if (before.length < CALLS_FOR_A_MEDIAN || after.length < CALLS_FOR_A_MEDIAN) {
    throw new UserError(
      `a latency is compared with that of calls without a session: ${CALLS_FOR_A_MEDIAN} of each are needed at least, there are ${before.length} without and ${after.length} with one (add "Given the mirror session starts later", and calls of the same kind before it is started)`,
    );
  }
  const [without, within] = [medianOf(before), medianOf(after)];
  if (within <= without * factor) return;
  throw new ExpectationError(
    [
      `the caller's latency was expected to grow by at most ${factor} times, but grew by ${(within / without).toFixed(1)} times`,
      ...alike.map((batch) => `  · without a session: ${latencyOf(batch).text}`),
      `  · with the session:    ${latencyOf(last).text}`,
    ].join('\n'),
  );
}
