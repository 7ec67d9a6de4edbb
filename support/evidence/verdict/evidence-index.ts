import { type Connection, type Exchange, foldJournal, type StrayRecord } from '../../model/exchanges.js';
import type { Journal, RawRecord } from '../../model/journal.js';
import type { LogLine } from '../../model/session.js';
import type { Evidence } from '../../model/verdict.js';

/** One party's journal, folded and indexed. */
export interface PartyIndex {
  readonly exchanges: readonly Exchange[];
  readonly connections: ReadonlyMap<number, Connection>;
  readonly byCall: ReadonlyMap<string, readonly Exchange[]>;
  readonly withoutCall: readonly Exchange[];
  readonly raw: readonly RawRecord[];
  readonly strays: readonly StrayRecord[];
}

/** Evidence, indexed once for any number of verdicts. */
export interface EvidenceIndex {
  readonly evidence: Evidence;
  readonly caller: PartyIndex;
  /** Absent where the workload keeps no journal. */
  readonly workload: PartyIndex | undefined;
  readonly localProcess: PartyIndex;
  readonly meshHeaders: ReadonlySet<string>;
  /** Header names that the workload's sidecar adds behind the place where the mirror took its copy. */
  readonly addedAfterCapture: ReadonlySet<string>;
  /** All log lines, the session's and the others', without repetition. */
  readonly logs: readonly LogLine[];
}

const NONE: readonly Exchange[] = [];

interface Remembered {
  readonly index: EvidenceIndex;
  /** Journals and logs may still grow after they were put into evidence; they never shrink. */
  readonly size: number;
}

const remembered = new WeakMap<Evidence, Remembered>();

/** Cost is linear in the evidence; for evidence that has not grown since the last time there is none. */
export function indexEvidence(evidence: Evidence): EvidenceIndex {
  const { caller, workload, localProcess } = evidence.journals;
  const lines = [...(evidence.session?.log ?? []), ...evidence.logs];
  const size = caller.length + (workload?.length ?? 0) + localProcess.length + lines.length;
  const known = remembered.get(evidence);
  if (known?.size === size) return known.index;
  const meshHeaders = new Set(evidence.meshHeaders.map((name) => name.toLowerCase()));
  const { session } = evidence;
  const beforeSidecar = session?.profile === 'sniffer' && session.listenInterface !== 'lo';
  const index: EvidenceIndex = {
    evidence,
    caller: indexParty(caller),
    workload: workload === undefined ? undefined : indexParty(workload),
    localProcess: indexParty(localProcess),
    meshHeaders,
    addedAfterCapture: beforeSidecar ? meshHeaders : new Set(),
    logs: withoutRepetition(lines),
  };
  remembered.set(evidence, { index, size });
  return index;
}

/** The session's log may be among the logs of all parts, too. */
function withoutRepetition(lines: readonly LogLine[]): readonly LogLine[] {
  return [...new Map(lines.map((line) => [`${line.at} ${line.text}`, line])).values()].sort((a, b) => a.at - b.at);
}

/** The exchanges of one call in a party's journal, in the order in which they began. */
export function exchangesOfCall(party: PartyIndex, call: string): readonly Exchange[] {
  return party.byCall.get(call) ?? NONE;
}

function indexParty(journal: Journal): PartyIndex {
  const { exchanges, connections, strays } = foldJournal(journal);
  const byCall = new Map<string, Exchange[]>();
  const withoutCall: Exchange[] = [];
  for (const exchange of exchanges) {
    if (exchange.call === undefined) {
      withoutCall.push(exchange);
      continue;
    }
    const known = byCall.get(exchange.call);
    if (known === undefined) byCall.set(exchange.call, [exchange]);
    else known.push(exchange);
  }
  return {
    exchanges,
    connections: new Map(connections.map((connection) => [connection.number, connection])),
    byCall,
    withoutCall,
    raw: connections.flatMap(({ raw }) => raw),
    strays,
  };
}
