import type { MethodDefinition, ServiceDefinition } from '@grpc/proto-loader';
import type { Header } from '../../model/journal.js';
import { decompressed } from '../../wire/grpc-compression.js';
import { encodeGrpcFrame, encodeGrpcWebTrailers, type GrpcFrame, GrpcFrameParser } from '../../wire/grpc-framing.js';
import { encodeGrpcMessage } from '../../wire/grpc-message.js';
import { base64Into, MAX_MESSAGE_BYTES } from './body-log.js';
import { interactionOf } from './echo-grpc.js';
import { EchoInteraction, type EchoRequest, type EchoResponder, type EchoStatus } from './echo-interaction.js';
import { isGrpcWeb } from './grpc-web-request.js';
import type { ServerExchange } from './server-exchange.js';

const OK = 0;
const DEADLINE_EXCEEDED = 4;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;

const DEADLINE_UNITS_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Method = MethodDefinition<object, object>;

/** The echo service as gRPC-Web, in binary and in text form. Source: gRPC "PROTOCOL-WEB.md". */
export class GrpcWebEndpoint {
  readonly #methods: ReadonlyMap<string, Method>;

  constructor(service: ServiceDefinition) {
    this.#methods = new Map(Object.values(service).map((method) => [method.path, method]));
  }

  /** Whether it answers this: gRPC-Web calls, and the preflight requests of browsers for them. */
  serves(exchange: ServerExchange): boolean {
    return isGrpcWeb(exchange) && (exchange.head.method !== 'OPTIONS' || this.#methods.has(exchange.head.path));
  }

  /** @param exchange one that it {@link serves}. */
  answer(exchange: ServerExchange): void {
    if (exchange.head.method === 'OPTIONS') {
      exchange.receive({ data() {}, end: () => exchange.respond(204, preflight(exchange), { body: false }) });
      return;
    }
    const method = this.#methods.get(exchange.head.path);
    const responder = new GrpcWebResponder(exchange, method);
    if (method === undefined) {
      const message = `The server does not implement the method ${exchange.head.path}`;
      exchange.receive({ data() {}, end: () => responder.finish({ code: UNIMPLEMENTED, message, trailers: [] }) });
      return;
    }
    serve(exchange, method, responder);
  }
}

function serve(exchange: ServerExchange, method: Method, responder: GrpcWebResponder): void {
  const echo = new EchoInteraction(interactionOf(method), exchange.head.headers, responder);
  const timeout = deadlineMs(exchange.header('grpc-timeout'));
  const timer =
    timeout === undefined ? undefined : setTimeout(() => echo.abort(DEADLINE_EXCEEDED, 'Deadline exceeded'), timeout);
  responder.onFinished = () => clearTimeout(timer);
  exchange.onceBroken(() => {
    clearTimeout(timer);
    echo.cancel();
  });
  const frames = new GrpcFrameParser();
  const waiting: GrpcFrame[] = [];
  const text = isText(exchange) ? base64Into((data) => waiting.push(...frames.push(data))) : undefined;
  let feeding = false;
  let ended = false;
  // Messages go in one after another; the body waits while the answer to one does.
  const feed = async (): Promise<void> => {
    if (feeding) return;
    feeding = true;
    for (let frame = waiting.shift(); frame !== undefined; frame = waiting.shift()) {
      const request = decode(frame, exchange.header('grpc-encoding'), method);
      if (typeof request === 'string') echo.abort(INTERNAL, request);
      const busy = typeof request === 'string' ? undefined : echo.request(request);
      if (busy === undefined) continue;
      exchange.pause();
      await busy;
      exchange.resume();
    }
    feeding = false;
    if (ended) await echo.halfClose();
  };
  exchange.receive({
    data(chunk) {
      if (text === undefined) waiting.push(...frames.push(chunk));
      else text.push(chunk);
      void feed();
    },
    end() {
      text?.end();
      if (frames.rest() !== undefined) echo.abort(INTERNAL, 'The request ended within a message');
      ended = true;
      void feed();
    },
  });
}

class GrpcWebResponder implements EchoResponder {
  readonly #exchange: ServerExchange;
  readonly #method: Method | undefined;
  readonly #text: boolean;
  #headSent = false;
  onFinished: () => void = () => {};

  constructor(exchange: ServerExchange, method: Method | undefined) {
    this.#exchange = exchange;
    this.#method = method;
    this.#text = isText(exchange);
  }

  head(headers: readonly Header[]): void {
    this.#headSent = true;
    this.#exchange.respond(200, [...this.#type(), ...headers, ...sharing(this.#exchange, headers)]);
  }

  message(reply: object): Promise<void> | undefined {
    if (this.#method === undefined) return undefined;
    return this.#write(encodeGrpcFrame(this.#method.responseSerialize(reply)));
  }

  finish({ code, message, trailers }: EchoStatus): void {
    this.onFinished();
    const status: Header[] = [['grpc-status', String(code)]];
    if (message !== '' || code !== OK) status.push(['grpc-message', encodeGrpcMessage(message)]);
    const all = [...status, ...trailers];
    if (this.#headSent) {
      this.#write(encodeGrpcFrame(encodeGrpcWebTrailers(all), { trailers: true }));
      this.#exchange.end();
      return;
    }
    // Trailers-only: everything is in the head, as Envoy's gRPC-Web filter does it.
    this.#exchange.respond(200, [...this.#type(), ...all, ...sharing(this.#exchange, all)], { body: false });
  }

  #type(): readonly Header[] {
    return [['content-type', this.#text ? 'application/grpc-web-text+proto' : 'application/grpc-web+proto']];
  }

  /** In text form every frame is padded on its own, so that it can be decoded when it arrives. */
  #write(frame: Buffer): Promise<void> | undefined {
    return this.#exchange.write(this.#text ? Buffer.from(frame.toString('base64'), 'latin1') : frame);
  }
}

/** The request message, or what is wrong with it. */
function decode(frame: GrpcFrame, encoding: string | undefined, method: Method): EchoRequest | string {
  const data = frame.compressed ? decompressed(frame.data, encoding, MAX_MESSAGE_BYTES) : frame.data;
  if (data === undefined) return `Cannot decompress a message with grpc-encoding ${encoding ?? 'missing'}`;
  try {
    return method.requestDeserialize(data) as EchoRequest;
  } catch {
    return 'Error deserializing request';
  }
}

function isText(exchange: ServerExchange): boolean {
  return exchange.header('content-type')?.startsWith('application/grpc-web-text') === true;
}

/** A `grpc-timeout` in milliseconds; `undefined` if there is none, or one that is longer than a timer. */
function deadlineMs(header: string | undefined): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(header ?? '');
  if (match === null) return undefined;
  const milliseconds = Number(match[1]) * (DEADLINE_UNITS_MS[match[2] ?? ''] ?? 0);
  return milliseconds > LONGEST_TIMER_MS ? undefined : milliseconds;
}

/** What lets a page of another origin read the answer. */
function sharing(exchange: ServerExchange, headers: readonly Header[]): Header[] {
  const names = new Set(['grpc-status', 'grpc-message', ...headers.map(([name]) => name)]);
  return [
    ['access-control-allow-origin', exchange.header('origin') ?? '*'],
    ['access-control-expose-headers', [...names].join(', ')],
  ];
}

function preflight(exchange: ServerExchange): Header[] {
  const headers = exchange.header('access-control-request-headers');
  return [
    ['access-control-allow-origin', exchange.header('origin') ?? '*'],
    ['access-control-allow-methods', 'POST, OPTIONS'],
    ...(headers === undefined ? [] : [['access-control-allow-headers', headers] satisfies Header]),
    ['access-control-max-age', '600'],
  ];
}
