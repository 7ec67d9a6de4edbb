import type { Socket } from 'node:net';
import type { Arrival } from './arrival.js';
import type { Spoken } from './detection.js';
import type { Http1Proxy } from './http1-proxy.js';
import { serveHttp2 } from './http2-proxy.js';
import { relay, reset } from './relay.js';

/** Forwards what comes on a connection in the protocol that it speaks (Istio: USE_DOWNSTREAM_PROTOCOL). */
export function forward(socket: Socket, spoken: Spoken, arrival: Arrival, http1: Http1Proxy): void {
  arrival.telemetry.spoken(arrival.side, spoken);
  switch (spoken) {
    case 'http/1.1':
      http1.serve(socket, arrival);
      return;
    case 'h2':
      serveHttp2(socket, arrival);
      return;
    case 'tcp':
      // Connects before the client has said anything: the server may be the one who speaks first.
      arrival.upstream.dial('tcp').then(
        (upstream) => (socket.destroyed ? reset(upstream) : relay(socket, upstream)),
        () => reset(socket),
      );
  }
}
