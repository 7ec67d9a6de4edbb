import type { CallVerdict, Evidence } from '../../model/verdict.js';
import { type EvidenceIndex, indexEvidence } from './evidence-index.js';
import { explainJudgement } from './explain.js';
import { type Judgement, judge } from './judge.js';

/**
 * Decides what became of one call. `mirrored`: the local process received exactly what the caller sent, once; the
 * workload served it; and the caller got the workload's answer unharmed. {@link judge} says which verdict is given
 * when several hold. Anything but `mirrored` comes with an explanation. Pure: the same evidence gives the same verdict.
 */
export function decide(evidence: Evidence, call: string): CallVerdict {
  const index = indexEvidence(evidence);
  return verdictOf(index, judge(index, call));
}

/** Decides all calls in the caller's journal, in the order in which they were made. */
export function decideAll(evidence: Evidence): CallVerdict[] {
  const index = indexEvidence(evidence);
  return [...index.caller.byCall.keys()].map((call) => verdictOf(index, judge(index, call)));
}

function verdictOf(index: EvidenceIndex, judgement: Judgement): CallVerdict {
  const explanation = explainJudgement(index, judgement);
  return {
    call: judgement.call,
    verdict: judgement.verdict,
    differences: judgement.flaws.map(({ difference }) => difference),
    ...(explanation === undefined ? {} : { explanation }),
  };
}
