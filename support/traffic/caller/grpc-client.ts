import type { CallPlan } from '../../model/call.js';
import { EnvironmentError } from '../../model/errors.js';
import { addressesOf, type CallerJournal } from './caller-journal.js';
import type { CallStart, ConnectionAddresses, Exchange, ProtocolClient, Target } from './exchange.js';
import { GrpcConnection } from './grpc-connection.js';
import { GrpcExchange } from './grpc-exchange.js';

/** gRPC over HTTP/2 with the gRPC project's own client for Node. */
export class GrpcClient implements ProtocolClient {
  readonly #target: Target;
  readonly #journal: CallerJournal;
  readonly #connection: GrpcConnection;

  constructor(target: Target, journal: CallerJournal, compression?: CallPlan['compression']) {
    this.#target = target;
    this.#journal = journal;
    this.#connection = new GrpcConnection(target, (socket) => journal.watch(socket), compression);
  }

  async connect(timeoutMs: number): Promise<ConnectionAddresses> {
    await this.#connection.client(Date.now() + timeoutMs);
    const { socket } = this.#connection;
    if (this.#connection.isReady && socket !== undefined) return addressesOf(socket);
    const place = `${this.#target.host}:${this.#target.port}`;
    throw new EnvironmentError(`No HTTP/2 connection to ${place}: refused, or no SETTINGS within ${timeoutMs} ms`);
  }

  /** Connects first where no connection is open: only then it is known to which connection the call belongs. */
  async start(call: CallStart): Promise<Exchange> {
    const deadline = Date.now() + call.timeoutMs;
    const client = await this.#connection.client(deadline);
    const { socket } = this.#connection;
    const number = socket !== undefined && this.#connection.isReady ? this.#journal.watch(socket) : undefined;
    return new GrpcExchange(client, this.#journal, number, call, deadline);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
