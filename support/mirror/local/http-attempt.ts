import { type ClientRequest, request as requestHttp1 } from 'node:http';
import type { ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import { announcesNoBody, dropVainTrailer, sendHeadSoon } from '../../wire/proxying/http1.js';
import type { NewRequest } from '../agent-protocol.js';
import { fieldsObject, groupFields, hasField, pairsOf } from '../fields.js';
import type { LocalAddress, LocalClients } from './local-clients.js';

/** Told how one attempt to replay a request goes. */
export interface AttemptListener {
  /** The local process answers; nothing will be tried again. */
  answered(): void;
  /** The local process agreed to change the protocol. */
  upgraded(socket: Duplex): void;
  /** All of the answer was read and discarded. */
  finished(): void;
  failed(error: Error): void;
}

/** One attempt to replay a request at the local process. */
export interface HttpAttempt {
  /** What of the request the kernel has not taken; 0 if it has everything that was given. */
  readonly waitingBytes: number;
  write(bytes: Uint8Array, taken: () => void): void;
  trailers(fields: readonly string[]): void;
  end(): void;
  /** The body ends here although more was announced: the local process must not take what is sent next for the rest of it. */
  cut(): void;
  destroy(): void;
}

export function attemptHttp1(
  clients: LocalClients,
  address: LocalAddress,
  { method, target, fields }: NewRequest,
  listener: AttemptListener,
): HttpAttempt {
  const request: ClientRequest = requestHttp1({
    agent: clients.http1(address),
    host: address.host,
    port: address.port,
    method,
    path: target,
    setHost: false,
  });
  request.removeHeader('connection');
  for (const [name, value] of groupFields(fields)) request.setHeader(name, value);
  const chunked = hasField(fields, 'transfer-encoding');
  if (!chunked && !hasField(fields, 'content-length') && announcesNoBody(method)) {
    request.setHeader('content-length', '0');
  }
  dropVainTrailer(request, chunked);
  let bodyWaiting = 0;
  let ended = false;
  let over = false;
  const endOnce = (): void => {
    over = true;
  };
  request.on('response', (answer) => {
    listener.answered();
    answer.on('error', () => {});
    answer.resume();
    answer.on('close', () => {
      endOnce();
      listener.finished();
    });
  });
  request.on('upgrade', (_, socket: Duplex) => {
    endOnce();
    listener.answered();
    listener.upgraded(socket);
  });
  request.on('error', (error) => {
    endOnce();
    listener.failed(error);
  });
  if (chunked || hasField(fields, 'content-length')) sendHeadSoon(request);
  return {
    get waitingBytes() {
      if (over) return 0;
      const { socket } = request;
      const underWay = socket === null ? 1 : socket.writableLength;
      return bodyWaiting + underWay + (request.headersSent ? 0 : 1) + (ended && !request.writableFinished ? 1 : 0);
    },
    write: (bytes, taken) => {
      bodyWaiting += bytes.length;
      request.write(bytes, () => {
        bodyWaiting -= bytes.length;
        taken();
      });
    },
    trailers: (rawTrailers) => {
      if (chunked) request.addTrailers(pairsOf(rawTrailers));
    },
    end: () => {
      ended = true;
      request.end();
    },
    cut: () => {
      if (chunked) request.end();
      else request.destroy();
    },
    destroy: () => request.destroy(),
  };
}

export function attemptHttp2(
  clients: LocalClients,
  address: LocalAddress,
  { fields }: NewRequest,
  listener: AttemptListener,
): HttpAttempt {
  let stream: ClientHttp2Stream | undefined;
  let socket: Duplex | undefined;
  let submitted = false;
  let ended = false;
  let over = false;
  let bodyWaiting = 0;
  let trailers: readonly string[] = [];
  const before: ((stream: ClientHttp2Stream) => void)[] = [];
  const soon = (action: (stream: ClientHttp2Stream) => void): void => {
    if (stream !== undefined) action(stream);
    else before.push(action);
  };
  let failure: Error | undefined;
  const begin = async (): Promise<void> => {
    const client = await clients.takeHttp2(address);
    if (over) {
      clients.giveBackHttp2(address, client);
      return;
    }
    socket = client.socket;
    const opened = client.session.request(fieldsObject(fields) as OutgoingHttpHeaders, {
      endStream: false,
      waitForTrailers: true,
    });
    stream = opened;
    let answered = false;
    opened.on('ready', () =>
      setImmediate(setImmediate, () => {
        submitted = true;
      }),
    );
    opened.on('wantTrailers', () => opened.sendTrailers(fieldsObject(trailers)));
    opened.on('response', () => {
      answered = true;
      listener.answered();
    });
    opened.on('error', (error) => {
      failure ??= error;
    });
    // The answer may be complete before the request is.
    opened.on('end', () => {
      if (answered && !over) listener.finished();
    });
    opened.on('close', () => {
      if (over) return;
      over = true;
      clients.giveBackHttp2(address, client);
      if (answered) listener.finished();
      else listener.failed(failure ?? new Error(`the stream was reset with code ${opened.rstCode}`));
    });
    opened.resume();
    for (const action of before.splice(0)) action(opened);
  };
  begin().catch((error: Error) => {
    if (over) return;
    over = true;
    listener.failed(error);
  });
  return {
    get waitingBytes() {
      if (over) return 0;
      const unfinished = ended && stream?.writableFinished !== true ? 1 : 0;
      return bodyWaiting + (submitted ? 0 : 1) + (socket?.writableLength ?? 1) + unfinished;
    },
    write: (bytes, taken) => {
      bodyWaiting += bytes.length;
      soon((opened) =>
        opened.write(bytes, () => {
          bodyWaiting -= bytes.length;
          taken();
        }),
      );
    },
    trailers: (rawTrailers) => {
      trailers = rawTrailers;
    },
    end: () => {
      ended = true;
      soon((opened) => opened.end());
    },
    cut: () => soon((opened) => opened.end()),
    destroy: () => {
      over = true;
      stream?.destroy();
    },
  };
}
