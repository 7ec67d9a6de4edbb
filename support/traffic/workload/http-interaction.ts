import { type BodyFraming, bodyFramingOf } from '../../model/body-framing.js';
import type { Header } from '../../model/journal.js';
import type { Interaction } from '../../model/protocol.js';
import { bodyCutter, framedMessage } from '../../wire/delimited-body.js';
import { MAX_MESSAGE_BYTES } from './body-log.js';
import { EchoInteraction, type EchoResponder } from './echo-interaction.js';
import type { ServerExchange } from './server-exchange.js';

/** How an answer to the messages of a request is given. */
export interface HttpInteraction {
  readonly interaction: Interaction;
  readonly status: number;
  /** Of the answer, as far as they are known ahead. */
  readonly headers: readonly Header[];
  readonly trailers: readonly Header[];
  /** Server-streaming: how many messages; 0 is the default number. */
  readonly messages: number;
  readonly intervalMs: number;
}

/**
 * Answers the messages of a request as the methods of the gRPC echo service do: with one for all, with several for one, or with each
 * as it comes. The answer has the content type of the request, and so the same framing.
 */
export function answerInteraction(exchange: ServerExchange, asked: HttpInteraction): void {
  const framing = bodyFramingOf(exchange.head.headers);
  const responder = new HttpResponder(exchange, framing, asked);
  const echo = new EchoInteraction(asked.interaction, [], responder);
  const control = { messages: asked.messages, interval_ms: asked.intervalMs };
  exchange.onceBroken(() => echo.cancel());
  const waiting: Buffer[] = [];
  let pieces: Uint8Array[] = [];
  let feeding = false;
  let ended = false;
  // Messages go in one after another; the body waits while the answer to one does.
  const feed = async (): Promise<void> => {
    if (feeding) return;
    feeding = true;
    for (let payload = waiting.shift(); payload !== undefined; payload = waiting.shift()) {
      const busy = echo.request({ payload, control });
      if (busy === undefined) continue;
      exchange.pause();
      await busy;
      exchange.resume();
    }
    feeding = false;
    if (ended) await echo.halfClose();
  };
  const cutter = bodyCutter(
    framing,
    {
      piece: (data) => pieces.push(Uint8Array.from(data)),
      complete() {
        waiting.push(Buffer.concat(pieces));
        pieces = [];
      },
      malformed: (detail) => responder.refuse(detail),
    },
    MAX_MESSAGE_BYTES,
  );
  exchange.receive({
    data(chunk) {
      cutter.push(chunk);
      void feed();
    },
    end() {
      cutter.end();
      ended = true;
      void feed();
    },
  });
}

class HttpResponder implements EchoResponder {
  readonly #exchange: ServerExchange;
  readonly #framing: BodyFraming;
  readonly #asked: HttpInteraction;
  #over = false;

  constructor(exchange: ServerExchange, framing: BodyFraming, asked: HttpInteraction) {
    this.#exchange = exchange;
    this.#framing = framing;
    this.#asked = asked;
  }

  head(): void {
    if (this.#over) return;
    const type = this.#exchange.header('content-type');
    const { status, headers, trailers } = this.#asked;
    const named = type === undefined || headers.some(([name]) => name === 'content-type');
    this.#exchange.respond(status, [...(named ? [] : [['content-type', type] as const]), ...headers], { trailers });
  }

  message({ payload = NOTHING }: { readonly payload?: Uint8Array }): Promise<void> | undefined {
    return this.#over ? undefined : this.#exchange.write(framedMessage(this.#framing, Buffer.from(payload)));
  }

  /** The status of the answer is in its head; another than 0 says that the request was wrong. */
  finish({ code, message }: { readonly code: number; readonly message: string }): void {
    if (code !== 0) this.refuse(message);
    else if (!this.#over) this.#exchange.end();
  }

  refuse(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    const body = Buffer.from(`${reason}\n`);
    this.#exchange.respond(400, [
      ['content-type', 'text/plain'],
      ['content-length', String(body.length)],
    ]);
    this.#exchange.write(body);
    this.#exchange.end();
  }
}

const NOTHING = Buffer.alloc(0);
