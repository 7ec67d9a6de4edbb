import type { CallVerdict, Difference, Evidence } from '../../model/verdict.js';
import { indexEvidence } from '../verdict/evidence-index.js';
import { explainJudgement } from '../verdict/explain.js';
import { judge } from '../verdict/judge.js';
import { changedAnswerHeaders } from './answer-headers.js';
import { brokenConnections } from './connections.js';
import { brokenText } from './describe.js';

const BETWEEN = 'answered-received';

/**
 * Those of the calls in which their caller notices a mirror session: the answer did not come whole, did not come from the workload, or
 * not with the workload's headers; or a connection of the caller's broke while there was a session.
 */
export function noticedByCaller(evidence: Evidence, calls: readonly string[]): readonly CallVerdict[] {
  const index = indexEvidence(evidence);
  const broken = brokenConnections(index.caller.connections.values(), evidence.sessions).map(
    (each): Difference => ({ between: BETWEEN, what: 'connection', expected: 'kept', found: brokenText(each) }),
  );
  return calls.flatMap((call): CallVerdict[] => {
    const judgement = judge(index, call);
    const answer = judgement.flaws.map(({ difference }) => difference).filter(({ between }) => between === BETWEEN);
    const told = new Set(answer.map(({ what }) => what));
    const headers = changedAnswerHeaders(index, call)
      .filter(({ name }) => !told.has(`response header ${name}`))
      .map(
        ({ name, sent, received }): Difference => ({
          between: BETWEEN,
          what: `response header ${name}`,
          expected: sent,
          found: received,
        }),
      );
    const unserved: Difference[] =
      judgement.served?.length === 0
        ? [{ between: BETWEEN, what: 'answer', expected: "the workload's", found: 'not from the workload' }]
        : [];
    const differences = [...answer, ...headers, ...unserved, ...broken];
    if (differences.length === 0) return [];
    const explanation = explainJudgement(index, { ...judgement, verdict: 'collateral' });
    return [{ call, verdict: 'collateral', differences, ...(explanation && { explanation }) }];
  });
}
