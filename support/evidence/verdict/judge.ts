import type { Exchange } from '../../model/exchanges.js';
import type { EndOnPurpose, Verdict } from '../../model/verdict.js';
import { answeredByAgent, compareAnswers, NO_ANSWER } from './answer-comparison.js';
import { CANCELLATION, compareCancellations } from './cancellation.js';
import { type EvidenceIndex, exchangesOfCall } from './evidence-index.js';
import { type Defect, type Flaw, flaw, weightOf } from './flaw.js';
import { compareCopy, compareRequests } from './request-comparison.js';
import { figure, times } from './wording.js';

/** A verdict with everything that led to it. */
export interface Judgement {
  readonly call: string;
  readonly verdict: Verdict;
  readonly flaws: readonly Flaw[];
  /** The call's exchanges in each party's journal. */
  readonly sent: readonly Exchange[];
  readonly mirrored: readonly Exchange[];
  /** `undefined` where the workload keeps no journal. */
  readonly served: readonly Exchange[] | undefined;
}

/**
 * The defects of a mirrored copy, the worst first: a copy that has several is named after the first. Content that was
 * never sent outweighs content that came twice, that outweighs content that is missing, and that outweighs its order.
 */
const PRECEDENCE: readonly (readonly [Defect, Verdict])[] = [
  ['absent', 'not-mirrored'],
  ['corrupted', 'corrupted'],
  ['duplicated', 'duplicated'],
  ['truncated', 'truncated'],
  ['reordered', 'reordered'],
];

/**
 * Judges one call. When several verdicts hold, the first of this order is given, and the differences tell the rest:
 *
 * 1. `leaked`: it arrived, although the caller never made it; or although it never got to the workload, for example a
 *    call that the mesh's policy refused in front of it (a passive capture only: an inline agent may have lost it).
 * 2. `collateral`: the real call was harmed. The caller's answer is broken off, unfinished or not the workload's; or what
 *    the workload received is not what was sent. A call that neither the workload nor the local process ever saw is
 *    `not-mirrored` instead (there was nothing to mirror), unless the mirror's own agent answered it.
 * 3. `not-mirrored`: nothing of it arrived.
 * 4. `corrupted`, `duplicated`, `truncated`, `reordered`: see {@link PRECEDENCE}.
 * 5. `mirrored`.
 */
export function judge(index: EvidenceIndex, call: string): Judgement {
  const sent = exchangesOfCall(index.caller, call);
  const mirrored = exchangesOfCall(index.localProcess, call);
  const served = index.workload === undefined ? undefined : exchangesOfCall(index.workload, call);
  const parties = { call, sent, mirrored, served };

  if (sent.length === 0) {
    return mirrored.length === 0
      ? { ...parties, verdict: 'not-mirrored', flaws: [flaw('absent', 'sent-mirrored', 'call', 'nothing', 'nothing')] }
      : {
          ...parties,
          verdict: 'leaked',
          flaws: [flaw('duplicated', 'sent-mirrored', 'call', 'nothing', times(mirrored.length))],
        };
  }

  const onPurpose = index.evidence.onPurpose?.[call];
  const serving = served === undefined ? undefined : pairServed(sent, served, index, onPurpose);
  const copies = pairMirrored(sent, mirrored, serving?.pairs, index, onPurpose);
  const answers = sent.flatMap((exchange) => {
    const found = compareAnswers(serving?.pairs.get(exchange), exchange, index.meshHeaders);
    return onPurpose === undefined ? found : found.filter((each) => !isUnfinishedAnswer(each, exchange));
  });
  const harm = [...(serving?.flaws ?? []), ...(served?.length === 0 ? answersWithoutWorkload(sent) : answers)];
  const flaws = [...copies, ...harm];

  const reached = mirrored.length > 0 || (served !== undefined && served.length > 0);
  const byAgent = sent.some((exchange) => answeredByAgent(exchange).length > 0);
  if (served?.length === 0 && mirrored.length > 0 && !byAgent && index.evidence.session?.profile === 'sniffer') {
    return { ...parties, verdict: 'leaked', flaws };
  }
  return { ...parties, verdict: harm.length > 0 && (reached || byAgent) ? 'collateral' : verdictOf(copies), flaws };
}

function verdictOf(flaws: readonly Flaw[]): Verdict {
  const defects = new Set(flaws.map(({ defect }) => defect));
  return PRECEDENCE.find(([defect]) => defects.has(defect))?.[1] ?? 'mirrored';
}

/** With nothing served there is no answer to compare with: only what the caller's side tells by itself. */
function answersWithoutWorkload(sent: readonly Exchange[]): Flaw[] {
  return sent.flatMap((exchange) => compareAnswers(undefined, exchange, new Set()));
}

function pairServed(
  sent: readonly Exchange[],
  served: readonly Exchange[],
  index: EvidenceIndex,
  onPurpose: EndOnPurpose | undefined,
): { readonly pairs: ReadonlyMap<Exchange, Exchange>; readonly flaws: readonly Flaw[] } {
  const compare = (exchange: Exchange, arrived: Exchange): Flaw[] => {
    const flaws = compareRequests(exchange, arrived, 'sent-served', index.meshHeaders, true);
    // What is broken off discards what is under way (RFC 9113 §6.4), and of what is open more may come.
    // A server may answer before it has read everything (RFC 9110 §7.5): what is missing then was not taken from it.
    return answeredEarly(arrived) || onPurpose !== undefined
      ? flaws.filter(({ defect }) => defect !== 'truncated')
      : flaws;
  };
  return pairUp(sent, served, 'sent-served', compare);
}

function pairMirrored(
  sent: readonly Exchange[],
  mirrored: readonly Exchange[],
  serving: ReadonlyMap<Exchange, Exchange> | undefined,
  index: EvidenceIndex,
  onPurpose: EndOnPurpose | undefined,
): readonly Flaw[] {
  return pairUp(sent, mirrored, 'sent-mirrored', (exchange, copy) => {
    const original = serving?.get(exchange);
    const flaws = [
      ...compareRequests(exchange, copy, 'sent-mirrored', index.meshHeaders, false),
      ...(onPurpose === 'cancelled' ? compareCancellations(copy, index) : []),
    ];
    if (original === undefined) return flaws;
    const copyFlaws = compareCopy(original, copy, index.addedAfterCapture);
    // What the workload received as well was there before the mirror made its copy.
    const remaining = flaws.filter(
      (each) =>
        !(each.added && !copyFlaws.some(({ difference }) => difference.what === each.difference.what)) &&
        !(each.difference.what === 'half-close' && copy.request.complete && original.request.complete) &&
        !(
          isCutWithTheOriginal(each) &&
          (onPurpose !== undefined || answeredEarly(original)) &&
          hasAsMuch(copy, original)
        ),
    );
    const told = new Set(remaining.map(({ difference }) => difference.what));
    return [...remaining, ...copyFlaws.filter(({ difference }) => !told.has(difference.what))];
  }).flaws;
}

/** Missing content that the workload lacks as well; not what tells of the end. */
function isCutWithTheOriginal({ defect, difference }: Flaw): boolean {
  return defect === 'truncated' && difference.what !== CANCELLATION;
}

/** What an answer lacks that was not meant to be complete; content that the workload never gave is a flaw all the same. */
function isUnfinishedAnswer({ defect, difference }: Flaw, { response }: Exchange): boolean {
  if (defect === 'truncated') return true;
  // The workload may say how it ended just when the caller gives up: both have the same deadline.
  const neverCame = !response.complete && response.trailers === undefined;
  return (
    (difference.what === 'status' && difference.found === NO_ANSWER) ||
    (neverCame && difference.what.startsWith('response trailer '))
  );
}

function answeredEarly({ request, response }: Exchange): boolean {
  return response.complete && !request.complete;
}

function hasAsMuch(copy: Exchange, original: Exchange): boolean {
  return copy.request.messages.length >= original.request.messages.length;
}

/**
 * Pairs each exchange of the caller (nearly always one) with the arrival that resembles it most. Arrivals that are left
 * over came once too often.
 */
function pairUp(
  sent: readonly Exchange[],
  arrived: readonly Exchange[],
  between: 'sent-mirrored' | 'sent-served',
  compare: (exchange: Exchange, arrival: Exchange) => Flaw[],
): { readonly pairs: ReadonlyMap<Exchange, Exchange>; readonly flaws: readonly Flaw[] } {
  const pairs = new Map<Exchange, Exchange>();
  if (arrived.length === 0) {
    return { pairs, flaws: [flaw('absent', between, 'call', times(sent.length), 'nothing')] };
  }
  const flaws: Flaw[] = [];
  const left = new Set(arrived);
  for (const exchange of sent) {
    let best: { readonly arrival: Exchange; readonly flaws: Flaw[]; readonly weight: number } | undefined;
    for (const arrival of left) {
      const found = compare(exchange, arrival);
      const weight = weightOf(found);
      if (best === undefined || weight < best.weight) best = { arrival, flaws: found, weight };
      if (weight === 0) break;
    }
    if (best === undefined) break;
    left.delete(best.arrival);
    pairs.set(exchange, best.arrival);
    flaws.push(...best.flaws);
  }
  if (arrived.length !== sent.length) {
    const defect = arrived.length > sent.length ? 'duplicated' : 'truncated';
    flaws.push(flaw(defect, between, 'exchange count', figure(sent.length), figure(arrived.length)));
  }
  return { pairs, flaws };
}
