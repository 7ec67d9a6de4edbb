import type { CallStart, Exchange } from './exchange.js';
import { Http1Client, PLAIN } from './http1-client.js';
import { Http1Exchange } from './http1-exchange.js';

/** Server-sent events over HTTP/1.1: a GET whose answer is a stream (WHATWG HTML §9.2). */
export class EventStreamClient extends Http1Client {
  override async start(call: CallStart): Promise<Exchange> {
    return new Http1Exchange(this.connections, this.journal, call, { ...PLAIN, protocol: 'SSE' });
  }
}
