import type { Header } from '../../model/journal.js';
import type { Interaction } from '../../model/protocol.js';

/** `mirrorspec.echo.v1.EchoRequest` as proto-loader gives it. */
export interface EchoRequest {
  readonly payload?: Buffer;
  readonly text?: string;
  readonly control?: Control | null;
}

/** `mirrorspec.echo.v1.Control`. */
export interface Control {
  readonly status?: number;
  readonly status_message?: string;
  readonly headers?: readonly Entry[];
  readonly trailers?: readonly Entry[];
  readonly messages?: number;
  readonly interval_ms?: number;
  readonly fail_at_once?: boolean;
}

interface Entry {
  readonly name?: string;
  readonly value?: string;
}

/** `mirrorspec.echo.v1.EchoReply`; protobufjs would put defaults on the wire, so that they are left out. */
export interface EchoReply {
  readonly payload?: Uint8Array;
  readonly index?: number;
  readonly text?: string;
}

export interface EchoStatus {
  readonly code: number;
  readonly message: string;
  readonly trailers: readonly Header[];
}

/** Where the answers of a call go: gRPC or gRPC-Web. */
export interface EchoResponder {
  /** Initial metadata; at most once, before anything else. Without it `finish` makes a trailers-only answer. */
  head(headers: readonly Header[]): void;
  /** A promise if the caller does not take more for now. */
  message(reply: EchoReply): Promise<void> | undefined;
  /** The last that happens. */
  finish(status: EchoStatus): void;
}

/** The server-streaming method's default, where `control.messages` is 0. */
const DEFAULT_MESSAGES = 3;
const MOST_MESSAGES = 1_000_000;

const OK = 0;
const INVALID_ARGUMENT = 3;
const UNIMPLEMENTED = 12;
const ECHO_BACK = 'x-echo-back-';

/**
 * One call to `mirrorspec.echo.v1.Echo`, apart from how it travels. Request messages and the half-close go in one after
 * another: where `request` returns a promise, it must be awaited first.
 *
 * Methods with a single answer give none when `control.status` is an error: that is what gRPC servers do.
 */
export class EchoInteraction {
  readonly #interaction: Interaction;
  readonly #responder: EchoResponder;
  readonly #back: readonly Header[];
  readonly #requests: EchoRequest[] = [];
  #control: Control = {};
  #headSent = false;
  #over = false;
  #answers = 0;
  #seen = 0;
  #pause: { readonly timer: NodeJS.Timeout; readonly end: () => void } | undefined;

  constructor(interaction: Interaction, metadata: readonly Header[], responder: EchoResponder) {
    this.#interaction = interaction;
    this.#responder = responder;
    this.#back = metadata.filter(([name]) => name.startsWith(ECHO_BACK));
  }

  request(message: EchoRequest): Promise<void> | undefined {
    if (this.#over) return undefined;
    this.#seen += 1;
    if (this.#seen === 1 && !this.#heed(message.control ?? {})) return undefined;
    if (this.#interaction === 'bidi-streaming') return this.#send(payloadOf(message), textOf(message));
    if (this.#seen > 1 && this.#interaction !== 'client-streaming') {
      this.#fail(UNIMPLEMENTED, 'This method takes one request message, but got more.');
      return undefined;
    }
    this.#requests.push(message);
    return undefined;
  }

  /** The caller has sent all it has. */
  async halfClose(): Promise<void> {
    if (this.#over) return;
    const [first] = this.#requests;
    switch (this.#interaction) {
      case 'unary':
      case 'server-streaming':
        if (first === undefined)
          return this.#fail(UNIMPLEMENTED, 'This method takes one request message, but got none.');
        if (this.#interaction === 'server-streaming') await this.#sendSeveral(first);
        else if (this.#succeeds()) await this.#send(payloadOf(first), textOf(first));
        break;
      case 'client-streaming':
        if (!this.#succeeds()) break;
        await this.#send(Buffer.concat(this.#requests.map(payloadOf)), this.#requests.map(textOf).join(''));
        break;
      case 'bidi-streaming':
        break;
    }
    if (this.#over) return;
    this.#sendHead();
    this.#finish();
  }

  /** The caller is gone. Nothing is answered any more. */
  cancel(): void {
    this.#over = true;
    this.#endPause();
  }

  /** Ends the call with an error of the server, for example at the caller's deadline. */
  abort(code: number, message: string): void {
    if (this.#over) return;
    this.#fail(code, message);
    this.#endPause();
  }

  /** False if the call ends because of it. */
  #heed(control: Control): boolean {
    const mistake = mistakeIn(control);
    if (mistake !== undefined) {
      this.#fail(INVALID_ARGUMENT, mistake);
      return false;
    }
    this.#control = control;
    if (control.fail_at_once !== true) return true;
    this.#finish();
    return false;
  }

  async #sendSeveral(request: EchoRequest): Promise<void> {
    const count = this.#control.messages || DEFAULT_MESSAGES;
    for (let sent = 0; sent < count && !this.#over; sent++) {
      const busy = this.#send(payloadOf(request), textOf(request));
      if (busy !== undefined) await busy;
    }
  }

  #send(payload: Uint8Array, text: string): Promise<void> | undefined {
    this.#sendHead();
    const interval = this.#control.interval_ms ?? 0;
    if (this.#answers > 0 && interval > 0) {
      return this.#sleep(interval).then(() => (this.#over ? undefined : this.#sendNow(payload, text)));
    }
    return this.#sendNow(payload, text);
  }

  #sendNow(payload: Uint8Array, text: string): Promise<void> | undefined {
    const index = this.#answers++;
    return this.#responder.message({
      ...(payload.length > 0 ? { payload } : {}),
      ...(index > 0 ? { index } : {}),
      ...(text === '' ? {} : { text }),
    });
  }

  #sendHead(): void {
    if (this.#headSent) return;
    this.#headSent = true;
    this.#responder.head([...this.#back, ...entries(this.#control.headers)]);
  }

  #succeeds(): boolean {
    return (this.#control.status ?? OK) === OK;
  }

  #finish(): void {
    this.#over = true;
    this.#responder.finish({
      code: this.#control.status ?? OK,
      message: this.#control.status_message ?? '',
      trailers: entries(this.#control.trailers),
    });
  }

  #fail(code: number, message: string): void {
    this.#over = true;
    this.#responder.finish({ code, message, trailers: [] });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#pause = { timer: setTimeout(resolve, ms), end: resolve };
    });
  }

  #endPause(): void {
    if (this.#pause === undefined) return;
    clearTimeout(this.#pause.timer);
    this.#pause.end();
  }
}

function payloadOf(request: EchoRequest): Uint8Array {
  return request.payload ?? NO_BYTES;
}

function textOf(request: EchoRequest): string {
  return request.text ?? '';
}

const NO_BYTES = new Uint8Array(0);

function entries(list: readonly Entry[] | undefined): Header[] {
  return (list ?? []).map(({ name = '', value = '' }): Header => [name.toLowerCase(), value]);
}

/** What is wrong with a control, in words; metadata names and values as in gRPC "PROTOCOL-HTTP2.md". */
function mistakeIn(control: Control): string | undefined {
  const { status = OK, messages = 0, interval_ms: interval = 0 } = control;
  if (status < 0 || status > 16) return `control.status must be 0 to 16, but is ${status}.`;
  if (messages < 0 || messages > MOST_MESSAGES)
    return `control.messages must be 0 to ${MOST_MESSAGES}, but is ${messages}.`;
  if (interval < 0) return `control.interval_ms must not be negative, but is ${interval}.`;
  for (const { name = '', value = '' } of [...(control.headers ?? []), ...(control.trailers ?? [])]) {
    if (!/^[0-9a-z_.-]+$/i.test(name) || /^grpc-/i.test(name)) return `"${name}" cannot be a name of metadata.`;
    if (!/^[ -~]*$/.test(value)) return `The metadata "${name}" has a value that is not printable ASCII.`;
  }
  return undefined;
}
