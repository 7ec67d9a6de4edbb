import { type Bytes, previewOf } from '../../model/bytes.js';
import { visibleExcerpt } from '../../model/visible-text.js';
import { redactBytes } from '../redact.js';
import { figure, quantity } from './wording.js';

/** Whether the journal kept all bytes of a message, or only its beginning. */
export function isCut(bytes: Bytes): boolean {
  return bytes.redacted === undefined ? previewOf(bytes).length < bytes.length : bytes.redacted === 'cut';
}

/**
 * What was kept of a message, as text; `undefined` where it is binary: no UTF-8, or with control characters that no
 * text has. `grpc`: messages of gRPC are nearly always Protocol Buffers, whose short messages decode as UTF-8 by
 * chance, so any control character but a line break or a tab makes them binary.
 */
export function textOf(bytes: Bytes, grpc: boolean): string | undefined {
  try {
    // `stream` lets a character that the preview cuts in two pass.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(previewOf(bytes), {
      stream: isCut(bytes),
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    const binary = grpc ? /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|^\n/ : /\0/;
    return binary.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The JSON value of a message that was kept whole; `undefined` where it is no JSON object or array. */
export function jsonOf(bytes: Bytes): object | undefined {
  if (isCut(bytes)) return undefined;
  try {
    const value: unknown = JSON.parse(previewOf(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const EXCERPT_CHARACTERS = 40;
const EXCERPT_BYTES = 12;

/** A message on one line: its beginning without credentials, its length, and the SHA-256 where the beginning is not all of it. */
export function summaryOf(message: Bytes, grpc: boolean): string {
  const bytes = redactBytes(message);
  if (bytes.length === 0) return 'an empty message';
  const text = textOf(bytes, grpc);
  if (text !== undefined) {
    const whole = !isCut(bytes) && text.length <= EXCERPT_CHARACTERS;
    return `"${visibleExcerpt(text, EXCERPT_CHARACTERS)}" (${lengthOf(bytes, whole)})`;
  }
  const head = previewOf(bytes).subarray(0, EXCERPT_BYTES);
  const whole = !isCut(bytes) && previewOf(bytes).length <= EXCERPT_BYTES;
  return `${hexOf(head)}${whole ? '' : ' …'} (${lengthOf(bytes, whole)})`;
}

function lengthOf(bytes: Bytes, whole: boolean): string {
  const length = quantity(bytes.length, 'byte');
  return whole ? length : `${length}, SHA-256 ${shortDigest(bytes)}`;
}

/** Enough of the SHA-256 to tell two messages apart by eye. */
export function shortDigest(bytes: Bytes): string {
  return `${bytes.sha256.slice(0, 12)}…`;
}

/** `0a 05 68 …` */
export function hexOf(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** How much of a message arrived: `5 of 12 bytes`. */
export function portionOf(part: Bytes, expectedLength: number | undefined): string {
  return expectedLength === undefined
    ? `${quantity(part.length, 'byte')} of an unknown length`
    : `${figure(part.length)} of ${quantity(expectedLength, 'byte')}`;
}

/** Whether the bytes of `part` are, as far as they were kept, the first bytes of `whole`. */
export function beginsWith(whole: Bytes, part: Bytes): boolean {
  if (part.length > whole.length) return false;
  const a = previewOf(whole);
  const b = previewOf(part);
  const known = Math.min(a.length, b.length);
  return a.subarray(0, known).equals(b.subarray(0, known));
}
