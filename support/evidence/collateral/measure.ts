import type { Evidence } from '../../model/verdict.js';
import { answeredByAgent } from '../verdict/answer-comparison.js';
import { indexEvidence, type PartyIndex } from '../verdict/evidence-index.js';
import { changedAnswerHeaders, type HeaderChange } from './answer-headers.js';
import { type BrokenConnection, brokenConnections } from './connections.js';

/** What the real caller and the workload notice of mirroring. */
export interface Collateral {
  readonly caller: {
    readonly connections: NoticedConnections;
    readonly calls: {
      readonly made: number;
      /** Reset, or given up at their deadline. */
      readonly brokenOff: number;
      /** Answered by the mirror's agent in the workload's place. */
      readonly answeredByAgent: number;
    };
    /** Headers of answers that came otherwise than they were sent, each change once. */
    readonly headers: readonly (HeaderChange & { readonly calls: number })[];
  };
  /** Absent: it keeps no journal. */
  readonly workload?: { readonly connections: NoticedConnections; readonly requests: number };
}

export interface NoticedConnections {
  readonly opened: number;
  readonly broken: readonly BrokenConnection[];
}

/** Measures it for all calls of the evidence. Cost is linear in it. */
export function measureCollateral(evidence: Evidence): Collateral {
  const index = indexEvidence(evidence);
  const { caller, workload } = index;
  const headers = new Map<string, HeaderChange & { calls: number }>();
  for (const call of caller.byCall.keys()) {
    for (const change of changedAnswerHeaders(index, call)) {
      const key = JSON.stringify(change);
      const known = headers.get(key);
      if (known === undefined) headers.set(key, { ...change, calls: 1 });
      else known.calls++;
    }
  }
  const noticed = ({ connections }: PartyIndex): NoticedConnections => ({
    opened: [...connections.values()].filter(({ openedAt }) => openedAt !== undefined).length,
    broken: brokenConnections(connections.values(), evidence.sessions),
  });
  return {
    caller: {
      connections: noticed(caller),
      calls: {
        made: caller.exchanges.length,
        brokenOff: caller.exchanges.filter(({ reset }) => reset !== undefined).length,
        answeredByAgent: caller.exchanges.filter((exchange) => answeredByAgent(exchange).length > 0).length,
      },
      headers: [...headers.values()],
    },
    ...(workload && { workload: { connections: noticed(workload), requests: workload.exchanges.length } }),
  };
}
