import { describeVerdict } from '../evidence/verdict/describe.js';
import { unexpectedArrivals } from '../evidence/verdict/leaks.js';
import { requireProofOfLife } from '../evidence/verdict/proof-of-life.js';
import { type CallOutcome, REFLECTION_CALL_ID, wasAnswered } from '../model/call.js';
import { ExpectationError } from '../model/errors.js';
import { exchangesOf } from '../model/exchanges.js';
import type { CallVerdict, Cause, Evidence } from '../model/verdict.js';
import { StreamBatch } from './stream-batch.js';
import type { MirrorspecWorld } from './world.js';

/** At most so many calls or leaks are told one by one. */
const TOLD = 3;

/** Every call of the last When-step was mirrored: exactly once, unchanged, served, answered. Nothing else arrived. */
export async function expectMirrored(world: MirrorspecWorld): Promise<void> {
  const { plan } = world.lastBatch;
  await world.session();
  const { evidence, verdicts } = await world.verdicts();
  const found = plan.ids.map((id) => verdictOn(verdicts, id));
  const short = found.filter(({ verdict }) => verdict !== 'mirrored');
  if (short.length > 0) throw new ExpectationError(tell(evidence, found, short, 'to be mirrored'), { verdicts: short });
  const made = exchangesOf(evidence.journals.caller).flatMap(({ call }) => call ?? []);
  const leaks = unexpectedArrivals(evidence, new Set([...made, REFLECTION_CALL_ID]));
  if (leaks.length > 0) {
    const told = leaks.slice(0, TOLD).map((leak) => `  · ${leak}`);
    const more = leaks.length > TOLD ? [`  … and ${leaks.length - TOLD} more`] : [];
    throw new ExpectationError(
      ['the local process received what no call explains (leaked):', ...told, ...more].join('\n'),
      { verdicts: leaks.map(() => ({ call: 'none', verdict: 'leaked', differences: [] })) },
    );
  }
}

/**
 * No call of the last When-step was mirrored although each was served and answered, and the session was alive. With `cause`, that
 * is why.
 */
export async function expectNotMirrored(world: MirrorspecWorld, cause?: Cause): Promise<void> {
  await world.runningSession();
  const { evidence, verdicts } = await world.verdicts();
  requireProofOfLife(evidence);
  requireServed(world, cause);
  const found = world.lastBatch.plan.ids.map((id) => verdictOn(verdicts, id));
  expectAll(evidence, found, (verdict) => verdict.verdict === 'not-mirrored', 'not to be mirrored');
  if (cause === undefined) return;
  expectAll(
    evidence,
    found,
    ({ explanation }) => explanation?.cause === cause,
    `not to be mirrored because of ${cause}`,
  );
}

/** Of every call of the last When-step a part was mirrored, unchanged as far as it goes, because of `cause`. */
export async function expectPartlyMirrored(world: MirrorspecWorld, cause: Cause): Promise<void> {
  await world.session();
  const { evidence, verdicts } = await world.verdicts();
  const found = world.lastBatch.plan.ids.map((id) => verdictOn(verdicts, id));
  expectAll(
    evidence,
    found,
    ({ verdict, explanation }) => verdict === 'truncated' && explanation?.cause === cause,
    `to be mirrored in part because of ${cause}`,
  );
}

/** Causes for which a call is not served. */
const CAUSES_OF_REFUSAL: ReadonlySet<Cause> = new Set(['call-not-delivered', 'call-failed', 'flushed']);

/** The calls of the last When-step were served, unless that they were not is just the `cause` in question. */
export function requireServed(world: MirrorspecWorld, cause: Cause | undefined): void {
  const { lastBatch } = world;
  if (lastBatch instanceof StreamBatch && lastBatch.onPurpose !== undefined) {
    requireArrived(world, lastBatch.plan.ids);
    return;
  }
  const refused = lastBatch.outcomes.filter((outcome) => !wasAnswered(outcome) || outcome.error !== undefined);
  if (refused.length > 0 && (cause === undefined || !CAUSES_OF_REFUSAL.has(cause))) {
    throw new ExpectationError(
      `the call was expected to be served and not mirrored, but it was not served at all: ${wordsOf(refused[0])}`,
    );
  }
}

/** Streams without a complete answer were served if the workload's journal has them. */
function requireArrived(world: MirrorspecWorld, ids: readonly string[]): void {
  const journal = world.deploymentIfBuilt?.journals().workload ?? [];
  const arrived = new Set(journal.flatMap((record) => (record.kind === 'request' ? (record.call ?? []) : [])));
  const missing = ids.filter((id) => !arrived.has(id));
  if (missing.length > 0) {
    throw new ExpectationError(
      `the stream was expected to be served and not mirrored, but it never reached the workload (call ${missing[0]})`,
    );
  }
}

function verdictOn(verdicts: ReadonlyMap<string, CallVerdict>, id: string): CallVerdict {
  const verdict = verdicts.get(id);
  if (verdict === undefined) throw new Error(`there is no verdict on call ${id}`);
  return verdict;
}

function expectAll(
  evidence: Evidence,
  found: readonly CallVerdict[],
  holds: (verdict: CallVerdict) => boolean,
  expected: string,
): void {
  const others = found.filter((verdict) => !holds(verdict));
  if (others.length > 0) throw new ExpectationError(tell(evidence, found, others, expected));
}

function tell(
  evidence: Evidence,
  found: readonly CallVerdict[],
  others: readonly CallVerdict[],
  expected: string,
): string {
  const told = others.slice(0, TOLD).map((verdict) => describeVerdict(evidence, verdict, expected));
  const summary =
    found.length === 1 ? [] : [`${others.length} of ${found.length} calls were expected ${expected}, but were not:`];
  const more = others.length > TOLD ? [`… and ${others.length - TOLD} more`] : [];
  return [...summary, ...told, ...more].join('\n\n');
}

/** Why a call failed, in words. */
export function wordsOf(outcome: CallOutcome | undefined): string {
  if (outcome === undefined) return 'no call was made';
  const status =
    outcome.grpcStatus === undefined ? `HTTP status ${outcome.httpStatus}` : `gRPC status ${outcome.grpcStatus}`;
  return outcome.error ?? `it ended with ${status}`;
}
