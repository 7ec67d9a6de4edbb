import type { JournalRecord } from '../../model/journal.js';
import { RequestDecoder } from '../request-decoder.js';

type Ending = readonly ['fin' | 'rst' | 'lost', string?] | undefined;

/** The records of a connection whose bytes arrive in these pieces. Times are 0, so that runs can be compared. */
export function decodePieces(
  pieces: Iterable<Uint8Array>,
  options: { readonly end?: Ending; readonly largestGrpcMessage?: number } = {},
): JournalRecord[] {
  const records: JournalRecord[] = [];
  let exchange = 0;
  const decoder = new RequestDecoder({
    connection: 7,
    nextExchange: () => ++exchange,
    journal: (record) => records.push(record),
    now: () => 0,
    ...(options.largestGrpcMessage === undefined ? {} : { largestGrpcMessage: options.largestGrpcMessage }),
  });
  for (const piece of pieces) decoder.push(piece);
  if (!('end' in options)) decoder.end('fin');
  else if (options.end !== undefined) decoder.end(...options.end);
  return records;
}

/** Each octet by itself, in one buffer that is used again and again, as a capture ring does. */
export function* octetByOctet(bytes: Uint8Array): Generator<Uint8Array> {
  const piece = new Uint8Array(1);
  for (const octet of bytes) {
    piece[0] = octet;
    yield piece;
    piece[0] = 0xaa;
  }
}

/** The bytes cut at these places, which are taken modulo their length. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => Buffer.from(bytes.subarray(from, cuts[i] ?? bytes.length)));
}

/** One line for each record: what matters of it, for tables of expectations. */
export function summaryOf(records: readonly JournalRecord[]): string[] {
  return records.map(lineOf);
}

function lineOf(record: JournalRecord): string {
  switch (record.kind) {
    case 'request': {
      const call = record.call === undefined ? '' : ` call=${record.call}`;
      return `${record.exchange} ${record.protocol} ${record.method} ${record.path}${call}`;
    }
    case 'message':
      return `${record.exchange} message ${record.index} ${textOf(record.body)}${record.compressed === true ? ' compressed' : ''}`;
    case 'partial-message':
      return `${record.exchange} partial ${record.index} ${textOf(record.body)} of ${record.expectedLength ?? '?'}`;
    case 'trailers':
      return `${record.exchange} trailers ${record.headers.map(([name, value]) => `${name}=${value}`).join(' ')}`;
    case 'end':
      return `${record.exchange} end`;
    case 'reset':
      return `${record.exchange} reset ${record.code}`;
    case 'raw':
      return `raw ${record.reason} ${textOf(record.body)}`;
    case 'connection-closed':
      return `closed ${record.how}`;
    case 'connection-opened':
    case 'response':
      return record.kind;
  }
}

function textOf(body: { readonly length: number; readonly preview: string }): string {
  const text = Buffer.from(body.preview, 'base64').toString('latin1');
  return body.length <= 40 ? JSON.stringify(text) : `${body.length} bytes`;
}
