import type { Header } from '../model/journal.js';
import { GrowingBytes } from './growing-bytes.js';

/** The head of an HTTP/1 request, and how its body is delimited. */
export interface Http1Head {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body:
    | { readonly kind: 'none' }
    | { readonly kind: 'length'; readonly length: number }
    | { readonly kind: 'chunked' };
  /** `offered`: the client asks for another protocol and may go on with it. `tunnel`: CONNECT. */
  readonly upgrade: 'none' | 'offered' | 'tunnel';
}

export class Http1SyntaxError extends Error {
  override readonly name = 'Http1SyntaxError';
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TARGET = /^[\x21-\x7e\x80-\xff]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads a request line and header lines (RFC 9112 §3, §5), ends of lines included. As strict as Node's parser where
 * leniency would make two readers see different messages: no folded lines, no space before the colon, no ambiguous
 * length (RFC 9112 §6.3).
 *
 * @throws Http1SyntaxError
 */
export function parseRequestHead(section: Buffer): Http1Head {
  const [line = '', ...fields] = linesOf(section);
  const [, method = '', target = '', minor = ''] = /^([^ ]+) +([^ ]+) +HTTP\/1\.([01])$/.exec(line) ?? [];
  if (!TOKEN.test(method) || !TARGET.test(target)) throw new Http1SyntaxError('a malformed request line');
  const headers = parseFields(fields);
  return { method, target, headers, body: bodyOf(headers, minor), upgrade: upgradeOf(method, headers) };
}

/**
 * Reads the trailer lines after a chunked body.
 *
 * @throws Http1SyntaxError
 */
export function parseTrailers(section: Buffer): Header[] {
  return parseFields(linesOf(section));
}

/**
 * The size at the start of a chunk, from a line that may hold extensions.
 *
 * @throws Http1SyntaxError
 */
export function parseChunkSize(line: Buffer): number {
  const [, digits] =
    /^([0-9A-Fa-f]{1,13})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?\r?\n$/.exec(line.toString('latin1')) ?? [];
  if (digits === undefined) throw new Http1SyntaxError('a malformed chunk size');
  return Number.parseInt(digits, 16);
}

/** The lines up to the empty one. A lone line feed ends a line too (RFC 9112 §2.2). */
function linesOf(section: Buffer): string[] {
  const lines = section.toString('latin1').split('\n');
  lines.length -= 2;
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

function parseFields(lines: readonly string[]): Header[] {
  return lines.map((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    const value = line.slice(colon + 1);
    if (!TOKEN.test(name) || !FIELD_VALUE.test(value)) throw new Http1SyntaxError('a malformed header line');
    return [name.toLowerCase(), trimSpaces(value)];
  });
}

/** Without the optional white space around a field value. Not `trim`, which takes 0xa0 for a space. */
function trimSpaces(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isSpace(value.charCodeAt(start))) start++;
  while (end > start && isSpace(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function bodyOf(headers: readonly Header[], minor: string): Http1Head['body'] {
  const codings = listOf(headers, 'transfer-encoding');
  const lengths = new Set(listOf(headers, 'content-length'));
  if (codings.length > 0) {
    if (lengths.size > 0) throw new Http1SyntaxError('both Transfer-Encoding and Content-Length');
    if (minor === '0') throw new Http1SyntaxError('Transfer-Encoding in HTTP/1.0');
    if (codings.indexOf('chunked') !== codings.length - 1)
      throw new Http1SyntaxError('a request that is not chunked last');
    return { kind: 'chunked' };
  }
  if (lengths.size === 0) return { kind: 'none' };
  const [text = ''] = lengths;
  if (lengths.size > 1 || !/^\d{1,15}$/.test(text)) throw new Http1SyntaxError('a malformed Content-Length');
  const length = Number(text);
  return length === 0 ? { kind: 'none' } : { kind: 'length', length };
}

function upgradeOf(method: string, headers: readonly Header[]): Http1Head['upgrade'] {
  if (method === 'CONNECT') return 'tunnel';
  const asked = listOf(headers, 'connection').includes('upgrade') && listOf(headers, 'upgrade').length > 0;
  return asked ? 'offered' : 'none';
}

/** The members of a list-valued field, in lower case. */
function listOf(headers: readonly Header[], name: string): string[] {
  const lists = headers.filter((header) => header[0] === name);
  return lists.flatMap(([, value]) => value.split(',').map((member) => trimSpaces(member).toLowerCase()));
}

/** Waits for an element that ends with a line feed, or with an empty line, in bytes that are cut anywhere. */
export class SyntaxReader {
  readonly #until: 'line' | 'empty-line';
  readonly #limit: number;
  readonly #kept = new GrowingBytes();
  /** Up to where the element was searched, and where the line that was being searched begins. */
  #searched = 0;
  #lineStart = 0;

  constructor(until: 'line' | 'empty-line', limit: number) {
    this.#until = until;
    this.#limit = limit;
  }

  /** The bytes of the element so far. */
  get kept(): Buffer {
    return this.#kept.bytes;
  }

  /**
   * Looks for the end of the element in what was kept and `data` from `at` on. `more`: it is not there, everything was
   * kept. `too-long`: it is further away than the limit; nothing of `data` was kept.
   */
  read(data: Buffer, at: number): { readonly element: Buffer; readonly next: number } | 'more' | 'too-long' {
    const before = this.#kept.length;
    if (before > 0) this.#kept.append(data.subarray(at, at + this.#limit + 1 - before));
    const bytes = before > 0 ? this.#kept.bytes : data.subarray(at, at + this.#limit + 1);
    const end = this.#search(bytes);
    if (end !== undefined && end <= this.#limit) {
      this.#reset();
      return { element: bytes.subarray(0, end), next: at + end - before };
    }
    if (bytes.length > this.#limit) {
      this.#kept.truncate(before);
      return 'too-long';
    }
    if (before === 0) this.#kept.append(bytes);
    return 'more';
  }

  #search(bytes: Buffer): number | undefined {
    for (;;) {
      const lineFeed = bytes.indexOf(0x0a, this.#searched);
      if (lineFeed < 0) {
        this.#searched = bytes.length;
        return undefined;
      }
      const length = lineFeed - this.#lineStart;
      const empty = length === 0 || (length === 1 && bytes[this.#lineStart] === 0x0d);
      this.#searched = lineFeed + 1;
      this.#lineStart = lineFeed + 1;
      if (empty || this.#until === 'line') return lineFeed + 1;
    }
  }

  #reset(): void {
    this.#kept.clear();
    this.#searched = 0;
    this.#lineStart = 0;
  }
}
