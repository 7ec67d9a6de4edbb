import type { Header } from '../../model/journal.js';
import { visibleText } from '../../model/visible-text.js';
import { decodeGrpcMessage } from '../../wire/grpc-message.js';
import { redaction } from '../redact.js';
import { excerptPair } from './wording.js';

/** Which headers a comparison looks at. Names are lower case. */
export interface HeaderRules {
  /** Never compared. */
  ignores(name: string): boolean;
  /** May be there although it was not expected. Where it was expected, it must be unchanged. */
  mayBeAdded(name: string): boolean;
}

/** One header that differs; texts are fit to be shown. */
export interface HeaderDifference {
  readonly name: string;
  readonly expected: string;
  readonly found: string;
  /** It is there although it was not expected. */
  readonly added: boolean;
}

/**
 * Headers that belong to one connection and not to the message (RFC 9110 §7.6.1, RFC 9113 §8.2.2), and those that are
 * compared as the authority instead.
 */
const NOT_END_TO_END = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function isEndToEnd(name: string): boolean {
  return !NOT_END_TO_END.has(name) && !name.startsWith('proxy-') && !name.startsWith(':');
}

/**
 * What HTTP and gRPC libraries write by themselves, below the place where a caller's journal is kept. A journal need
 * not name them; where it does, they must be unchanged.
 */
const WRITTEN_BY_LIBRARIES = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'grpc-accept-encoding',
  'grpc-encoding',
  'grpc-timeout',
  'sec-fetch-mode',
  'user-agent',
]);

/** What changes where a mesh translates gRPC-Web to gRPC (Envoy's grpc_web filter on ports named `grpc-web`). */
const TRANSLATED_WITH_GRPC_WEB = new Set([
  'accept',
  'accept-encoding',
  'content-length',
  'content-type',
  'grpc-accept-encoding',
  'x-grpc-web',
]);

/** What every server and proxy on the way may write into an answer (RFC 9110 §6.6.1, §10.2.4, §7.6.3). */
const WRITTEN_BY_SERVERS = new Set(['date', 'server', 'via']);

const never = (): boolean => false;

/** The request as the caller sent it against what arrived somewhere behind the mesh. */
export function requestRules(
  meshHeaders: ReadonlySet<string>,
  options: { readonly grpcWebTranslated: boolean; readonly additionsAllowed: boolean },
): HeaderRules {
  const ignored = options.grpcWebTranslated ? TRANSLATED_WITH_GRPC_WEB : undefined;
  return {
    ignores: (name) => !isEndToEnd(name) || meshHeaders.has(name) || ignored?.has(name) === true,
    mayBeAdded: options.additionsAllowed ? () => true : (name) => WRITTEN_BY_LIBRARIES.has(name),
  };
}

/**
 * What the workload received against the mirrored copy of it: nothing may differ but the connection's own headers, and
 * what was added after the copy was taken.
 */
export function copyRules(addedLater: ReadonlySet<string>): HeaderRules {
  return { ignores: (name) => !isEndToEnd(name) || addedLater.has(name), mayBeAdded: never };
}

/** The workload's answer against what the caller got: a mesh may add to it, but must not take away or change. */
export function answerRules(meshHeaders: ReadonlySet<string>, grpc: boolean): HeaderRules {
  return {
    ignores: (name) =>
      !isEndToEnd(name) ||
      meshHeaders.has(name) ||
      WRITTEN_BY_SERVERS.has(name) ||
      (grpc && (WRITTEN_BY_LIBRARIES.has(name) || name === 'content-length')),
    mayBeAdded: () => true,
  };
}

/**
 * The headers in which `found` differs from `expected`. Names are compared without regard to case; the values of one
 * name must be the same in the same order, the order among different names does not matter (RFC 9110 §5.3).
 * A `content-length` that only one side has is no difference: proxies choose the framing, and the body is compared.
 */
export function compareHeaders(
  expected: readonly Header[],
  found: readonly Header[],
  rules: HeaderRules,
): HeaderDifference[] {
  if (areIdentical(expected, found)) return [];
  const before = byName(expected);
  const after = byName(found);
  const nominated = nominatedByConnection(before);
  const differences: HeaderDifference[] = [];
  for (const [name, values] of before) {
    if (rules.ignores(name) || nominated?.has(name) === true) continue;
    const others = after.get(name);
    if (others === undefined && name === 'content-length') continue;
    if (others === undefined || !sameValues(name, values, others)) {
      differences.push(differenceOf(name, values, others));
    }
  }
  for (const [name, values] of after) {
    if (before.has(name) || name === 'content-length' || rules.ignores(name) || rules.mayBeAdded(name)) continue;
    differences.push(differenceOf(name, undefined, values));
  }
  return differences;
}

/** Nearly all blocks are: worth telling before anything is built. */
function areIdentical(a: readonly Header[], b: readonly Header[]): boolean {
  return (
    a.length === b.length &&
    a.every(([name, value], index) => {
      const other = b[index];
      return other !== undefined && name === other[0] && value === other[1];
    })
  );
}

function byName(headers: readonly Header[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  return values;
}

/** `Connection: x-a` makes `x-a` a header of the connection. */
function nominatedByConnection(headers: ReadonlyMap<string, readonly string[]>): Set<string> | undefined {
  const connection = headers.get('connection');
  if (connection === undefined) return undefined;
  return new Set(connection.flatMap((value) => value.split(',').map((token) => token.trim().toLowerCase())));
}

function sameValues(name: string, a: readonly string[], b: readonly string[]): boolean {
  if (a.length === b.length) return a.every((value, index) => sameValue(name, value, b[index] ?? ''));
  if (name === 'set-cookie') return false;
  // Several lines of one name may be joined into one (RFC 9110 §5.3); HTTP/2 splits cookies (RFC 9113 §8.2.3).
  const separator = name === 'cookie' ? /\s*;\s*/ : /\s*,\s*/;
  const list = (values: readonly string[]): string =>
    values.flatMap((value) => value.trim().split(separator)).join('\n');
  return list(a) === list(b);
}

function sameValue(name: string, a: string, b: string): boolean {
  if (a === b || a.trim() === b.trim()) return true;
  // A party's library may have decoded it already, or encodes more than another's.
  return name === 'grpc-message' && decodeGrpcMessage(a) === decodeGrpcMessage(b);
}

function differenceOf(
  name: string,
  expected: readonly string[] | undefined,
  found: readonly string[] | undefined,
): HeaderDifference {
  const shownName = visibleText(name);
  const [sent, arrived] = [expected, found].map((values) =>
    values?.map((value) => redaction().header(name, value)).join(', '),
  );
  if (redaction().isCredentialHeader(name)) {
    return {
      name: shownName,
      added: expected === undefined,
      expected: sent ?? 'none',
      found: arrived === undefined ? 'none' : arrived === sent ? '[redacted, differs]' : arrived,
    };
  }
  const [before, after] = excerptPair(sent ?? '', arrived ?? '');
  return {
    name: shownName,
    added: expected === undefined,
    expected: expected === undefined ? 'none' : `"${before}"`,
    found: found === undefined ? 'none' : `"${after}"`,
  };
}
