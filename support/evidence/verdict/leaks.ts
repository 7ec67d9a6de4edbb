import { REFLECTION_CALL_ID } from '../../model/call.js';
import type { Connection, Exchange, StrayRecord } from '../../model/exchanges.js';
import type { RawRecord } from '../../model/journal.js';
import type { Evidence } from '../../model/verdict.js';
import { visibleExcerpt } from '../../model/visible-text.js';
import { indexEvidence } from './evidence-index.js';
import { operationOf, quantity } from './wording.js';

/** Something in the local process's journal that no call explains. */
export type Leak =
  | {
      readonly kind: 'exchange';
      readonly exchange: Exchange;
      /** `unknown-call`: the caller never made it. `no-call-id`: it names no call. `unwanted`: it must not be mirrored. */
      readonly reason: 'unknown-call' | 'no-call-id' | 'unwanted';
    }
  /** Bytes that are no HTTP, on a connection without any expected call. */
  | { readonly kind: 'raw'; readonly connection: Connection; readonly raw: RawRecord }
  /** A part of an exchange whose request never arrived. */
  | { readonly kind: 'fragment'; readonly record: StrayRecord };

/**
 * What arrived at the local process without a call of the caller to explain it, one line each, in order of arrival;
 * fit to be shown.
 * @param expected the calls that may be mirrored
 */
export function unexpectedArrivals(evidence: Evidence, expected: ReadonlySet<string>): readonly string[] {
  return leaksOf(evidence, expected).map(leakText);
}

/**
 * What {@link unexpectedArrivals} tells, as data.
 * @param expected the calls that may be mirrored; {@link REFLECTION_CALL_ID} among them if the caller asked for types
 */
export function leaksOf(evidence: Evidence, expected: ReadonlySet<string>): readonly Leak[] {
  const { caller, localProcess } = indexEvidence(evidence);
  const reasonOf = ({ call }: Exchange): 'unknown-call' | 'no-call-id' | 'unwanted' | undefined => {
    if (call === undefined) return 'no-call-id';
    if (call === REFLECTION_CALL_ID && expected.has(call)) return undefined;
    if (!caller.byCall.has(call)) return 'unknown-call';
    return expected.has(call) ? undefined : 'unwanted';
  };
  const arrivals: Leak[] = [];
  for (const exchange of localProcess.exchanges) {
    const reason = reasonOf(exchange);
    if (reason !== undefined) arrivals.push({ kind: 'exchange', exchange, reason });
  }
  for (const connection of localProcess.connections.values()) {
    // Bytes beside an expected call are that call's: its upgrade, or what could not be read of it.
    if (connection.exchanges.some((exchange) => reasonOf(exchange) === undefined)) continue;
    for (const raw of connection.raw) if (raw.body.length > 0) arrivals.push({ kind: 'raw', connection, raw });
  }
  for (const record of localProcess.strays) arrivals.push({ kind: 'fragment', record });
  return arrivals.sort((a, b) => timeOf(a) - timeOf(b));
}

function timeOf(arrival: Leak): number {
  switch (arrival.kind) {
    case 'exchange':
      return arrival.exchange.openedAt;
    case 'raw':
      return arrival.raw.at;
    case 'fragment':
      return arrival.record.at;
  }
}

function leakText(leak: Leak): string {
  switch (leak.kind) {
    case 'exchange': {
      const { exchange, reason } = leak;
      const id = exchange.call === undefined ? '' : ` ${visibleExcerpt(exchange.call, 40)}`;
      const why = {
        'unknown-call': `the caller never made call${id}`,
        'no-call-id': 'it carries no call id',
        unwanted: `call${id} must not be mirrored`,
      }[reason];
      return `a request ${operationOf(exchange)} on connection ${exchange.connection}: ${why}`;
    }
    case 'raw': {
      const { body, reason, tls } = leak.raw;
      const server = tls?.serverName === undefined ? '' : ` for ${visibleExcerpt(tls.serverName, 80)}`;
      const kind = reason === 'tls' || tls !== undefined ? `TLS${server}` : RAW[reason];
      return `${quantity(body.length, 'byte')} on connection ${leak.connection.number} without any expected call: ${kind}`;
    }
    case 'fragment':
      return `a part of a request (${leak.record.kind}) on connection ${leak.record.connection}, whose beginning never arrived`;
  }
}

const RAW: Readonly<Record<RawRecord['reason'], string>> = {
  tls: 'TLS',
  'no-http': 'no HTTP',
  'missing-preface': 'HTTP/2 from its middle, without the preface',
  'hpack-state-missing': 'HTTP/2 whose header compression state was never seen',
  malformed: 'malformed HTTP',
  upgraded: 'a connection upgraded to another protocol',
};
