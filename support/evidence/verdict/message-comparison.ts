import { type Bytes, sameBytes } from '../../model/bytes.js';
import type { Flow, Message, PartialMessage } from '../../model/exchanges.js';
import type { Difference } from '../../model/verdict.js';
import { type Defect, type Flaw, flaw } from './flaw.js';
import { beginsWith, portionOf, summaryOf } from './payload-text.js';
import { figure, times } from './wording.js';

export interface MessageContext {
  readonly between: Difference['between'];
  /** How a message is called: `message`, `response message`. */
  readonly noun: string;
  /** gRPC: each message says its length. Of plain HTTP the last one may have no end but that of the body. */
  readonly grpc: boolean;
}

/** How many differences of one kind are told one by one. */
const TOLD_EACH = 3;

/**
 * Compares two sequences of messages by content: what is missing, what is there twice, what was never sent, and
 * whether the rest is in order. Linear in the number of messages.
 */
export function compareMessages(expected: Flow, arrived: Flow, context: MessageContext): Flaw[] {
  const found = withoutUnfinished(expected, arrived);
  if (areEqual(expected.messages, found.messages) && found.partial === undefined) return [];
  const matching = match(expected.messages, found.messages);
  const flaws = [
    ...countFlaws(expected, found, matching, context),
    ...contentFlaws(expected, found, matching, context),
    ...orderFlaws(matching, context),
  ];
  return abridge(flaws, context);
}

function areEqual(a: readonly Message[], b: readonly Message[]): boolean {
  return (
    a.length === b.length &&
    a.every((message, index) => {
      const other = b[index];
      return other !== undefined && message.form === other.form && sameBytes(message.body, other.body);
    })
  );
}

interface Matching {
  /** Indexes of sent messages, in the order in which they were found. */
  readonly order: readonly number[];
  readonly missing: readonly number[];
  /** Indexes of found messages that were never sent. */
  readonly foreign: readonly number[];
  /** Contents that were found more often than sent, by the index of the first that was sent. */
  readonly repeated: ReadonlyMap<number, { readonly sent: number; readonly found: number }>;
}

function match(expected: readonly Message[], found: readonly Message[]): Matching {
  const key = ({ body, form }: Message): string => `${form ?? ''} ${body.length} ${body.sha256}`;
  const waiting = new Map<string, { readonly indexes: number[]; next: number }>();
  expected.forEach((message, index) => {
    const entry = waiting.get(key(message));
    if (entry === undefined) waiting.set(key(message), { indexes: [index], next: 0 });
    else entry.indexes.push(index);
  });
  const order: number[] = [];
  const foreign: number[] = [];
  const repeated = new Map<number, { readonly sent: number; readonly found: number }>();
  found.forEach((message, position) => {
    const entry = waiting.get(key(message));
    if (entry === undefined) {
      foreign.push(position);
      return;
    }
    const index = entry.indexes[entry.next];
    if (index !== undefined) {
      entry.next++;
      order.push(index);
      return;
    }
    const first = entry.indexes[0] ?? 0;
    const sent = entry.indexes.length;
    repeated.set(first, { sent, found: (repeated.get(first)?.found ?? sent) + 1 });
  });
  const missing = [...waiting.values()].flatMap(({ indexes, next }) => indexes.slice(next)).sort((a, b) => a - b);
  return { order, missing, foreign, repeated };
}

function countFlaws(expected: Flow, found: Flow, matching: Matching, context: MessageContext): Flaw[] {
  const [before, after] = [expected.messages.length, found.messages.length];
  // A body that is one message is missing or there: its count says nothing more.
  if (before === after || (!context.grpc && Math.max(before, after) <= 1)) return [];
  const defect: Defect = after < before ? 'truncated' : matching.foreign.length > 0 ? 'corrupted' : 'duplicated';
  return [flaw(defect, context.between, `${context.noun} count`, figure(before), figure(after))];
}

function contentFlaws(expected: Flow, found: Flow, matching: Matching, context: MessageContext): Flaw[] {
  const { between, grpc, noun } = context;
  const name = (index: number): string => nameOf(index, expected.messages.length, context);
  const summary = (message: Message | undefined): string =>
    message === undefined
      ? 'none'
      : `${summaryOf(message.body, grpc)}${message.compressed ? ' still compressed' : ''}${message.form === undefined ? '' : ` as ${message.form}`}`;
  const flaws: Flaw[] = [];
  const missing = new Set(matching.missing);

  if (found.partial !== undefined) {
    const place = found.messages.length;
    const index = missing.has(place) ? place : firstOf(missing);
    const sent = index === undefined ? undefined : expected.messages[index];
    if (index !== undefined && sent !== undefined) {
      missing.delete(index);
      flaws.push(partialFlaw(sent.body, found.partial, name(index), context));
    } else if (expected.partial === undefined) {
      flaws.push(flaw('corrupted', between, `further bytes`, 'none', partialSummary(found.partial, grpc)));
    } else if (!areOneMessage(expected.partial.body, found.partial.body)) {
      flaws.push(partialFlaw(expected.partial.body, found.partial, `unfinished ${noun}`, context));
    }
  }
  // What was never sent stands for the missing message at its place, or else for the first that is missing.
  for (const position of matching.foreign) {
    const received = found.messages[position];
    if (received === undefined) continue;
    const index = missing.has(position) ? position : firstOf(missing);
    const sent = index === undefined ? undefined : expected.messages[index];
    if (index === undefined || sent === undefined) {
      const what = grpc ? `${noun} at place ${figure(position + 1)}` : name(0);
      flaws.push(flaw('corrupted', between, what, 'none', summary(received)));
      continue;
    }
    missing.delete(index);
    // A body of plain HTTP that ends early with a clean end looks complete: mirrord 3.250 streaming_body.rs:84.
    const isLast = position === found.messages.length - 1;
    const cutShort = !grpc && isLast && received.body.length < sent.body.length && beginsWith(sent.body, received.body);
    flaws.push({
      ...flaw(cutShort ? 'truncated' : 'corrupted', between, name(index), summary(sent), summary(received)),
      payload: { expected: sent.body, found: received.body },
    });
  }
  for (const [index, count] of matching.repeated) {
    const sent = `${times(count.sent)}: ${summary(expected.messages[index])}`;
    flaws.push(flaw('duplicated', between, name(index), sent, times(count.found)));
  }
  for (const index of missing) {
    flaws.push(flaw('truncated', between, name(index), summary(expected.messages[index]), 'none'));
  }
  return flaws;
}

function partialFlaw(sent: Bytes, partial: PartialMessage, what: string, { between, grpc }: MessageContext): Flaw {
  const defect = beginsWith(sent, partial.body) ? 'truncated' : 'corrupted';
  return {
    ...flaw(defect, between, what, summaryOf(sent, grpc), partialSummary(partial, grpc)),
    payload: { expected: sent, found: partial.body, unfinished: true },
  };
}

/** What arrived, but for the message that the sender left unfinished: it may have arrived whole. */
function withoutUnfinished({ messages, partial }: Flow, arrived: Flow): Flow {
  const last = arrived.messages.at(-1);
  if (partial === undefined || last === undefined || arrived.messages.length !== messages.length + 1) return arrived;
  return areOneMessage(partial.body, last.body) ? { ...arrived, messages: arrived.messages.slice(0, -1) } : arrived;
}

/**
 * Whether a message that a party left unfinished and what the other party has of it can be the same message. The party
 * that was broken off cannot tell exactly how much of it had gone onto the wire.
 */
function areOneMessage(unfinished: Bytes, other: Bytes): boolean {
  return beginsWith(unfinished, other) || beginsWith(other, unfinished);
}

function partialSummary({ body, expectedLength }: PartialMessage, grpc: boolean): string {
  const portion = portionOf(body, expectedLength);
  return body.length === 0 ? portion : `${portion}: ${summaryOf(body, grpc)}`;
}

function firstOf(indexes: ReadonlySet<number>): number | undefined {
  for (const index of indexes) return index;
  return undefined;
}

function orderFlaws({ order }: Matching, { between, noun }: MessageContext): Flaw[] {
  const at = order.findIndex((index, place) => place > 0 && index < (order[place - 1] ?? 0));
  if (at < 0) return [];
  const start = Math.max(0, at - 4);
  const places = (indexes: readonly number[]): string => {
    const shown = indexes.slice(start, start + 8).map((index) => index + 1);
    return `${start > 0 ? '…, ' : ''}${shown.join(', ')}${start + 8 < indexes.length ? ', …' : ''}`;
  };
  return [flaw('reordered', between, `${noun} order`, places(order.toSorted((a, b) => a - b)), places(order))];
}

function nameOf(index: number, count: number, { noun, grpc }: MessageContext): string {
  if (!grpc && count <= 1) return noun === 'message' ? 'body' : 'response body';
  return `${noun} ${figure(index + 1)} of ${figure(count)}`;
}

/** Tells the first few flaws of each kind; one more stands for the rest. */
function abridge(flaws: readonly Flaw[], { between, noun }: MessageContext): Flaw[] {
  const counts = new Map<Defect, number>();
  const told = flaws.filter(({ defect }) => {
    const count = (counts.get(defect) ?? 0) + 1;
    counts.set(defect, count);
    return count <= TOLD_EACH + 1;
  });
  for (const [defect, count] of counts) {
    const rest = count - TOLD_EACH - 1;
    if (rest > 0) told.push(flaw(defect, between, `further ${noun}s`, 'as sent', `${figure(rest)} more ${defect}`));
  }
  return told;
}
