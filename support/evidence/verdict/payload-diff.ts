import { type Bytes, previewOf } from '../../model/bytes.js';
import { visibleExcerpt, visibleText } from '../../model/visible-text.js';
import { redactBytes } from '../redact.js';
import { isCut, jsonOf, textOf } from './payload-text.js';
import { figure, firstDifference, quantity } from './wording.js';

export interface DiffLabels {
  /** For example `sent` and `arrived`. */
  readonly expected: string;
  readonly found: string;
}

/** Characters of a line that are shown around a difference. */
const WIDTH = 72;
const BEFORE = 24;
/** Lines of each side that a line diff shows. */
const LINES = 5;

/**
 * Shows where two messages differ: JSON line by line when both are JSON, text around the first differing character,
 * anything else as a hex dump around the first differing byte. Lines are safe to show, without credentials, and short.
 */
export function diffPayloads(sent: Bytes, arrived: Bytes, labels: DiffLabels, grpc: boolean): string[] {
  const [expected, found] = [redactBytes(sent), redactBytes(arrived)];
  const [before, after] = [previewOf(expected), previewOf(found)];
  const at = firstDifference(before, after);
  const cut = isCut(expected) || isCut(found);
  if (cut && at === Math.min(before.length, after.length)) return beyondPreview(expected, found, labels, at);

  const [textBefore, textAfter] = [textOf(expected, grpc), textOf(found, grpc)];
  const lines =
    jsonDiff(expected, found) ??
    (textBefore !== undefined && textAfter !== undefined
      ? textDiff(textBefore, textAfter, labels)
      : hexDiff(before, after, at, labels));
  return cut ? [...lines, ...digests(expected, found, labels)] : lines;
}

/** All that was kept is equal: lengths and digests are what is left to show. */
function beyondPreview(expected: Bytes, found: Bytes, labels: DiffLabels, equal: number): string[] {
  return [
    `no difference in the first ${quantity(equal, 'byte')}; the journals cut messages at that length`,
    ...digests(expected, found, labels),
  ];
}

function digests(expected: Bytes, found: Bytes, labels: DiffLabels): string[] {
  const line = (label: string, bytes: Bytes): string => {
    const kept = isCut(bytes) ? `, cut at ${figure(previewOf(bytes).length)}` : '';
    return `${label}${quantity(bytes.length, 'byte')}${kept}, SHA-256 ${bytes.sha256}`;
  };
  const [a, b] = aligned(labels);
  return [line(a, expected), line(b, found)];
}

function jsonDiff(expected: Bytes, found: Bytes): string[] | undefined {
  const [before, after] = [jsonOf(expected), jsonOf(found)];
  if (before === undefined || after === undefined) return undefined;
  const pretty = (value: object): string => JSON.stringify(value, undefined, 2);
  // Equal values written differently (blanks, digits beyond a double): the text tells the difference.
  if (pretty(before) === pretty(after)) return undefined;
  return lineDiff(pretty(before).split('\n'), pretty(after).split('\n'), 'as JSON, ');
}

function textDiff(expected: string, found: string, labels: DiffLabels): string[] {
  if (expected.includes('\n') || found.includes('\n')) {
    const [before, after] = [expected.split('\n'), found.split('\n')];
    return lineDiff(before, after, '');
  }
  const [before, after] = [Array.from(expected), Array.from(found)];
  const at = firstDifference(before, after);
  const start = Math.max(0, at - BEFORE);
  const part = (characters: readonly string[]): string => {
    const end = start + WIDTH;
    const shown = visibleText(characters.slice(start, end).join(''));
    return `"${start > 0 ? '…' : ''}${shown}${end < characters.length ? '…' : ''}"`;
  };
  const [a, b] = aligned(labels);
  const lead = a.length + 1 + (start > 0 ? 1 : 0) + visibleText(before.slice(start, at).join('')).length;
  return [
    `${a}${part(before)}`,
    `${b}${part(after)}`,
    `${' '.repeat(lead)}^ first difference: character ${figure(at + 1)}`,
  ];
}

/** `-` is the expected, `+` the found text, from the first to the last line that differs, with a line around them. */
function lineDiff(expected: readonly string[], found: readonly string[], kind: string): string[] {
  const first = firstDifference(expected, found);
  const same = firstDifference(expected.slice(first).reverse(), found.slice(first).reverse());
  const before = expected.slice(first, expected.length - same);
  const after = found.slice(first, found.length - same);
  const column = firstDifference(Array.from(before[0] ?? ''), Array.from(after[0] ?? ''));
  const side = (mark: string, lines: readonly string[]): string[] => [
    ...lines.slice(0, LINES).map((line) => `${mark} ${around(line, column)}`),
    ...(lines.length > LINES ? [`${mark} … ${quantity(lines.length - LINES, 'more line')}`] : []),
  ];
  const context = (line: string | undefined): string[] =>
    line === undefined ? [] : [`  ${visibleExcerpt(line, WIDTH)}`];
  return [
    `${kind}first difference: line ${figure(first + 1)}, character ${figure(column + 1)}`,
    ...context(expected[first - 1]),
    ...side('-', before),
    ...side('+', after),
    ...context(same > 0 ? expected[expected.length - same] : undefined),
  ];
}

/** A line, or the part of it around a place. */
function around(line: string, at: number): string {
  const characters = Array.from(line);
  const start = at > WIDTH - BEFORE ? at - BEFORE : 0;
  const end = start + WIDTH;
  return `${start > 0 ? '…' : ''}${visibleText(characters.slice(start, end).join(''))}${end < characters.length ? '…' : ''}`;
}

const ROW = 16;

/** The row of the first differing byte with one row around it, in the manner of `hexdump -C`. */
function hexDiff(expected: Buffer, found: Buffer, at: number, labels: DiffLabels): string[] {
  const first = Math.max(0, Math.floor(at / ROW) - 1) * ROW;
  const rows = (label: string, data: Buffer): string[] =>
    [first, first + ROW, first + 2 * ROW]
      .filter((offset) => offset < data.length || (offset === first && data.length <= first))
      .map((offset) => `${label}${hexRow(data, offset)}`);
  const [a, b] = aligned(labels);
  return [
    `first difference: byte ${figure(at)} (0x${at.toString(16)}), counted from 0`,
    ...rows(a, expected),
    ...rows(b, found),
  ];
}

function hexRow(data: Buffer, offset: number): string {
  const row = data.subarray(offset, offset + ROW);
  const address = offset.toString(16).padStart(8, '0');
  if (row.length === 0) return `${address}  (ends before)`;
  const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'));
  const text = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
  const halves = `${hex.slice(0, 8).join(' ').padEnd(23)}  ${hex.slice(8).join(' ').padEnd(23)}`;
  return `${address}  ${halves}  |${text}|`;
}

/** Labels in one width, so that what follows stands one below the other. */
function aligned({ expected, found }: DiffLabels): readonly [string, string] {
  const width = Math.max(expected.length, found.length) + 2;
  return [expected.padEnd(width), found.padEnd(width)];
}
