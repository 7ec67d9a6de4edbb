import { CANCELLATION } from '../evidence/verdict/cancellation.js';
import { decide } from '../evidence/verdict/decide.js';
import { exchangesOf } from '../model/exchanges.js';
import { now } from '../model/journal.js';
import type { Protocol } from '../model/protocol.js';
import type { Evidence } from '../model/verdict.js';

/** Whether something that the mechanism does later, or that nobody waited for, may still change the verdict on one of these calls. */
export function isStillUnderWay(evidence: Evidence, calls: readonly string[]): boolean {
  return hasOpenCopy(evidence) || calls.some((call) => mayHearOfCancellation(evidence, call));
}

/** How long after a reset the local process may still be told of the end, in milliseconds: mirrord lingers for a second. */
const END_AFTER_RESET_MS = 2500;
/** Calls whose end may be the end of their connection: one over TCP always, a WebSocket that was declined or not closed. */
const ENDS_WITH_CONNECTION: ReadonlySet<Protocol> = new Set<Protocol>(['TCP', 'WebSocket']);

/**
 * Whether the local process has a call that has not come to its end there because its connection has not, although it did for the
 * caller. mirrord tells the local process a second later (intproxy tcp_proxy.rs:117), and only the end says that nothing is missing. Of
 * a reset it may never be told.
 */
function hasOpenCopy({ journals }: Evidence): boolean {
  const recently = now() - END_AFTER_RESET_MS;
  const ended = exchangesOf(journals.caller).filter(
    ({ protocol, request, reset }) =>
      ENDS_WITH_CONNECTION.has(protocol) && (request.complete || (reset !== undefined && reset.at > recently)),
  );
  if (ended.length === 0) return false;
  const copies = new Map(exchangesOf(journals.localProcess).map((exchange) => [exchange.call, exchange]));
  return ended.some(({ call }) => {
    const copy = copies.get(call);
    return copy !== undefined && !copy.request.complete && copy.reset === undefined;
  });
}

/** Whether waiting longer could still turn a call into `mirrored`. */
export function mayStillComplete(evidence: Evidence, call: string): boolean {
  const { verdict } = decide(evidence, call);
  return verdict === 'not-mirrored' || verdict === 'truncated';
}

/**
 * A copy of a connection is closed a second after the original (mirrord intproxy tcp_proxy.rs:117); in HTTP/1.1 that is the cancellation. Who
 * cancels does not wait for the workload, which may not have read the call yet: then it looks leaked.
 */
function mayHearOfCancellation(evidence: Evidence, call: string): boolean {
  if (evidence.onPurpose?.[call] !== 'cancelled' || evidence.session?.profile !== 'sniffer') return false;
  const { verdict, differences } = decide(evidence, call);
  return verdict === 'leaked' || (verdict === 'truncated' && differences.every(({ what }) => what === CANCELLATION));
}
