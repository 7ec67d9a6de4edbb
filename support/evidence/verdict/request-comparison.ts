import type { Exchange, Flow } from '../../model/exchanges.js';
import type { Header } from '../../model/journal.js';
import { isGrpc } from '../../model/protocol.js';
import type { Difference } from '../../model/verdict.js';
import { type Flaw, flaw } from './flaw.js';
import { compareHeaders, copyRules, type HeaderRules, requestRules } from './header-comparison.js';
import { compareMessages } from './message-comparison.js';
import { excerptPair } from './wording.js';

/**
 * Compares a request as the caller sent it with what arrived, at the local process or at the workload: method, path,
 * authority, headers, messages, trailers and half-close.
 */
export function compareRequests(
  sent: Exchange,
  arrived: Exchange,
  between: 'sent-mirrored' | 'sent-served',
  meshHeaders: ReadonlySet<string>,
  additionsAllowed: boolean,
): Flaw[] {
  const grpc = isGrpc(sent.protocol);
  const rules = requestRules(meshHeaders, {
    grpcWebTranslated: grpc && sent.protocol !== arrived.protocol && isGrpc(arrived.protocol),
    additionsAllowed,
  });
  return [
    ...compareTexts(between, 'method', sent.method, arrived.method),
    ...compareTexts(between, 'path', sent.path, arrived.path),
    ...compareAuthorities(sent, arrived, between, meshHeaders),
    ...headerFlaws(between, 'header', sent.headers, arrived.headers, rules),
    ...compareMessages(sent.request, arrived.request, { between, noun: 'message', grpc }),
    ...compareTrailers(sent.request, arrived.request, between, 'trailer', rules),
    ...compareHalfClose(sent.request, arrived.request, between),
  ];
}

/**
 * Compares what the workload received with the mirrored copy: there even a mesh's headers must be equal, for the copy
 * is one of what reached the workload. Only a copy that was taken before the sidecar had the request lacks what the sidecar
 * adds: `addedLater`. What the comparison with the caller tells already is left to that.
 */
export function compareCopy(served: Exchange, mirrored: Exchange, addedLater: ReadonlySet<string>): Flaw[] {
  const between = 'served-mirrored';
  const headers =
    served.headers.length === 0
      ? []
      : headerFlaws(between, 'header', served.headers, mirrored.headers, copyRules(addedLater));
  return [...compareTexts(between, 'protocol', served.protocol, mirrored.protocol), ...headers];
}

function compareTexts(between: Difference['between'], what: string, expected: string, found: string): Flaw[] {
  return expected === found ? [] : [flaw('corrupted', between, what, ...excerptPair(expected, found))];
}

/** HTTP/1.1 says `host` where HTTP/2 says `:authority` (RFC 9113 §8.3.1); a host's case does not matter. */
function compareAuthorities(
  sent: Exchange,
  arrived: Exchange,
  between: Difference['between'],
  meshHeaders: ReadonlySet<string>,
): Flaw[] {
  if (meshHeaders.has('host') || meshHeaders.has(':authority')) return [];
  const expected = authorityOf(sent);
  if (expected === undefined) return [];
  const found = authorityOf(arrived);
  if (found?.toLowerCase() === expected.toLowerCase()) return [];
  return [flaw('corrupted', between, 'authority', ...excerptPair(expected, found ?? 'none'))];
}

function authorityOf(exchange: Exchange): string | undefined {
  if (exchange.authority !== undefined) return exchange.authority;
  const named = (wanted: string): string | undefined =>
    exchange.headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  return named(':authority') ?? named('host');
}

export function headerFlaws(
  between: Difference['between'],
  kind: 'header' | 'trailer' | 'response header' | 'response trailer',
  expected: readonly Header[],
  found: readonly Header[],
  rules: HeaderRules,
): Flaw[] {
  if (expected === found) return [];
  return compareHeaders(expected, found, rules).map((difference) => ({
    ...flaw('corrupted', between, `${kind} ${difference.name}`, difference.expected, difference.found),
    ...(difference.added ? { added: true } : {}),
  }));
}

/** Trailers that are missing altogether are the end of a request that was cut off. */
export function compareTrailers(
  sent: Flow,
  arrived: Flow,
  between: Difference['between'],
  kind: 'trailer' | 'response trailer',
  rules: HeaderRules,
): Flaw[] {
  const expected = sent.trailers ?? [];
  const flaws = headerFlaws(between, kind, expected, arrived.trailers ?? [], rules);
  if (arrived.trailers !== undefined) return flaws;
  return flaws.map((each) => ({ ...each, defect: 'truncated' }));
}

function compareHalfClose(sent: Flow, arrived: Flow, between: Difference['between']): Flaw[] {
  if (sent.complete === arrived.complete) return [];
  // An end that nobody sent lets a request that was broken off look whole.
  return sent.complete
    ? [flaw('truncated', between, 'half-close', 'yes', 'no')]
    : [flaw('corrupted', between, 'half-close', 'no', 'yes')];
}
