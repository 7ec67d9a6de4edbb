import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { PortProtocol } from '../../../../model/port-protocol.js';
import type { Arrival, ExchangeClock } from '../arrival.js';
import type { Fields } from '../headers.js';
import { asGrpc, isGrpcWebRequest } from './grpc-web.js';
import { http1Near } from './http1-near.js';
import { http2Near } from './http2-near.js';
import { forwardAsHttp1 } from './to-http1.js';
import { forwardAsHttp2 } from './to-http2.js';

interface Crossing {
  readonly fields: Fields;
  readonly arrival: Arrival;
  readonly clock: ExchangeClock;
  /** What to go on in: what the port is declared as, unless the mesh's proxies have agreed on something else. */
  readonly protocol: PortProtocol | undefined;
}

/**
 * A port that is declared as HTTP/2 gets HTTP/2, and gRPC in place of gRPC-Web where it is declared as that. Whether the exchange was
 * taken over: otherwise it is forwarded as it came.
 */
export function crossFromHttp1(
  incoming: IncomingMessage,
  response: ServerResponse,
  { fields, arrival, clock, protocol = 'auto' }: Crossing,
): boolean {
  if (protocol === 'auto' || protocol === 'http' || protocol === 'tcp') return false;
  const near = http1Near(incoming, response, fields);
  forwardAsHttp2(protocol === 'grpc-web' && isGrpcWebRequest(fields) ? asGrpc(near) : near, arrival, clock);
  return true;
}

/** A port that is declared as HTTP gets HTTP/1.1. Whether the exchange was taken over. */
export function crossFromHttp2(
  stream: ServerHttp2Stream,
  withoutBody: boolean,
  { fields, arrival, clock, protocol = 'auto' }: Crossing,
): boolean {
  if (protocol === 'http') {
    forwardAsHttp1(http2Near(stream, fields, withoutBody), arrival, clock);
    return true;
  }
  if (protocol !== 'grpc-web' || !isGrpcWebRequest(fields)) return false;
  forwardAsHttp2(asGrpc(http2Near(stream, fields, withoutBody)), arrival, clock);
  return true;
}
