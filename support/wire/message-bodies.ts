import type { BodyFraming } from '../model/body-framing.js';
import { type Bytes, BytesDigest, bytesOf } from '../model/bytes.js';
import type { Header, MessageForm } from '../model/journal.js';
import { closeTrailers, NO_CLOSE_CODE } from '../model/websocket-close.js';
import { Base64Segments } from './base64-segments.js';
import { type BodyCutter, bodyCutter, type MessageSink } from './delimited-body.js';
import { decompressed } from './grpc-compression.js';
import { decodeGrpcWebTrailers, GRPC_PREFIX_BYTES } from './grpc-framing.js';
import { WebSocketFrames, type WebSocketSink } from './websocket-frames.js';

/** What a request's body turns out to hold. */
export interface BodyHandler {
  /** `form`: WebSocket only. */
  message(body: Bytes, compressed: boolean, form?: MessageForm): void;
  /** The trailer frame of gRPC-Web, or what the close frame of a WebSocket says. */
  trailers(headers: Header[]): void;
  /** The body told its end itself: WebSocket. */
  closed?(): void;
  /** Called once; what cannot be decoded goes to `undecoded` from then on. */
  malformed(detail: string): void;
  undecoded(data: Uint8Array): void;
}

/** Takes the messages out of a body that arrives in pieces. Keeps a digest of what is under way, never the bytes. */
export interface MessageBody {
  push(data: Uint8Array): void;
  /** The body is complete. */
  end(): void;
  /** The message that began and did not complete, if any. Ends the use of this object. */
  takePartial(): { readonly body: Bytes; readonly expectedLength?: number } | undefined;
}

/** A body of plain HTTP, cut into messages as its content type says. */
export class DelimitedBody implements MessageBody {
  readonly #handler: BodyHandler;
  readonly #cutter: BodyCutter;
  readonly #contentLength: number | undefined;
  #digest: BytesDigest | undefined;
  #complete = false;
  #broken = false;

  /** @param contentLength announced length of the whole body */
  constructor(
    framing: BodyFraming,
    handler: BodyHandler,
    options: { readonly contentLength: number | undefined; readonly largestMessage: number },
  ) {
    this.#handler = handler;
    this.#contentLength = framing === 'whole' ? options.contentLength : undefined;
    const sink: MessageSink = {
      piece: (data) => {
        this.#digest ??= new BytesDigest();
        this.#digest.update(data);
      },
      complete: () => {
        const digest = this.#digest ?? new BytesDigest();
        this.#digest = undefined;
        handler.message(digest.finish(), false);
      },
      malformed: (detail, rest) => {
        this.#broken = true;
        handler.malformed(detail);
        handler.undecoded(rest);
      },
    };
    this.#cutter = bodyCutter(framing, sink, options.largestMessage);
  }

  push(data: Uint8Array): void {
    if (this.#broken) this.#handler.undecoded(data);
    else this.#cutter.push(data);
  }

  end(): void {
    this.#complete = true;
    this.#cutter.end();
  }

  takePartial(): { readonly body: Bytes; readonly expectedLength?: number } | undefined {
    if (this.#broken) return undefined;
    this.#cutter.cut();
    const missing = !this.#complete && (this.#contentLength ?? 0) > 0;
    if (this.#digest === undefined && !missing) return undefined;
    return partialOf(this.#digest, this.#cutter.announced ?? this.#contentLength);
  }
}

/** Bounds a gRPC-Web trailer frame, the one kind of frame that has to be kept. */
const LARGEST_TRAILER_FRAME_BYTES = 64 * 1024;

const COMPRESSED = 0x01;
const TRAILERS = 0x80;

export interface GrpcBodyOptions {
  readonly web: boolean;
  readonly largestMessage: number;
  /** `grpc-encoding`: how messages are compressed that are. Without it, or if it is unknown, they are told as they are. */
  readonly encoding?: string | undefined;
}

/**
 * The length-prefixed messages of gRPC and gRPC-Web (see `grpc-framing.ts`). Unlike `GrpcFrameParser` it does not keep
 * a message until it is complete, so that many large messages under way at once cost next to nothing; unless it is compressed.
 */
export class GrpcBody implements MessageBody {
  readonly #handler: BodyHandler;
  readonly #options: GrpcBodyOptions;
  readonly #prefix = Buffer.alloc(GRPC_PREFIX_BYTES);
  #prefixLength = 0;
  #remaining = 0;
  #digest: BytesDigest | undefined;
  /** The bytes of a compressed message, which can only be read whole. */
  #packed: Buffer[] | undefined;
  #trailers: Buffer[] | undefined;
  #broken = false;

  constructor(handler: BodyHandler, options: GrpcBodyOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  push(data: Uint8Array): void {
    let at = 0;
    while (at < data.length) {
      if (this.#broken) {
        this.#handler.undecoded(data.subarray(at));
        return;
      }
      if (this.#prefixLength < GRPC_PREFIX_BYTES) {
        this.#prefix[this.#prefixLength++] = data[at++] as number;
        if (this.#prefixLength === GRPC_PREFIX_BYTES) this.#startFrame();
        continue;
      }
      const take = Math.min(this.#remaining, data.length - at);
      const part = data.subarray(at, at + take);
      if (this.#trailers === undefined) this.#take(part);
      else this.#trailers.push(Buffer.from(part));
      at += take;
      this.#remaining -= take;
      if (this.#remaining === 0) this.#endFrame();
    }
  }

  end(): void {}

  takePartial(): { readonly body: Bytes; readonly expectedLength?: number } | undefined {
    if (this.#broken || this.#prefixLength === 0 || this.#trailers !== undefined) return undefined;
    const announced = this.#prefixLength === GRPC_PREFIX_BYTES ? this.#prefix.readUInt32BE(1) : undefined;
    return partialOf(this.#digest, announced);
  }

  #take(part: Uint8Array): void {
    this.#digest?.update(part);
    this.#packed?.push(Buffer.from(part));
  }

  #startFrame(): void {
    const flags = this.#prefix.readUInt8(0);
    const length = this.#prefix.readUInt32BE(1);
    const allowed = this.#options.web ? COMPRESSED | TRAILERS : COMPRESSED;
    if ((flags & ~allowed) !== 0) {
      this.#break(`a gRPC message with flags 0x${flags.toString(16).padStart(2, '0')}`);
    } else if (length > this.#options.largestMessage) {
      this.#break(`a gRPC message of ${length} bytes, more than the ${this.#options.largestMessage} that are decoded`);
    } else if ((flags & TRAILERS) !== 0 && ((flags & COMPRESSED) !== 0 || length > LARGEST_TRAILER_FRAME_BYTES)) {
      this.#break('a gRPC-Web trailer frame that is compressed or too long');
    } else {
      if ((flags & TRAILERS) !== 0) this.#trailers = [];
      else {
        this.#digest = new BytesDigest();
        this.#packed = (flags & COMPRESSED) !== 0 && this.#options.encoding !== undefined ? [] : undefined;
      }
      this.#remaining = length;
      if (length === 0) this.#endFrame();
    }
  }

  #endFrame(): void {
    const compressed = (this.#prefix.readUInt8(0) & COMPRESSED) !== 0;
    this.#prefixLength = 0;
    if (this.#trailers !== undefined) {
      const block = Buffer.concat(this.#trailers);
      this.#trailers = undefined;
      this.#handler.trailers(decodeGrpcWebTrailers(block));
    } else if (this.#digest !== undefined) {
      const digest = this.#digest;
      this.#digest = undefined;
      const plain = this.#unpack();
      if (plain === undefined) this.#handler.message(digest.finish(), compressed);
      else this.#handler.message(bytesOf(plain), false);
    }
  }

  #unpack(): Buffer | undefined {
    const packed = this.#packed;
    this.#packed = undefined;
    return packed && decompressed(Buffer.concat(packed), this.#options.encoding, this.#options.largestMessage);
  }

  #break(detail: string): void {
    this.#broken = true;
    this.#handler.malformed(detail);
    this.#handler.undecoded(this.#prefix);
  }
}

/** gRPC-Web's text form: the frames in base64. */
export class GrpcWebTextBody implements MessageBody {
  readonly #frames: GrpcBody;
  readonly #text: Base64Segments;

  constructor(handler: BodyHandler, options: Omit<GrpcBodyOptions, 'web'>) {
    this.#frames = new GrpcBody(handler, { ...options, web: true });
    this.#text = new Base64Segments({
      decoded: (data) => this.#frames.push(data),
      malformed: (detail) => handler.malformed(detail),
      undecoded: (data) => handler.undecoded(data),
    });
  }

  push(data: Uint8Array): void {
    this.#text.push(data);
  }

  end(): void {
    this.#text.end();
  }

  takePartial(): { readonly body: Bytes; readonly expectedLength?: number } | undefined {
    return this.#frames.takePartial();
  }
}

/** The frames of a WebSocket, unmasked. */
export class WebSocketBody implements MessageBody {
  readonly #handler: BodyHandler;
  readonly #frames: WebSocketFrames;
  #digest: BytesDigest | undefined;
  #broken = false;

  constructor(handler: BodyHandler, largestMessage: number) {
    this.#handler = handler;
    const sink: WebSocketSink = {
      piece: (data) => {
        this.#digest ??= new BytesDigest();
        this.#digest.update(data);
      },
      complete: (form, compressed) => {
        const digest = this.#digest ?? new BytesDigest();
        this.#digest = undefined;
        handler.message(digest.finish(), compressed, form);
      },
      closed: (code, reason) => {
        handler.trailers(closeTrailers({ code: code ?? NO_CLOSE_CODE, reason }));
        handler.closed?.();
      },
      malformed: (detail, rest) => {
        this.#broken = true;
        handler.malformed(detail);
        handler.undecoded(rest);
      },
    };
    this.#frames = new WebSocketFrames(sink, largestMessage);
  }

  push(data: Uint8Array): void {
    const read = this.#broken ? 0 : this.#frames.push(data);
    // Behind a close frame, or behind what is malformed.
    if (read < data.length && (this.#broken ? read === 0 : true)) this.#handler.undecoded(data.subarray(read));
  }

  end(): void {}

  takePartial(): { readonly body: Bytes; readonly expectedLength?: number } | undefined {
    if (this.#broken || this.#digest === undefined) return undefined;
    return partialOf(this.#digest, this.#frames.announced);
  }
}

function partialOf(digest: BytesDigest | undefined, expectedLength: number | undefined) {
  const body = (digest ?? new BytesDigest()).finish();
  return expectedLength === undefined ? { body } : { body, expectedLength };
}
