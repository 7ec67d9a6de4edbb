import type { CallVerdict, Evidence, Explanation } from '../../model/verdict.js';
import { type EvidenceIndex, exchangesOfCall, indexEvidence, type PartyIndex } from './evidence-index.js';
import { quantity } from './wording.js';

/**
 * The calls whose copy does not come from the caller's address: what was sent did not arrive unchanged, as far as its source goes.
 * Calls that were not mirrored at all are left out.
 */
export function replacedSources(evidence: Evidence, calls: readonly string[]): readonly CallVerdict[] {
  const index = indexEvidence(evidence);
  return calls.flatMap((call): CallVerdict[] => {
    const expected = hostOf(index.caller, call, 'local');
    const found = hostOf(index.localProcess, call, 'remote');
    if (expected === undefined || found === undefined || expected === found) return [];
    const explanation: Explanation = {
      cause: 'source-replaced',
      summary: `the mirror took the copy where the connection comes from ${found}.`,
      proof: [
        `caller's journal: it connected from ${expected}`,
        ...workloadProof(index, call),
        `local process's journal: connected from ${found}`,
      ],
    };
    const differences = [{ between: 'sent-mirrored', what: 'source address', expected, found } as const];
    return [{ call, verdict: 'corrupted', differences, explanation }];
  });
}

function workloadProof({ workload }: EvidenceIndex, call: string): readonly string[] {
  const found = workload === undefined ? undefined : hostOf(workload, call, 'remote');
  return found === undefined ? [] : [`workload's journal: connected from ${found}`];
}

/** The calls, where they came to the workload over more connections than the caller used: the workload notices the mirror. */
export function splitConnections(evidence: Evidence, calls: readonly string[]): readonly CallVerdict[] {
  const { caller, workload } = indexEvidence(evidence);
  if (workload === undefined) return [];
  const [used, seen] = [connectionsOf(caller, calls), connectionsOf(workload, calls)];
  if (seen <= used) return [];
  const each = evidence.session?.profile === 'redirect' && seen === calls.length;
  const explanation: Explanation = {
    cause: each ? 'connection-per-request' : 'unknown',
    summary: each
      ? "the mirror's agent stands in between, and opens a connection to the workload for each request."
      : 'something between caller and workload opened more connections than the caller did.',
    proof: [
      `caller's journal: ${quantity(calls.length, 'call')} over ${quantity(used, 'connection')}`,
      `workload's journal: over ${quantity(seen, 'connection')}`,
    ],
  };
  const difference = {
    between: 'sent-served',
    what: 'connections',
    expected: String(used),
    found: String(seen),
  } as const;
  return calls.map((call) => ({ call, verdict: 'collateral', differences: [difference], explanation }));
}

function connectionsOf(party: PartyIndex, calls: readonly string[]): number {
  return new Set(calls.flatMap((call) => exchangesOfCall(party, call).map(({ connection }) => connection))).size;
}

function hostOf(party: PartyIndex, call: string, end: 'local' | 'remote'): string | undefined {
  const [exchange] = exchangesOfCall(party, call);
  const address = exchange === undefined ? undefined : party.connections.get(exchange.connection)?.[end];
  return address?.replace(/:\d+$/, '');
}
