import { looksLikeTlsRecord, startsLikeTls } from './tls.js';

/**
 * What the first bytes of a connection are. `more`: they could still become HTTP or TLS. `unknown`: they are neither,
 * whatever follows.
 */
export type ConnectionStart = 'http2' | 'http1' | 'tls' | 'unknown' | 'more';

/** Bounds the search for the end of a request line. Real servers stop between 8 and 64 KiB. */
export const LARGEST_REQUEST_LINE_BYTES = 64 * 1024;

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;

/** Octets of a method name (RFC 9110 §5.6.2). */
const TOKEN_OCTETS = new Uint8Array(256);
for (const octet of Buffer.from(
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  'latin1',
)) {
  TOKEN_OCTETS[octet] = 1;
}

const TLS_HEADER_BYTES = 5;
const PREFACE_LINE = 'PRI * HTTP/2.0';

export function detect(bytes: Uint8Array): ConnectionStart {
  return new StartDetector().push(bytes);
}

/**
 * Whether the payload of one packet starts an HTTP request: the HTTP/2 preface, or an HTTP/1 request line. This is how
 * mirrord's sniffer picks up connections that it did not see begin: each packet is looked at by itself, so a request
 * line that is split over packets is missed (mirrord 3.152 agent/src/http.rs:52-82; httparse).
 */
export function startsHttpRequest(payload: Uint8Array): boolean {
  const detector = new StartDetector();
  const start = detector.push(payload);
  return start === 'http1' || start === 'http2' || (start === 'more' && detector.sawVersion);
}

type Place =
  | 'first'
  | 'tls'
  | 'method'
  | 'before-target'
  | 'target'
  | 'before-version'
  | 'version'
  | 'line-end'
  | 'decided';

const HTTP1_VERSION = 'HTTP/1.';

/** {@link detect} for bytes that arrive in pieces; each byte is looked at once. */
export class StartDetector {
  #place: Place = 'first';
  #start: ConnectionStart = 'more';
  #length = 0;
  /** The first bytes, as many as a preface line has. */
  #head = '';
  #versionLength = 0;
  /** The version began with `HTTP/2.`, so that nothing but the preface's line is left. */
  #prefaceOnly = false;

  /** Whether a complete `METHOD target HTTP/1.x` was seen, be its line ended or not. */
  get sawVersion(): boolean {
    return this.#place === 'line-end' || this.#start === 'http1';
  }

  push(data: Uint8Array): ConnectionStart {
    for (let i = 0; i < data.length && this.#start === 'more'; i++) {
      const octet = data[i] as number;
      this.#length++;
      if (this.#head.length < PREFACE_LINE.length) this.#head += String.fromCharCode(octet);
      this.#step(octet);
      if (this.#start === 'more' && this.#length >= LARGEST_REQUEST_LINE_BYTES) this.#start = 'unknown';
    }
    return this.#start;
  }

  #step(octet: number): void {
    switch (this.#place) {
      case 'first':
        if (startsLikeTls(octet)) this.#place = 'tls';
        // Empty lines before a request line are to be ignored (RFC 9112 §2.2).
        else if (octet === CR || octet === LF) return;
        else if (isTokenOctet(octet)) this.#place = 'method';
        else this.#decide('unknown');
        return;
      case 'tls':
        if (this.#length === TLS_HEADER_BYTES) {
          this.#decide(looksLikeTlsRecord(Buffer.from(this.#head, 'latin1')) ? 'tls' : 'unknown');
        }
        return;
      case 'method':
        if (octet === SPACE) this.#place = 'before-target';
        else if (!isTokenOctet(octet)) this.#decide('unknown');
        return;
      case 'before-target':
        if (octet === SPACE) return;
        if (isTargetOctet(octet)) this.#place = 'target';
        else this.#decide('unknown');
        return;
      case 'target':
        if (octet === SPACE) this.#place = 'before-version';
        else if (!isTargetOctet(octet)) this.#decide('unknown');
        return;
      case 'before-version':
        if (octet === SPACE) return;
        this.#place = 'version';
        this.#versionStep(octet);
        return;
      case 'version':
        this.#versionStep(octet);
        return;
      case 'line-end':
        this.#decide(octet === CR || octet === LF ? 'http1' : 'unknown');
        return;
      case 'decided':
        return;
    }
  }

  #versionStep(octet: number): void {
    if (this.#length === PREFACE_LINE.length && this.#head === PREFACE_LINE) {
      this.#decide('http2');
      return;
    }
    // `HTTP/2.` is only the way to the preface; everything else has to be HTTP/1.0 or HTTP/1.1.
    const onPrefaceLine = this.#length < PREFACE_LINE.length && PREFACE_LINE.startsWith(this.#head);
    const at = this.#versionLength++;
    if (at < HTTP1_VERSION.length) {
      if (octet === HTTP1_VERSION.charCodeAt(at)) return;
      if (onPrefaceLine) this.#prefaceOnly = true;
      else this.#decide('unknown');
    } else if (!this.#prefaceOnly && (octet === ZERO || octet === ZERO + 1)) {
      this.#place = 'line-end';
    } else {
      this.#decide('unknown');
    }
  }

  #decide(start: ConnectionStart): void {
    this.#start = start;
    this.#place = 'decided';
  }
}

function isTokenOctet(octet: number): boolean {
  return TOKEN_OCTETS[octet] === 1;
}

/** Visible ASCII, and the octets beyond ASCII that real servers let pass. */
function isTargetOctet(octet: number): boolean {
  return octet > SPACE && octet !== 0x7f;
}
