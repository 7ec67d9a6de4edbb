import type { Duplex } from 'node:stream';
import type { LogLine } from '../../model/session.js';
import type { NewRequest } from '../agent-protocol.js';
import { callText, hasField } from '../fields.js';
import { attemptHttp1, attemptHttp2, type HttpAttempt } from './http-attempt.js';
import type { LocalAddress, LocalClients } from './local-clients.js';
import { LINGER_MS, MESSAGES_WAITING } from './mirrored-connection.js';

/** mirrord intproxy http_gateway.rs: `Backoff::new(10, 50 ms, 500 ms)`. */
const RETRIES = 10;
const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 500;
/** Bodies of which more has come than this are not kept for another attempt. */
const KEPT_BYTES = 8 * 1024 * 1024;

type Piece =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'trailers'; readonly fields: readonly string[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'cut' };

export interface HttpReplayOptions {
  readonly request: NewRequest;
  readonly address: LocalAddress;
  readonly clients: LocalClients;
  log(level: LogLine['level'], text: string): void;
  /** Called when it becomes too slow, and when it has caught up or is over. */
  onCongestion(congested: boolean): void;
  /** Called once, when nothing more will happen. `failure` if the local process never got it. */
  onOver(failure: string | undefined): void;
}

/**
 * One mirrored request, replayed to the local process piece by piece as it comes (mirrord intproxy http_gateway.rs). The answer is
 * discarded. A local process that cannot be reached, or that breaks off before it answers, is tried again, up to ten times. The
 * replay goes on when the original client breaks off: what has come of the body is all of it then, to the local process.
 */
export class HttpReplay {
  readonly #options: HttpReplayOptions;
  readonly #offersUpgrade: boolean;
  /** What a further attempt would have to send; none where there will be no further one. */
  #kept: Piece[] | undefined = [];
  #keptBytes = 0;
  #attempt: HttpAttempt | undefined;
  #attempts = 0;
  #unwritten = 0;
  #congested = false;
  #bodyOver = false;
  #agreedRemotely = false;
  #upgraded: Duplex | undefined;
  #upgradedWaiting = 0;
  #droppedBytes = 0;
  #remoteClosed = false;
  #over = false;
  #answered = false;

  constructor(options: HttpReplayOptions) {
    this.#options = options;
    this.#offersUpgrade = options.request.version === '1.1' && hasField(options.request.fields, 'upgrade');
    this.#try();
  }

  /** Bytes, and a little more for what has no length, that the local process's socket has not taken. */
  get waitingBytes(): number {
    if (this.#over) return 0;
    if (this.#upgraded !== undefined) return this.#upgradedWaiting;
    return this.#attempt?.waitingBytes ?? 1;
  }

  /** The original is under way, or something of it is still to be delivered. */
  get isActive(): boolean {
    return !this.#over && (!this.#remoteClosed || this.waitingBytes > 0);
  }

  data(bytes: Uint8Array): void {
    if (this.#over) return;
    if (!this.#agreedRemotely) this.#add({ kind: 'data', bytes });
    else if (this.#upgraded !== undefined) this.#writeUpgraded(this.#upgraded, bytes);
    else this.#drop(bytes);
  }

  trailers(fields: readonly string[]): void {
    this.#add({ kind: 'trailers', fields });
  }

  /** The end of the body, or after an upgrade the half-close. */
  end(): void {
    if (this.#agreedRemotely) {
      this.#upgraded?.end();
      return;
    }
    this.#bodyOver = true;
    this.#add({ kind: 'end' });
  }

  /** The workload agreed to change the protocol. */
  upgraded(): void {
    this.#agreedRemotely = true;
  }

  /** The original is over. */
  remoteClosed(): void {
    this.#remoteClosed = true;
    if (!this.#bodyOver) {
      this.#bodyOver = true;
      this.#add({ kind: 'cut' });
    }
    this.#endUpgraded();
  }

  /** The session is lost. */
  abort(): void {
    this.#attempt?.destroy();
    this.#upgraded?.destroy();
    this.#finish();
  }

  #try(): void {
    if (this.#over) return;
    this.#attempts += 1;
    this.#unwritten = 0;
    const { request, clients, address } = this.#options;
    const attempt = (request.version === '2' ? attemptHttp2 : attemptHttp1)(clients, address, request, {
      answered: () => {
        this.#answered = true;
        this.#kept = undefined;
      },
      upgraded: (socket) => {
        this.#upgraded = socket;
        socket.on('error', () => {});
        socket.resume();
        socket.once('close', () => this.#finish());
        this.#endUpgraded();
      },
      finished: () => {
        if (this.#over) return;
        if (this.#offersUpgrade) this.#warnOfRefusal();
        if (!this.#bodyOver) this.#cutShort(attempt);
        this.#finish();
      },
      failed: (error) => this.#fail(error),
    });
    this.#attempt = attempt;
    for (const piece of this.#kept ?? []) this.#send(attempt, piece);
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#attempt = undefined;
    if (this.#answered) {
      this.#finish();
      return;
    }
    if (this.#attempts > RETRIES || this.#kept === undefined) {
      const { method, target } = this.#options.request;
      const { host, port } = this.#options.address;
      const tries = this.#attempts === 1 ? '' : `, ${this.#attempts} times`;
      this.#finish(`${method} ${target} could not be replayed at ${host}:${port}${tries}: ${error.message}`);
      return;
    }
    const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** (this.#attempts - 1), LONGEST_BACKOFF_MS);
    this.#logRetry(error, backoff);
    setTimeout(() => this.#try(), backoff);
  }

  /** As mirrord does at its lowest level (intproxy http_gateway.rs: "Trying again after backoff"); ours says of which call. */
  #logRetry({ message }: Error, backoffMs: number): void {
    const { method, target, fields } = this.#options.request;
    const attempt = `attempt ${this.#attempts} of ${method} ${target}${callText(fields)}`;
    this.#options.log('debug', `${attempt} failed, and is made again after ${backoffMs} ms: ${message}`);
  }

  #add(piece: Piece): void {
    if (this.#over) return;
    if (this.#kept !== undefined) {
      this.#kept.push(piece);
      this.#keptBytes += piece.kind === 'data' ? piece.bytes.length : 0;
      if (this.#keptBytes > KEPT_BYTES && this.#attempt !== undefined) this.#kept = undefined;
    }
    if (this.#attempt !== undefined) this.#send(this.#attempt, piece);
  }

  #send(attempt: HttpAttempt, piece: Piece): void {
    switch (piece.kind) {
      case 'data':
        this.#unwritten += 1;
        this.#updateCongestion();
        attempt.write(piece.bytes, () => {
          if (attempt !== this.#attempt) return;
          this.#unwritten -= 1;
          this.#updateCongestion();
        });
        break;
      case 'trailers':
        attempt.trailers(piece.fields);
        break;
      case 'end':
        attempt.end();
        break;
      case 'cut':
        attempt.cut();
        break;
    }
  }

  #writeUpgraded(socket: Duplex, bytes: Uint8Array): void {
    this.#upgradedWaiting += bytes.length;
    socket.write(bytes, () => {
      this.#upgradedWaiting -= bytes.length;
    });
  }

  /** mirrord has nowhere to put them either (intproxy incoming.rs:628-640). */
  #drop(bytes: Uint8Array): void {
    if (this.#droppedBytes === 0) {
      const { target } = this.#options.request;
      const why = this.#offersUpgrade
        ? 'the local process has not agreed to change the protocol yet'
        : 'nothing asked for it';
      this.#options.log('warn', `data behind the upgrade of ${target} is dropped: ${why}`);
    }
    this.#droppedBytes += bytes.length;
  }

  /**
   * The local process answered before the request was complete. A replay ends with its answer, and what would have come of the body has nowhere
   * to go (mirrord 3.250 intproxy incoming.rs: a gateway that has finished is removed, and with it the sender of the body); it ends cleanly.
   */
  #cutShort(attempt: HttpAttempt): void {
    const { method, target } = this.#options.request;
    this.#options.log(
      'warn',
      `the local process answered ${method} ${target} before it was complete: the rest is dropped`,
    );
    attempt.cut();
  }

  /** The workload may have agreed: what the caller says then is for nobody. */
  #warnOfRefusal(): void {
    const { target } = this.#options.request;
    const text = `the local process does not agree to change the protocol of ${target}: data behind the upgrade is dropped`;
    this.#options.log('warn', text);
  }

  /** As after a raw connection: the local process has a second to say its last. */
  #endUpgraded(): void {
    const socket = this.#upgraded;
    if (socket === undefined || !this.#remoteClosed) return;
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS);
  }

  #finish(failure?: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#kept = undefined;
    this.#unwritten = 0;
    this.#updateCongestion();
    this.#options.onOver(failure);
  }

  #updateCongestion(): void {
    const congested = this.#unwritten >= MESSAGES_WAITING;
    if (congested === this.#congested) return;
    this.#congested = congested;
    this.#options.onCongestion(congested);
  }
}
