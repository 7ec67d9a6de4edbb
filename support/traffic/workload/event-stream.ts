import { EVENT_STREAM_TYPE } from '../../model/body-framing.js';
import type { Header } from '../../model/journal.js';
import { framedMessage } from '../../wire/delimited-body.js';
import type { ServerExchange } from './server-exchange.js';

/** What the events are and how they are sent. */
export interface EventStream {
  readonly events: readonly string[];
  /** Of the answer, as far as they are known ahead. */
  readonly headers: readonly Header[];
  readonly status: number;
  readonly trailers: readonly Header[];
  /** How many events; 0 is each of them once, more begin again with the first. */
  readonly messages: number;
  readonly intervalMs: number;
}

/** The events that a request asks for, in the order in which they are to be sent. @throws URIError */
export function eventsIn(headers: readonly Header[]): readonly string[] {
  return headers.flatMap(([name, value]) => (name === 'x-echo-event' ? [decodeURIComponent(value)] : []));
}

/** Answers a request with server-sent events, one after the other. */
export async function answerEventStream(exchange: ServerExchange, stream: EventStream): Promise<void> {
  const { events, headers, status, trailers, messages, intervalMs } = stream;
  exchange.receive({ data() {}, end() {} });
  exchange.respond(status, [['content-type', EVENT_STREAM_TYPE], ...headers], { trailers });
  const count = messages === 0 ? events.length : messages;
  for (let sent = 0; sent < count && !exchange.broken; sent += 1) {
    if (sent > 0 && intervalMs > 0) await new Promise((resolve) => setTimeout(resolve, intervalMs));
    const event = events[sent % events.length] ?? '';
    await exchange.write(framedMessage('events', Buffer.from(event)));
  }
  exchange.end();
}
