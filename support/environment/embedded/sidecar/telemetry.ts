import type { Spoken } from './detection.js';
import type { Side } from './headers.js';

export interface SideCounters {
  /** Connections that were redirected to this side. */
  readonly connections: number;
  /** Connections by what they turned out to speak. */
  readonly spoken: Readonly<Record<Spoken, number>>;
  /** HTTP requests taken in. */
  readonly requests: number;
  /** Connections opened towards the application (inbound) or to other pods (outbound). */
  readonly upstreamConnections: number;
  /** Completed mutual TLS handshakes, as server (inbound) or as client (outbound). */
  readonly mutualTlsHandshakes: number;
  /** Handshakes and identities that were refused, by reason. */
  readonly tlsFailures: Readonly<Record<string, number>>;
}

/** What a sidecar answers to the request `statistics`. All counters only grow. */
export interface SidecarStatistics {
  readonly inbound: SideCounters & {
    /** Plaintext connections that the policy STRICT refused. */
    readonly refusedPlaintext: number;
  };
  readonly outbound: SideCounters;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] };

/** The end of one HTTP exchange, for the access log. */
export interface ExchangeEnd {
  readonly side: Side;
  readonly spoken: Spoken;
  readonly method: string;
  readonly path: string;
  /** 0 where no response was sent. */
  readonly status: number;
  readonly durationMs: number;
  /** Name of the upstream cluster. */
  readonly upstream: string;
  /** Name of the client's identity, where proven. */
  readonly client: string | undefined;
  /** What went wrong, in Envoy's words. */
  readonly failure: string | undefined;
}

/** Counts what a sidecar does and, if asked to, logs each exchange. */
export class Telemetry {
  readonly #inbound = { ...newCounters(), refusedPlaintext: 0 };
  readonly #outbound = newCounters();
  readonly #log: ((text: string) => void) | undefined;

  constructor(log: ((text: string) => void) | undefined) {
    this.#log = log;
  }

  snapshot(): SidecarStatistics {
    return structuredClone({ inbound: this.#inbound, outbound: this.#outbound });
  }

  connection(side: Side): void {
    this.#of(side).connections++;
  }

  spoken(side: Side, spoken: Spoken): void {
    this.#of(side).spoken[spoken]++;
  }

  request(side: Side): void {
    this.#of(side).requests++;
  }

  upstreamConnection(side: Side): void {
    this.#of(side).upstreamConnections++;
  }

  mutualTlsHandshake(side: Side): void {
    this.#of(side).mutualTlsHandshakes++;
  }

  tlsFailure(side: Side, reason: string): void {
    const failures = this.#of(side).tlsFailures;
    failures[reason] = (failures[reason] ?? 0) + 1;
    this.#log?.(`${side} TLS refused: ${reason}`);
  }

  refusedPlaintext(): void {
    this.#inbound.refusedPlaintext++;
    this.#log?.('inbound plaintext refused');
  }

  exchange(end: ExchangeEnd): void {
    this.#log?.(
      [
        `${end.side} "${end.method} ${end.path} ${end.spoken === 'h2' ? 'HTTP/2' : 'HTTP/1.1'}" ${end.status}`,
        `${end.durationMs.toFixed(1)} ms ${end.upstream}`,
        ...(end.client === undefined ? [] : [`from ${end.client}`]),
        ...(end.failure === undefined ? [] : [`(${end.failure})`]),
      ].join(' '),
    );
  }

  get logsExchanges(): boolean {
    return this.#log !== undefined;
  }

  #of(side: Side): Mutable<SideCounters> {
    return side === 'inbound' ? this.#inbound : this.#outbound;
  }
}

function newCounters(): Mutable<SideCounters> {
  return {
    connections: 0,
    spoken: { 'http/1.1': 0, h2: 0, tcp: 0 },
    requests: 0,
    upstreamConnections: 0,
    mutualTlsHandshakes: 0,
    tlsFailures: {},
  };
}
