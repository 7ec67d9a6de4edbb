import type { CallOutcome, Payload } from '../../model/call.js';
import { UserError } from '../../model/errors.js';
import type { Exchange, OutgoingMessage } from './exchange.js';

/** Makes the message that a payload stands for. `first`: nothing has been sent on the stream before. */
export type MessageEncoder = (payload: Payload, first: boolean) => OutgoingMessage;

interface OpenStream {
  readonly exchange: Exchange;
  readonly encode: MessageEncoder;
  sent: number;
  over: CallOutcome | undefined;
}

/** Calls that are under way and are told step by step how to go on, by their ids. Whatever their protocol is. */
export class OpenStreams {
  readonly #streams = new Map<string, OpenStream>();

  add(id: string, exchange: Exchange, encode: MessageEncoder): void {
    const stream: OpenStream = { exchange, encode, sent: 0, over: undefined };
    this.#streams.set(id, stream);
    void exchange.outcome.then((outcome) => {
      stream.over = outcome;
    });
  }

  /**
   * Sends one message on each; resolves when it is written, which may have to wait for the other side to read.
   * @throws {UserError} on a stream that is over, or that takes no further message.
   */
  async send(ids: readonly string[], payload: Payload): Promise<void> {
    await Promise.all(
      ids.map((id) => {
        const stream = this.#find(id);
        if (stream.over !== undefined) throw new UserError(`nothing can be sent any more: ${endOf(stream.over)}`);
        const message = stream.encode(payload, stream.sent === 0);
        stream.sent += 1;
        return stream.exchange.send(message, false);
      }),
    );
  }

  /** The half-close. */
  end(ids: readonly string[]): void {
    for (const id of ids) this.#find(id).exchange.end();
  }

  cancel(ids: readonly string[]): void {
    for (const id of ids) this.#find(id).exchange.cancel();
  }

  /** How those ended that are over. */
  over(ids: readonly string[]): CallOutcome[] {
    return ids.flatMap((id) => this.#find(id).over ?? []);
  }

  /** Waits until all are over. */
  outcomes(ids: readonly string[]): Promise<CallOutcome[]> {
    return Promise.all(ids.map((id) => this.#find(id).exchange.outcome));
  }

  #find(id: string): OpenStream {
    const stream = this.#streams.get(id);
    if (stream === undefined) throw new Error(`no stream ${id} was opened`);
    return stream;
  }
}

function endOf({ error, grpcStatus, httpStatus }: CallOutcome): string {
  if (error !== undefined) return error;
  const status = grpcStatus === undefined ? `HTTP status ${httpStatus}` : `gRPC status ${grpcStatus}`;
  return `the stream has ended with ${status}`;
}
