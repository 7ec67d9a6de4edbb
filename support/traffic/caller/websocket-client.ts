import type { CallStart, Exchange } from './exchange.js';
import { Http1Client } from './http1-client.js';
import { WebSocketExchange } from './websocket-exchange.js';

/** WebSockets over HTTP/1.1, with the library `ws`. Each call has a connection of its own, for none can be used after it. */
export class WebSocketClient extends Http1Client {
  override async start(call: CallStart): Promise<Exchange> {
    return new WebSocketExchange(this.connections, this.journal, call);
  }
}
