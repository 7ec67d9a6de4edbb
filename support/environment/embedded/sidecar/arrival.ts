import type { PortProtocol } from '../../../model/port-protocol.js';
import type { Spoken } from './detection.js';
import type { Dialect } from './dialect.js';
import type { Peer, Side } from './headers.js';
import type { Telemetry } from './telemetry.js';
import type { Upstream } from './upstream.js';

/** What is known of a connection that a sidecar took in, when it starts to forward what comes on it. */
export interface Arrival {
  readonly side: Side;
  readonly dialect: Dialect;
  /** Name of this proxy's own identity; in Istio its SPIFFE id. */
  readonly own: string;
  /** The client, where mutual TLS proved it. */
  readonly peer: Peer | undefined;
  readonly upstream: Upstream;
  readonly telemetry: Telemetry;
  /** What the port is declared as. Absent: `auto`. */
  readonly protocol?: PortProtocol | undefined;
  /** Whether an authorization policy denies a request for this path. */
  readonly denies?: ((path: string) => boolean) | undefined;
}

/** Follows one exchange for the access log. */
export class ExchangeClock {
  readonly #start = performance.now();
  readonly #arrival: Arrival;
  readonly #what: { readonly spoken: Spoken; readonly method: string; readonly path: string };
  #ended = false;
  status = 0;
  failure: string | undefined;

  constructor(arrival: Arrival, what: { readonly spoken: Spoken; readonly method: string; readonly path: string }) {
    this.#arrival = arrival;
    this.#what = what;
    arrival.telemetry.request(arrival.side);
  }

  /** Milliseconds since the request's head arrived. */
  get elapsed(): number {
    return performance.now() - this.#start;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const { side, upstream, peer, telemetry } = this.#arrival;
    if (!telemetry.logsExchanges) return;
    telemetry.exchange({
      ...this.#what,
      side,
      status: this.status,
      durationMs: this.elapsed,
      upstream: upstream.target.name,
      client: peer?.id,
      failure: this.failure,
    });
  }
}
