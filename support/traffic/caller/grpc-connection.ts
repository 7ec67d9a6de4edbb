import type { Socket } from 'node:net';
import { ChannelCredentials, Client, compressionAlgorithms, connectivityState, credentials } from '@grpc/grpc-js';
import type { CallPlan } from '../../model/call.js';
import type { Target } from './exchange.js';
import { resetAsOthersDo } from './grpc-resets.js';

resetAsOthersDo();

/** A grpc-js channel that has one connection, and shows it. */
export class GrpcConnection {
  readonly #target: Target;
  readonly #onSocket: (socket: Socket) => void;
  readonly #compression: CallPlan['compression'];
  readonly #sockets = new Set<Socket>();
  #client: Client | undefined;

  /** `onSocket` is told of each connection as soon as it is established. */
  constructor(target: Target, onSocket: (socket: Socket) => void, compression?: CallPlan['compression']) {
    this.#compression = compression;
    this.#target = target;
    this.#onSocket = onSocket;
  }

  /** The open connection's socket. */
  get socket(): Socket | undefined {
    const [socket] = this.#sockets;
    return socket;
  }

  get isReady(): boolean {
    return this.#client?.getChannel().getConnectivityState(false) === connectivityState.READY;
  }

  /**
   * The client once its channel is connected; or when that failed or was not achieved until `deadline` (epoch
   * milliseconds), for the call that is made then to report why.
   */
  async client(deadline: number): Promise<Client> {
    const client = this.#usable();
    const channel = client.getChannel();
    for (;;) {
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY || state === connectivityState.TRANSIENT_FAILURE) return client;
      const timedOut = await new Promise<boolean>((resolve) => {
        channel.watchConnectivityState(state, deadline, (error) => resolve(error !== undefined));
      });
      if (timedOut) return client;
    }
  }

  /** Orderly: GOAWAY, then the end of the connection; waits until it is closed. */
  async close(): Promise<void> {
    const closed = [...this.#sockets].map((socket) => {
      const gone = new Promise((resolve) => socket.once('close', resolve));
      // A peer that never ends its streams must not hold the caller up.
      const timer = setTimeout(() => socket.destroy(), CLOSE_GRACE_MS);
      return gone.finally(() => clearTimeout(timer));
    });
    this.#client?.close();
    this.#client = undefined;
    await Promise.all(closed);
  }

  #usable(): Client {
    // A channel that could not connect would now wait before it tries again; a caller must not.
    if (this.#client?.getChannel().getConnectivityState(false) === connectivityState.TRANSIENT_FAILURE) {
      this.#client.close();
      this.#client = undefined;
    }
    this.#client ??= new Client(addressOf(this.#target), new WatchedCredentials((socket) => this.#watch(socket)), {
      ...CHANNEL_OPTIONS,
      'grpc.default_authority': this.#target.authority,
      ...(this.#compression === undefined
        ? {}
        : { 'grpc.default_compression_algorithm': compressionAlgorithms[this.#compression] }),
    });
    return this.#client;
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#onSocket(socket);
  }
}

/** As a call must be: one connection, one attempt, straight to the target, any size of message. */
const CHANNEL_OPTIONS = {
  // Each channel has a connection of its own.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_channelz': 0,
  'grpc.max_send_message_length': -1,
  'grpc.max_receive_message_length': -1,
} as const;

/** What grpc-js dials; an IPv6 address needs brackets. */
function addressOf({ host, port }: Target): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

type SecureConnector = ReturnType<ChannelCredentials['_createSecureConnector']>;

/** Plaintext credentials that show each connected socket: grpc-js tells of its connections in no other way. */
class WatchedCredentials extends ChannelCredentials {
  readonly #plaintext = credentials.createInsecure();
  readonly #onSocket: (socket: Socket) => void;

  constructor(onSocket: (socket: Socket) => void) {
    super();
    this.#onSocket = onSocket;
  }

  override _isSecure(): boolean {
    return false;
  }

  override _equals(other: ChannelCredentials): boolean {
    return other === this;
  }

  override _createSecureConnector(
    ...parameters: Parameters<ChannelCredentials['_createSecureConnector']>
  ): SecureConnector {
    const connector = this.#plaintext._createSecureConnector(...parameters);
    return {
      connect: (socket) => {
        this.#onSocket(socket);
        return connector.connect(socket);
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    };
  }
}

const CLOSE_GRACE_MS = 1000;
