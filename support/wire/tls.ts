import type { TlsClientHello } from '../model/journal.js';
import { GrowingBytes } from './growing-bytes.js';

const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_HEADER_BYTES = 4;
/** Length of a record that TLS 1.2 allows; TLS 1.3 allows less. */
const LARGEST_RECORD_BYTES = 2 ** 14 + 2048;
/** A ClientHello with post-quantum key shares and a session ticket takes some 2 to 4 KiB. */
const LARGEST_HELLO_BYTES = 64 * 1024;

const CONTENT_TYPE = { changeCipherSpec: 20, applicationData: 23, handshake: 22 } as const;
const CLIENT_HELLO = 1;
const EXTENSION = { serverName: 0, alpn: 16 } as const;

/** Whether bytes start with the header of a TLS record (any content type, SSL 3.0 to TLS 1.3). Needs five bytes. */
export function looksLikeTlsRecord(bytes: Uint8Array): boolean {
  if (bytes.length < RECORD_HEADER_BYTES) return false;
  const [type = 0, major, minor = 0, high = 0, low = 0] = bytes;
  const length = high * 256 + low;
  return startsLikeTls(type) && major === 3 && minor <= 4 && length > 0 && length <= LARGEST_RECORD_BYTES;
}

/** Whether an octet is the content type that begins a TLS record. */
export function startsLikeTls(type: number): boolean {
  return type >= CONTENT_TYPE.changeCipherSpec && type <= CONTENT_TYPE.applicationData;
}

/**
 * Reads server name (SNI) and application protocols (ALPN) of a ClientHello (RFC 8446 §4.1.2) that may be spread over
 * several records. `undefined` if the bytes do not start with a whole ClientHello.
 */
export function parseClientHello(bytes: Uint8Array): TlsClientHello | undefined {
  const reader = new ClientHelloReader();
  reader.push(bytes);
  return reader.hello;
}

/** Waits for the ClientHello at the start of a connection, whose bytes may be cut anywhere. */
export class ClientHelloReader {
  /** Becomes true when the ClientHello, or a first record that is none, is complete. */
  done = false;
  hello: TlsClientHello | undefined;
  readonly #header = new GrowingBytes();
  /** Bytes of the current record that are still to come. */
  #remaining = 0;
  readonly #message = new GrowingBytes();
  #kind: 'unknown' | 'client-hello' | 'other' = 'unknown';

  /** How many of the bytes were taken: all of them, or up to the end of the ClientHello. */
  push(data: Uint8Array): number {
    let at = 0;
    while (!this.done && at < data.length) {
      if (this.#remaining === 0) {
        const take = Math.min(RECORD_HEADER_BYTES - this.#header.length, data.length - at);
        this.#header.append(data.subarray(at, at + take));
        at += take;
        if (this.#header.length === RECORD_HEADER_BYTES) this.#startRecord();
        continue;
      }
      const take = Math.min(this.#remaining, this.#wanted(), data.length - at);
      if (this.#kind !== 'other') this.#message.append(data.subarray(at, at + take));
      at += take;
      this.#remaining -= take;
      this.#advance();
    }
    return at;
  }

  #startRecord(): void {
    const header = this.#header.bytes;
    this.#header.clear();
    if (!looksLikeTlsRecord(header)) {
      this.done = true;
      return;
    }
    this.#remaining = header.readUInt16BE(3);
    if (header[0] !== CONTENT_TYPE.handshake) this.#kind = 'other';
  }

  /** How many bytes the next decision needs. */
  #wanted(): number {
    if (this.#kind === 'other') return Number.POSITIVE_INFINITY;
    const { length } = this.#message;
    return length < HANDSHAKE_HEADER_BYTES ? HANDSHAKE_HEADER_BYTES - length : this.#helloEnd() - length;
  }

  #helloEnd(): number {
    return HANDSHAKE_HEADER_BYTES + this.#message.bytes.readUIntBE(1, 3);
  }

  #advance(): void {
    if (this.#kind === 'unknown' && this.#message.length >= HANDSHAKE_HEADER_BYTES) {
      const isHello = this.#message.bytes[0] === CLIENT_HELLO && this.#helloEnd() <= LARGEST_HELLO_BYTES;
      this.#kind = isHello ? 'client-hello' : 'other';
    }
    if (this.#kind === 'client-hello') {
      if (this.#message.length < this.#helloEnd()) return;
      this.hello = readClientHello(this.#message.bytes.subarray(HANDSHAKE_HEADER_BYTES));
      this.done = true;
    } else if (this.#kind === 'other' && this.#remaining === 0) {
      this.done = true;
    }
  }
}

function readClientHello(body: Buffer): TlsClientHello | undefined {
  try {
    const hello = new Fields(body);
    hello.skip(2 + 32); // legacy_version, random
    hello.vector(1); // legacy_session_id
    hello.vector(2); // cipher_suites
    hello.vector(1); // legacy_compression_methods
    let serverName: string | undefined;
    let alpn: string[] = [];
    // Extensions are optional up to TLS 1.2.
    const extensions = hello.done ? new Fields(Buffer.alloc(0)) : hello.vector(2);
    while (!extensions.done) {
      const type = extensions.integer(2);
      const extension = extensions.vector(2);
      if (type === EXTENSION.serverName) serverName = readServerName(extension);
      else if (type === EXTENSION.alpn) alpn = readAlpn(extension);
    }
    return serverName === undefined ? { alpn } : { serverName, alpn };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** RFC 6066 §3. */
function readServerName(extension: Fields): string | undefined {
  const names = extension.vector(2);
  while (!names.done) {
    const type = names.integer(1);
    const name = names.vector(2).rest();
    if (type === 0) return name.toString('latin1');
  }
  return undefined;
}

/** RFC 7301 §3.1. */
function readAlpn(extension: Fields): string[] {
  const protocols: string[] = [];
  const list = extension.vector(2);
  while (!list.done) protocols.push(list.vector(1).rest().toString('latin1'));
  return protocols;
}

/** Reads the fields of a TLS structure one after the other; a `RangeError` says that they do not fit in. */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  skip(length: number): void {
    this.#take(length);
  }

  integer(octets: 1 | 2): number {
    return this.#take(octets).readUIntBE(0, octets);
  }

  /** A vector whose length comes in so many octets before it. */
  vector(lengthOctets: 1 | 2): Fields {
    return new Fields(this.#take(this.integer(lengthOctets)));
  }

  rest(): Buffer {
    return this.#take(this.#bytes.length - this.#at);
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the structure ends too early');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
