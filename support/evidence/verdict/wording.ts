import type { Exchange } from '../../model/exchanges.js';
import { isGrpc } from '../../model/protocol.js';
import { visibleExcerpt, visibleText } from '../../model/visible-text.js';
import { redaction } from '../redact.js';

/** `1 packet`, `2 packets`, `12,345 packets`. */
export function quantity(count: number, noun: string, plural = `${noun}s`): string {
  return `${figure(count)} ${count === 1 ? noun : plural}`;
}

// Made once: `toLocaleString` makes one for each number, which dominated the cost of many verdicts.
const FIGURES = new Intl.NumberFormat('en-US');

/** A count with thousands separators. */
export function figure(count: number): string {
  return FIGURES.format(count);
}

/** A span of time: `0.4 ms`, `12 ms`, `1,204 ms`. */
export function milliseconds(span: number): string {
  return `${span < 10 ? span.toFixed(1) : figure(Math.round(span))} ms`;
}

/** `once`, `twice`, `3 times`. */
export function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${figure(count)} times`;
}

/** Text from outside in quotes, safe to show and short. */
export function quoted(text: string, characters = 160): string {
  return `"${visibleExcerpt(redaction().text(text), characters)}"`;
}

/**
 * Two values that differ, each cut to the part around the first difference where it is too long to show whole.
 * Both come out safe to show, without credentials.
 */
export function excerptPair(sent: string, arrived: string, characters = 120): readonly [string, string] {
  const [expected, found] = [redaction().text(sent), redaction().text(arrived)];
  if (expected.length <= characters && found.length <= characters) return [visibleText(expected), visibleText(found)];
  const start = Math.max(0, firstDifference(expected, found) - 24);
  const excerpt = (value: string): string => `${start > 0 ? '…' : ''}${visibleExcerpt(value.slice(start), characters)}`;
  return [excerpt(expected), excerpt(found)];
}

/** Index of the first element in which two sequences differ; the shorter length if one begins with the other. */
export function firstDifference<T>(a: ArrayLike<T>, b: ArrayLike<T>): number {
  const shorter = Math.min(a.length, b.length);
  let index = 0;
  while (index < shorter && a[index] === b[index]) index++;
  return index;
}

/** What an exchange asks for: `POST /orders`, for gRPC `mirrorspec.echo.v1.Echo/Unary`, or `TCP unary length=12`. */
export function operationOf({ protocol, method, path: asked }: Exchange): string {
  const path = redaction().text(asked);
  return isGrpc(protocol)
    ? visibleExcerpt(path.replace(/^\//, ''), 120)
    : `${visibleExcerpt(method, 20)} ${visibleExcerpt(path, 120)}`;
}
