import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { getSystemErrorMap } from 'node:util';
import { transparentSocket } from '../../../linux/transparent-socket.js';
import type { Spoken } from './detection.js';
import type { Side } from './headers.js';
import { Http1Pool } from './http1-pool.js';
import { Http2Pool } from './http2-pool.js';
import type { MutualTls } from './mutual-tls.js';
import { ORIGINAL_SOURCE_MARK } from './options.js';
import type { Telemetry } from './telemetry.js';
import { codeOf, UpstreamFailure } from './upstream-failure.js';

/** Istio's default (`meshConfig.connectTimeout`). */
const CONNECT_TIMEOUT_MS = 10_000;

/** Where an upstream is, and how it is reached. */
export interface UpstreamTarget {
  /** As Envoy names clusters, for example `inbound|8080||` or `outbound|80||echo.default.svc.cluster.local`. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly side: Side;
  readonly localAddress?: string;
  /** It is connected to from this address, which is another machine's. */
  readonly foreignAddress?: string;
  readonly tls?: {
    readonly mutual: MutualTls;
    readonly servername: string;
    readonly accepted: readonly string[];
    /** Offered in place of what the mesh offers for what is spoken. */
    readonly alpn?: readonly string[];
  };
}

/** One upstream with its pools. All clients that speak the same protocol share its connections, as in Envoy. */
export class Upstream {
  readonly target: UpstreamTarget;
  readonly #telemetry: Telemetry;
  #http1: Http1Pool | undefined;
  #http2: Http2Pool | undefined;

  constructor(target: UpstreamTarget, telemetry: Telemetry) {
    this.target = target;
    this.#telemetry = telemetry;
  }

  get http1(): Http1Pool {
    this.#http1 ??= new Http1Pool(() => this.dial('http/1.1'));
    return this.#http1;
  }

  get http2(): Http2Pool {
    this.#http2 ??= new Http2Pool(() => this.dial('h2'));
    return this.#http2;
  }

  /**
   * Opens a connection. Only a connection for bytes may be half-open.
   *
   * @throws UpstreamFailure
   */
  async dial(spoken: Spoken): Promise<Socket | TLSSocket> {
    const { target } = this;
    const raw = await dialTcp(target, spoken === 'tcp');
    this.#telemetry.upstreamConnection(target.side);
    if (target.tls === undefined) return raw;
    const { mutual, ...server } = target.tls;
    try {
      const socket = await mutual.connect(raw, { ...server, spoken });
      this.#telemetry.mutualTlsHandshake(target.side);
      return socket;
    } catch (error) {
      raw.destroy();
      const cause = error instanceof Error ? error.cause : undefined;
      this.#telemetry.tlsFailure(
        target.side,
        codeOf(cause) || (cause instanceof Error ? cause.message : String(error)),
      );
      throw error;
    }
  }
}

function dialTcp(target: UpstreamTarget, allowHalfOpen: boolean): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { address, port, localAddress, foreignAddress } = target;
    const socket =
      foreignAddress === undefined
        ? new Socket({ allowHalfOpen })
        : transparentSocket({ source: foreignAddress, mark: ORIGINAL_SOURCE_MARK, allowHalfOpen });
    socket.setNoDelay(true);
    socket.connect({ host: address, port, ...(localAddress === undefined ? {} : { localAddress }) });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new UpstreamFailure('connection timeout'));
    }, CONNECT_TIMEOUT_MS);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(
        new UpstreamFailure('remote connection failure', `delayed connect error: ${systemErrorText(error)}`, error),
      );
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      // Who uses the connection hears of errors; one that nobody uses any more must not end the program.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

/** `Connection refused` rather than `ECONNREFUSED`. */
function systemErrorText(error: Error): string {
  const code = codeOf(error);
  for (const [name, text] of getSystemErrorMap().values()) {
    if (name === code) return text.charAt(0).toUpperCase() + text.slice(1);
  }
  return error.message;
}
