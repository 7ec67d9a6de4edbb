import { type ClientRequest, type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { dropVainTrailer, isChunked, isStatus } from '../../../wire/proxying/http1.js';
import { type Arrival, ExchangeClock } from './arrival.js';
import { endToEndFields } from './headers.js';
import { headOf, requestUpstream } from './http1-messages.js';
import { denialReply, failureReply, type LocalReply } from './local-reply.js';
import { relay } from './relay.js';
import { UpstreamFailure, upstreamFailureOf } from './upstream-failure.js';

/**
 * Forwards a WebSocket handshake and, once the application has agreed, the bytes of both directions as they are. An
 * application that answers something else than 101 is heard, and the connection ends with its answer.
 *
 * @param head what the client sent behind the request
 */
export function tunnelUpgrade(incoming: IncomingMessage, socket: Socket, head: Buffer, arrival: Arrival): void {
  const request = endToEndFields(incoming.rawHeaders);
  arrival.dialect.request(request, { ...arrival, spoken: 'http/1.1', upgrades: true });
  const clock = new ExchangeClock(arrival, {
    spoken: 'http/1.1',
    method: incoming.method ?? '',
    path: incoming.url ?? '',
  });
  socket.once('close', () => clock.end());
  socket.on('error', () => {});

  const reply = ({ status, fields, body }: LocalReply): void => {
    clock.status = status;
    const response = responseOn(incoming, socket);
    for (const name in fields) response.setHeader(name, fields[name] as string | string[]);
    response.writeHead(status);
    response.end(body);
  };
  const fail = (error: unknown): void => {
    const failure = upstreamFailureOf(error);
    clock.failure = failure.message;
    if (clock.status !== 0 || socket.destroyed) socket.destroy();
    else reply(failureReply(request, arrival, failure));
  };

  if (arrival.denies?.(incoming.url ?? '') === true) {
    clock.failure = 'denied by an authorization policy';
    reply(denialReply(request, arrival));
    return;
  }
  let upstream: ClientRequest;
  try {
    upstream = requestUpstream(incoming, { ...request, connection: 'upgrade', upgrade: 'websocket' }, arrival);
  } catch (error) {
    // What Node's server reads leniently, its client may refuse to write.
    fail(new UpstreamFailure('protocol error', undefined, error));
    return;
  }
  const abandon = (): void => {
    upstream.destroy();
  };
  socket.once('close', abandon);

  upstream.once('upgrade', (answer, tunnel: Socket, tunnelHead: Buffer) => {
    socket.off('close', abandon);
    const status = answer.statusCode ?? 101;
    clock.status = status;
    const fields = { ...endToEndFields(answer.rawHeaders), connection: 'upgrade', upgrade: 'websocket' };
    arrival.dialect.response(fields, arrival.side, clock.elapsed);
    socket.write(headOf(status, fields), 'latin1');
    if (tunnelHead.length > 0) socket.write(tunnelHead);
    if (head.length > 0) tunnel.write(head);
    relay(socket, tunnel);
  });
  upstream.once('response', (answer) => {
    const fields = endToEndFields(answer.rawHeaders);
    arrival.dialect.response(fields, arrival.side, clock.elapsed);
    const { statusCode = 0 } = answer;
    if (!isStatus(statusCode)) {
      fail(new UpstreamFailure('protocol error', `the status ${statusCode} is none`));
      answer.destroy();
      return;
    }
    const response = responseOn(incoming, socket);
    clock.status = statusCode;
    for (const name in fields) response.setHeader(name, fields[name] as string | string[]);
    dropVainTrailer(response, isChunked(clock.status, answer.headers['transfer-encoding']));
    response.writeHead(clock.status);
    answer.on('error', () => socket.destroy());
    answer.pipe(response);
  });
  upstream.once('error', fail);
  upstream.end();
}

/** An ordinary response on a connection that Node's server has let go; the connection ends with it. */
function responseOn(incoming: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(incoming);
  response.sendDate = false;
  response.shouldKeepAlive = false;
  response.setHeader('connection', 'close');
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.end();
  });
  return response;
}
