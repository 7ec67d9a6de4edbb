import type { CallOutcome } from '../../model/call.js';
import type { CallVerdict, Evidence, Explanation } from '../../model/verdict.js';
import { indexEvidence } from './evidence-index.js';
import { milliseconds } from './wording.js';

/**
 * The verdict on a call whose first byte came too late, or never: the real call was harmed. The redirecting agent is the reason where the
 * workload speaks first: it waits for the caller's first bytes, to find out whether they are HTTP, before it connects to the
 * application (mirrord #4209).
 */
export function lateAnswer(evidence: Evidence, { id, tcp }: CallOutcome, limitMs: number): CallVerdict {
  const waited = tcp?.firstByteMs;
  const found = waited === undefined ? 'none' : milliseconds(waited);
  const difference = {
    between: 'answered-received',
    what: 'first byte',
    expected: `within ${milliseconds(limitMs)}`,
    found,
  } as const;
  return { call: id, verdict: 'collateral', differences: [difference], explanation: reasonOf(evidence, id, found) };
}

function reasonOf(evidence: Evidence, call: string, found: string): Explanation {
  const { caller, workload } = indexEvidence(evidence);
  const [sent] = caller.byCall.get(call) ?? [];
  const [served] = workload?.byCall.get(call) ?? [];
  const callers = sent && caller.connections.get(sent.connection)?.openedAt;
  const workloads = served && workload?.connections.get(served.connection)?.openedAt;
  const between = callers === undefined || workloads === undefined ? undefined : workloads - callers;
  const proof = [
    `caller's journal: the first byte came after ${found}`,
    ...(between === undefined
      ? []
      : [`workload's journal: its connection was opened ${milliseconds(between)} after the caller's`]),
  ];
  if (evidence.session?.profile !== 'redirect' || evidence.session.ports.length === 0) {
    return { cause: 'unknown', summary: 'the answer began late, and the evidence does not say why.', proof };
  }
  return {
    cause: 'server-first',
    summary:
      "the workload speaks first, and the mirror's agent stood in between: it waits for the caller's first bytes, to find out whether they are HTTP, before it connects to the workload.",
    proof,
  };
}
