import { type ClientRequest, type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isStatus, responseHead } from '../../../wire/proxying/http1.js';
import { pairsOf } from '../../fields.js';
import { badGateway } from './bad-gateway.js';
import { answerFields, requestApplication } from './http1-request.js';
import { failureText, type Intercepted } from './intercepted.js';
import type { MirrorTap } from './redirect-client.js';
import { passRawTraffic } from './tcp-passthrough.js';

interface UpgradeRequest {
  readonly incoming: IncomingMessage;
  readonly socket: Socket;
  /** What the caller sent behind the request. */
  readonly head: Buffer;
  readonly intercepted: Intercepted;
  readonly tap: MirrorTap;
  /** Serves the next request on the connection, where the application did not agree. */
  goOn(): void;
}

/**
 * Passes on an offer to change the protocol, for example to WebSocket. Where the application agrees (101), the bytes of both sides
 * are passed on as they are, and the caller's are mirrored; otherwise the answer is, and the connection stays HTTP/1.
 */
export function passUpgrade({ incoming, socket, head, intercepted, tap, goOn }: UpgradeRequest): void {
  socket.on('error', () => {});
  let answered = false;
  const fail = (error: unknown): void => {
    if (answered) socket.destroy();
    if (socket.destroyed) return;
    answered = true;
    const { status, body } = badGateway(intercepted, error);
    tap.close(failureText(error));
    const response = responseOn(incoming, socket);
    response.shouldKeepAlive = false;
    response.once('finish', () => socket.end());
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), connection: 'close' });
    response.end(body);
  };
  let application: ClientRequest;
  try {
    application = requestApplication(incoming, intercepted);
  } catch (error) {
    // What Node's server reads leniently, its client may refuse to write.
    fail(error);
    return;
  }
  const abandon = (): void => {
    application.destroy();
    tap.close('the caller broke the request off');
  };
  socket.once('close', abandon);
  application.once('upgrade', (answer, upgraded: Socket, applicationHead: Buffer) => {
    socket.off('close', abandon);
    answered = true;
    socket.write(responseHead(101, answer.statusMessage ?? '', pairsOf(answer.rawHeaders)), 'latin1');
    if (applicationHead.length > 0) socket.write(applicationHead);
    tap.upgraded();
    upgraded.allowHalfOpen = true;
    passRawTraffic(socket, upgraded, { head, tap });
  });
  application.once('response', (answer) => {
    const { statusCode = 0, statusMessage } = answer;
    if (!isStatus(statusCode)) {
      fail(new Error(`the status ${statusCode} is none`));
      answer.destroy();
      return;
    }
    answered = true;
    const response = responseOn(incoming, socket);
    response.once('finish', () => {
      socket.off('close', abandon);
      tap.close();
      response.detachSocket(socket);
      if (!response.shouldKeepAlive) {
        socket.end();
        return;
      }
      if (head.length > 0) socket.unshift(head);
      goOn();
    });
    answer.on('error', () => socket.destroy());
    response.writeHead(statusCode, statusMessage, answerFields(answer, intercepted));
    answer.pipe(response);
  });
  application.once('error', fail);
  tap.end();
  application.end();
}

/** An ordinary response on a connection that Node's server has let go. */
function responseOn(incoming: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(incoming);
  response.assignSocket(socket);
  return response;
}
