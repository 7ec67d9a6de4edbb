import type { EchoControl } from '../../model/call.js';
import type { Header } from '../../model/journal.js';
import { INTERACTIONS, type Interaction } from '../../model/protocol.js';
import { answerEventStream, eventsIn } from './event-stream.js';
import { answerInteraction } from './http-interaction.js';
import type { ServerExchange } from './server-exchange.js';

/** What the `x-echo-…` headers of a request ask for. */
export interface HttpControl {
  /** Absent: the body comes back as it is. */
  readonly interaction?: Interaction;
  readonly status: number;
  readonly headers: readonly Header[];
  readonly trailers: readonly Header[];
  readonly delayMs: number;
  readonly chunks: number;
  readonly intervalMs: number;
  /** Of a stream of server-sent events. */
  readonly events: readonly string[];
  /** Of a WebSocket. */
  readonly close?: NonNullable<EchoControl['close']>;
}

const HEADER_PREFIX = 'x-echo-header-';
const TRAILER_PREFIX = 'x-echo-trailer-';

/** Headers that frame a message; an answer that had them as told could not be read. */
const FRAMING = new Set([
  'connection',
  'content-length',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const LONGEST_WAIT_MS = 3_600_000;
const MOST_CHUNKS = 100_000;

/**
 * Answers any request with its own body, piece by piece as it arrives. A GET or HEAD without a body gets a description of
 * itself. `served` is the number of the request among all plain HTTP requests of the workload.
 *
 * Request headers control the answer: `x-echo-status`, `x-echo-header-<name>`, `x-echo-trailer-<name>`, `x-echo-delay-ms`,
 * and `x-echo-chunks` with `x-echo-interval-ms`: the body is sent in that many pieces, so much time apart. With
 * `x-echo-interaction` the messages of the body are answered, and the pieces are messages. A request that accepts server-sent events gets
 * those in its headers `x-echo-event`.
 */
export function answerEcho(exchange: ServerExchange, served: number): void {
  const marker: Header = ['x-mirrorspec-served', String(served)];
  const control = readControl(exchange.head.headers);
  if (typeof control === 'string') {
    const refusal = Buffer.from(`${control}\n`);
    exchange.receive({
      data() {},
      end: () => void answerWith(exchange, REFUSED, [['content-type', 'text/plain'], marker], refusal),
    });
    return;
  }
  const { hasBody } = exchange;
  if (control.interaction !== undefined && hasBody) {
    const { interaction, status, trailers, chunks, intervalMs } = control;
    const headers = [...control.headers, marker];
    answerInteraction(exchange, { interaction, status, headers, trailers, messages: chunks, intervalMs });
    return;
  }
  if (exchange.head.protocol === 'SSE' && !hasBody) {
    const { status, trailers, chunks, intervalMs, events } = control;
    const headers = [...control.headers, marker];
    void answerEventStream(exchange, { events, headers, status, trailers, messages: chunks, intervalMs });
    return;
  }
  const { method } = exchange.head;
  const describes = !hasBody && (method === 'GET' || method === 'HEAD') && !BODILESS.has(control.status);
  const copied = hasBody ? copiedHeaders(exchange) : [];
  const own = describes ? [['content-type', 'application/json'] satisfies Header] : copied;
  const told = new Set(control.headers.map(([name]) => name));
  const headers = [...own.filter(([name]) => !told.has(name)), ...control.headers, marker];
  if (hasBody && method !== 'HEAD' && control.chunks === 0 && !BODILESS.has(control.status)) {
    after(exchange, control.delayMs, () => answerStreaming(exchange, control, headers));
    return;
  }
  const received: Buffer[] = [];
  exchange.receive({
    data: (chunk) => received.push(chunk),
    end() {
      const body = describes ? description(exchange) : Buffer.concat(received);
      after(exchange, control.delayMs, () => void answerWith(exchange, control, headers, body));
    },
  });
}

const REFUSED: HttpControl = {
  status: 400,
  headers: [],
  trailers: [],
  delayMs: 0,
  chunks: 0,
  intervalMs: 0,
  events: [],
};

/** Statuses whose answers have no body. */
const BODILESS = new Set([204, 205, 304]);

function copiedHeaders(exchange: ServerExchange): Header[] {
  return ['content-type', 'content-encoding'].flatMap((name): Header[] => {
    const value = exchange.header(name);
    return value === undefined ? [] : [[name, value]];
  });
}

function answerStreaming(exchange: ServerExchange, control: HttpControl, headers: readonly Header[]): void {
  const length = exchange.header('content-length');
  // A client that has all the bytes it was told of may leave before the trailers come: curl does.
  const sized: Header[] = length === undefined || control.trailers.length > 0 ? [] : [['content-length', length]];
  exchange.respond(control.status, [...sized, ...headers], { trailers: control.trailers });
  exchange.receive({
    data(chunk) {
      const busy = exchange.write(chunk);
      if (busy === undefined) return;
      exchange.pause();
      void busy.then(() => exchange.resume());
    },
    end: () => exchange.end(),
  });
}

/** Sends a body that is known, in as many pieces as told. */
async function answerWith(
  exchange: ServerExchange,
  { status, trailers, chunks, intervalMs }: HttpControl,
  headers: readonly Header[],
  body: Buffer,
): Promise<void> {
  const bodiless = BODILESS.has(status);
  const sized: Header[] = bodiless ? [] : [['content-length', String(body.length)]];
  if (bodiless || exchange.head.method === 'HEAD' || (body.length === 0 && trailers.length === 0)) {
    exchange.respond(status, [...sized, ...headers], { body: false });
    return;
  }
  exchange.respond(status, trailers.length > 0 ? headers : [...sized, ...headers], { trailers });
  const size = Math.max(1, Math.ceil(body.length / Math.max(1, chunks)));
  for (let at = 0; at < body.length && !exchange.broken; at += size) {
    if (at > 0 && intervalMs > 0) await new Promise((resolve) => setTimeout(resolve, intervalMs));
    await exchange.write(body.subarray(at, at + size));
  }
  exchange.end();
}

function after(exchange: ServerExchange, delayMs: number, run: () => void): void {
  if (delayMs === 0) {
    run();
    return;
  }
  const timer = setTimeout(run, delayMs);
  exchange.onceBroken(() => clearTimeout(timer));
}

function description(exchange: ServerExchange): Buffer {
  const { method, path, protocol } = exchange.head;
  return Buffer.from(`${JSON.stringify({ method, path, protocol, peer: exchange.peer })}\n`);
}

/** What is wrong with it, in words, where it cannot be done. */
export function readControl(requestHeaders: readonly Header[]): HttpControl | string {
  const headers: Header[] = [];
  const trailers: Header[] = [];
  const numbers = new Map<string, number>();
  let interaction: Interaction | undefined;
  let close: HttpControl['close'];
  for (const [name, value] of requestHeaders) {
    const list = name.startsWith(HEADER_PREFIX) ? headers : name.startsWith(TRAILER_PREFIX) ? trailers : undefined;
    if (list !== undefined) {
      const target = name.slice(list === headers ? HEADER_PREFIX.length : TRAILER_PREFIX.length);
      if (target === '' || FRAMING.has(target)) return `${name} cannot be done: the header frames the message.`;
      list.push([target, value]);
      continue;
    }
    if (name === 'x-echo-interaction') {
      interaction = INTERACTIONS.find((known) => known === value);
      if (interaction === undefined) return `${name} must be one of ${INTERACTIONS.join(', ')}, but is ${value}.`;
      continue;
    }
    if (name === 'x-echo-close') {
      const [, code, afterMessages, reason = ''] = /^(\d{4}) after (\d{1,6})(?: (.*))?$/.exec(value) ?? [];
      if (code === undefined) return `${name} must be <code> after <messages>, but is ${value}.`;
      close = { code: Number(code), afterMessages: Number(afterMessages), reason };
      continue;
    }
    const range = NUMBERS.get(name);
    if (range === undefined) continue;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= range[0] && number <= range[1]))
      return `${name} must be ${range[0]} to ${range[1]}, but is ${value}.`;
    numbers.set(name, number);
  }
  let events: readonly string[];
  try {
    events = eventsIn(requestHeaders);
  } catch {
    return 'x-echo-event must be percent-encoded UTF-8.';
  }
  return {
    events,
    ...(close === undefined ? {} : { close }),
    ...(interaction === undefined ? {} : { interaction }),
    status: numbers.get('x-echo-status') ?? 200,
    headers,
    trailers,
    delayMs: numbers.get('x-echo-delay-ms') ?? 0,
    chunks: numbers.get('x-echo-chunks') ?? 0,
    intervalMs: numbers.get('x-echo-interval-ms') ?? 0,
  };
}

const NUMBERS: ReadonlyMap<string, readonly [min: number, max: number]> = new Map([
  ['x-echo-status', [200, 599]],
  ['x-echo-delay-ms', [0, LONGEST_WAIT_MS]],
  ['x-echo-chunks', [1, MOST_CHUNKS]],
  ['x-echo-interval-ms', [0, LONGEST_WAIT_MS]],
]);
