import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { bytesOf } from '../../model/bytes.js';
import type { WebSocketClose } from '../../model/call.js';
import type { Header } from '../../model/journal.js';
import { ABNORMAL_CLOSE, closeTrailers } from '../../model/websocket-close.js';
import { MAX_MESSAGE_BYTES } from './body-log.js';
import { type HttpControl, readControl } from './http-echo.js';
import type { ConnectionJournal, ExchangeJournal, RequestHead } from './server-journal.js';

/** The server-streaming default, where the request does not say how many. */
const DEFAULT_MESSAGES = 3;

/** A request that offers to become a WebSocket. */
export interface Offer {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** What the client sent behind the request. */
  readonly behind: Buffer;
  readonly head: RequestHead;
  readonly connection: ConnectionJournal;
}

/**
 * Echoes each message of a WebSocket in its own form. The `x-echo-…` headers of the handshake control it as they control an HTTP answer: another
 * status refuses the WebSocket, `x-echo-interaction: server-streaming` answers one message with several and closes,
 * `x-echo-close: <code> after <messages> <reason>` closes after so many answers.
 */
export class WebSocketEcho {
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES });
  /** Headers of the answer that is being made, and its journal. */
  #answering: { readonly journal: ExchangeJournal; readonly headers: readonly Header[] } | undefined;

  constructor() {
    this.#server.on('headers', (lines: string[]) => {
      const { journal, headers = [] } = this.#answering ?? {};
      lines.push(...headers.map(([name, value]) => `${name}: ${value}`));
      journal?.response(101, lines.slice(1).map(headerIn));
    });
  }

  accept({ request, socket, behind, head, connection }: Offer): void {
    const journal = connection.begin(head);
    const control = readControl(head.headers);
    const status = typeof control === 'string' ? 400 : control.status;
    if (typeof control === 'string' || status !== 200) {
      refuse(socket, journal, status);
      return;
    }
    this.#answering = { journal, headers: control.headers };
    // Answers within this call; what is no handshake it refuses itself.
    this.#server.handleUpgrade(request, socket, behind, (webSocket) =>
      converse(webSocket, journal, connection, control),
    );
    this.#answering = undefined;
    if (!journal.hasAnswered) journalRefusal(journal, 400);
  }
}

function converse(
  webSocket: WebSocket,
  journal: ExchangeJournal,
  connection: ConnectionJournal,
  control: HttpControl,
): void {
  let own: WebSocketClose | undefined;
  let answers = 0;
  const close = (with_: WebSocketClose): void => {
    own = with_;
    webSocket.close(with_.code, with_.reason);
  };
  const answer = (data: Buffer, binary: boolean): void => {
    answers += 1;
    webSocket.send(data, { binary, compress: false });
    journal.message('response', bytesOf(data), false, binary ? 'binary' : 'text');
    if (control.close !== undefined && answers === control.close.afterMessages) close(control.close);
  };
  const several = async (data: Buffer, binary: boolean): Promise<void> => {
    const count = control.chunks === 0 ? DEFAULT_MESSAGES : control.chunks;
    for (let sent = 0; sent < count && webSocket.readyState === webSocket.OPEN; sent += 1) {
      if (sent > 0 && control.intervalMs > 0) await new Promise((resolve) => setTimeout(resolve, control.intervalMs));
      if (webSocket.readyState === webSocket.OPEN) answer(data, binary);
    }
    if (webSocket.readyState === webSocket.OPEN) close({ code: 1000, reason: '' });
  };
  journal.breakableBy(() => webSocket.terminate());
  webSocket.on('message', (data: Buffer, binary) => {
    journal.message('request', bytesOf(data), false, binary ? 'binary' : 'text');
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (control.interaction === 'server-streaming') void several(data, binary);
    else answer(data, binary);
  });
  webSocket.on('error', () => {});
  webSocket.on('close', (code, reason) => {
    if (code === ABNORMAL_CLOSE) {
      journal.reset(connection.lossCode, connection.lossDetail);
      return;
    }
    const theirs = { code, reason: reason.toString() };
    for (const [direction, said] of [
      ['request', theirs],
      ['response', own ?? theirs],
    ] as const) {
      journal.trailers(direction, closeTrailers(said));
      journal.end(direction);
    }
  });
}

const REFUSAL: readonly Header[] = [
  ['content-length', '0'],
  ['connection', 'close'],
];

function refuse(socket: Socket, journal: ExchangeJournal, status: number): void {
  journalRefusal(journal, status);
  socket.end(`HTTP/1.1 ${status} \r\n${REFUSAL.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
}

function journalRefusal(journal: ExchangeJournal, status: number): void {
  journal.end('request');
  journal.response(status, REFUSAL);
  journal.end('response');
}

function headerIn(line: string): Header {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
