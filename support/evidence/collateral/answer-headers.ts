import type { Exchange } from '../../model/exchanges.js';
import type { Header } from '../../model/journal.js';
import { isGrpc } from '../../model/protocol.js';
import { type EvidenceIndex, exchangesOfCall } from '../verdict/evidence-index.js';
import { answerRules, compareHeaders, type HeaderDifference } from '../verdict/header-comparison.js';

/** A header that the caller got otherwise than the workload sent it; texts are fit to be shown. */
export interface HeaderChange {
  readonly name: string;
  /** `none`: it was added on the way. */
  readonly sent: string;
  /** `none`: it was lost on the way. */
  readonly received: string;
}

/**
 * How the headers of the workload's answer to a call differ from those that the caller got. What a mesh adds and what every proxy may
 * write is left out; anything else counts, also what is only added.
 */
export function changedAnswerHeaders(index: EvidenceIndex, call: string): readonly HeaderChange[] {
  const served = index.workload === undefined ? undefined : exchangesOfCall(index.workload, call).at(-1);
  const received = exchangesOfCall(index.caller, call).at(-1);
  if (served?.response.status === undefined || received?.response.status === undefined) return [];
  return differences(served, received, index.meshHeaders).map(({ name, expected, found }) => ({
    name,
    sent: expected,
    received: found,
  }));
}

function differences(served: Exchange, received: Exchange, meshHeaders: ReadonlySet<string>): HeaderDifference[] {
  const usual = answerRules(meshHeaders, isGrpc(received.protocol));
  const rules = {
    ignores: (name: string): boolean => usual.ignores(name) || name.startsWith('x-envoy-'),
    mayBeAdded: (): boolean => false,
  };
  // gRPC without messages has one block for headers and trailers, which a proxy may split or join.
  return compareHeaders(
    all(served.response, received.response.headers),
    all(received.response, served.response.headers),
    rules,
  );
}

/** The headers of an answer, and those of its trailers that are headers on the other side. */
function all({ headers, trailers = [] }: Exchange['response'], others: readonly Header[]): readonly Header[] {
  const own = new Set(headers.map(([name]) => name.toLowerCase()));
  const wanted = new Set(others.map(([name]) => name.toLowerCase()));
  const moved = trailers.filter(([name]) => wanted.has(name.toLowerCase()) && !own.has(name.toLowerCase()));
  return [...headers, ...moved];
}
