import { type Bytes, previewOf } from '../../model/bytes.js';
import type { Direction, Header, Journal, JournalRecord, Party } from '../../model/journal.js';
import { isGrpc, type Protocol } from '../../model/protocol.js';
import type { CallFlow, FlowItem, ScenarioRecord, Sighting } from '../../model/scenario-record.js';
import { visibleExcerpt, visibleText } from '../../model/visible-text.js';
import { decodeGrpcMessage } from '../../wire/grpc-message.js';
import { redactBytes, redactHeaders, redaction } from '../redact.js';
import { hexOf, isCut, textOf } from '../verdict/payload-text.js';

/** Characters of a message, or of anything else that is quoted, that a report shows. */
const EXCERPT = 400;
const EXCERPT_BYTES = 64;
/** Things of one call that a report shows. */
const ITEMS = 60;

export interface Journals {
  readonly caller: Journal;
  readonly workload?: Journal | undefined;
  readonly localProcess: Journal;
}

/**
 * What crossed the wire for each of these calls, and which party saw it: one item for each request, message, end, response, trailer
 * and reset. Items of the parties are matched by kind and number, so that what one of them lacks can be seen. Linear in the records.
 */
export function flowsOf(journals: Journals, calls: ReadonlySet<string>): ReadonlyMap<string, CallFlow> {
  const begin = beginOf(journals);
  const flows = new Map<string, Map<string, GrowingItem>>();
  for (const [party, journal] of partiesOf(journals)) {
    const exchanges = new Map<number, { readonly call: string; readonly protocol: Protocol; readonly copy: number }>();
    const copies = new Map<string, number>();
    for (const record of journal) {
      if (!('exchange' in record)) continue;
      if (record.kind === 'request' && record.call !== undefined && calls.has(record.call)) {
        const copy = (copies.get(record.call) ?? 0) + 1;
        copies.set(record.call, copy);
        exchanges.set(record.exchange, { call: record.call, protocol: record.protocol, copy });
      }
      const exchange = exchanges.get(record.exchange);
      const item = exchange === undefined ? undefined : itemOf(record, exchange.protocol);
      if (exchange === undefined || item === undefined) continue;
      const items = flows.get(exchange.call) ?? new Map<string, GrowingItem>();
      flows.set(exchange.call, items);
      add(items, item, { party, at: rounded(record.at - begin), copy: exchange.copy });
    }
  }
  return new Map([...flows].map(([call, items]) => [call, flowOf([...items.values()])]));
}

/** Bytes that reached the local process and are no HTTP. */
export function unreadableOf(journals: Journals): ScenarioRecord['unreadable'] {
  const begin = beginOf(journals);
  return journals.localProcess.flatMap((record) => {
    if (record.kind !== 'raw') return [];
    const name = record.tls?.serverName;
    const text =
      record.tls === undefined
        ? `bytes that are no HTTP (${record.reason})`
        : `TLS ClientHello${name === undefined ? '' : ` for ${visibleExcerpt(name, EXCERPT)}`}: encrypted`;
    return [{ at: rounded(record.at - begin), text, bytes: record.body.length }];
  });
}

type GrowingItem = Omit<Writable<FlowItem>, 'seen'> & { readonly seen: { [party in Party]?: Sighting } };
type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type Seen = Omit<FlowItem, 'seen' | 'copy'>;

function add(
  items: Map<string, GrowingItem>,
  seen: Seen,
  { party, at, copy }: { readonly party: Party; readonly at: number; readonly copy: number },
): void {
  const isPartial = seen.kind === 'partial-message';
  // What has not arrived completely is a message nevertheless.
  const key = `${copy} ${seen.direction} ${isPartial ? 'message' : seen.kind} ${seen.index ?? 0}`;
  const known = items.get(key);
  const isFirst = known === undefined || Object.keys(known.seen).every((other) => other === party);
  if (isFirst) {
    // A party's last word on a message holds: it may have told of its beginning first.
    items.set(key, { ...seen, ...(copy > 1 ? { copy } : {}), seen: { [party]: { at } } });
    return;
  }
  const text = isPartial && known.kind === 'message' ? `unfinished: ${seen.text}` : seen.text;
  known.seen[party] = {
    at,
    ...(known.text === text ? {} : { text }),
    ...(known.bytes === seen.bytes || seen.bytes === undefined ? {} : { bytes: seen.bytes }),
  };
}

function flowOf(items: readonly GrowingItem[]): CallFlow {
  const first = ({ seen }: FlowItem): number =>
    Math.min(...[seen.caller, seen.workload, seen['local-process']].flatMap((sighting) => sighting?.at ?? []));
  // What the caller saw orders the rest; sorting is stable, and journals are in order.
  const sorted = items
    .map((item) => ({ item, at: item.seen.caller?.at ?? item.seen.workload?.at ?? first(item) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
  return { items: sorted.slice(0, ITEMS), cut: Math.max(0, sorted.length - ITEMS) };
}

function itemOf(record: Extract<JournalRecord, { exchange: number }>, protocol: Protocol): Seen | undefined {
  switch (record.kind) {
    case 'request':
      return { kind: 'request', direction: 'request', text: `${excerpt(record.method)} ${excerpt(record.path)}` };
    case 'response':
      return { kind: 'response', direction: 'response', text: `HTTP status ${record.status}` };
    case 'message':
    case 'partial-message':
      return {
        kind: record.kind,
        direction: record.direction,
        index: record.index,
        text: payloadText(record.body, isGrpc(protocol)),
        bytes: record.body.length,
      };
    case 'trailers':
      return { kind: 'trailers', direction: record.direction, text: headersText(record.headers) };
    case 'end':
      return { kind: 'end', direction: record.direction, text: endText(record.direction) };
    case 'reset':
      return {
        kind: 'reset',
        direction: 'request',
        text: excerpt(record.detail === undefined ? record.code : `${record.code}: ${record.detail}`),
      };
  }
}

function endText(direction: Direction): string {
  return direction === 'request' ? 'end of the request' : 'end of the response';
}

function payloadText(message: Bytes, grpc: boolean): string {
  const body = redactBytes(message);
  const text = textOf(body, grpc);
  if (text !== undefined) return `${excerpt(text)}${isCut(body) && text.length <= EXCERPT ? '…' : ''}`;
  const data = previewOf(body);
  const head = data.subarray(0, EXCERPT_BYTES);
  const rest = isCut(body) || data.length > head.length ? ' …' : '';
  const printable = Array.from(head, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(
    '',
  );
  // A text within a message of Protocol Buffers tells more than its bytes.
  const dots = printable.length - printable.replaceAll('·', '').length;
  return `${dots * 3 <= head.length ? `binary, as text: ${printable}` : hexOf(head)}${rest}`;
}

function headersText(headers: readonly Header[]): string {
  return excerpt(
    redactHeaders(headers)
      .map(([name, value]) => `${name}: ${name === 'grpc-message' ? decodeGrpcMessage(value) : value}`)
      .join(', '),
  );
}

/** Without credentials. Line breaks stay: a report shows them as such. */
function excerpt(asSeen: string): string {
  const text = redaction().text(asSeen);
  const head = Array.from(text.slice(0, 2 * EXCERPT + 2));
  const cut = head.length > EXCERPT;
  const lines = head.slice(0, EXCERPT).join('').split('\n');
  return `${lines.map((line) => visibleText(line)).join('\n')}${cut ? '…' : ''}`;
}

function partiesOf({ caller, workload = [], localProcess }: Journals): readonly (readonly [Party, Journal])[] {
  return [
    ['caller', caller],
    ['workload', workload],
    ['local-process', localProcess],
  ];
}

function beginOf(journals: Journals): number {
  return Math.min(...partiesOf(journals).flatMap(([, journal]) => journal[0]?.at ?? []));
}

/** Tenths of a millisecond say all that a reader wants to know. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
