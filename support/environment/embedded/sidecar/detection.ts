import { METHODS } from 'node:http';
import type { Duplex } from 'node:stream';
import type { PortProtocol } from '../../../model/port-protocol.js';

/** What is spoken inside a connection, TLS aside. */
export type Spoken = 'http/1.1' | 'h2' | 'tcp';

const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
const METHOD_STARTS = METHODS.map((method) => Buffer.from(`${method} `, 'latin1'));
/** Longer than any request line that fits Envoy's 60 KiB of headers: no HTTP. */
const LONGEST_REQUEST_LINE = 60 * 1024;
const LINE_FEED = 0x0a;

/**
 * Tells HTTP/2 and HTTP/1 from other bytes, as Envoy's HTTP inspector does: by the preface, or by a whole request line
 * with a known method. `undefined`: more bytes are needed.
 */
export function detectSpoken(head: Buffer): Spoken | undefined {
  if (isPrefix(head, HTTP2_PREFACE)) return head.length < HTTP2_PREFACE.length ? undefined : 'h2';
  if (!METHOD_STARTS.some((method) => isPrefix(head, method))) return 'tcp';
  const end = head.indexOf(LINE_FEED);
  if (end === -1) return head.length > LONGEST_REQUEST_LINE ? 'tcp' : undefined;
  return / HTTP\/1\.[01]\r?$/.test(head.toString('latin1', 0, end)) ? 'http/1.1' : 'tcp';
}

/**
 * What is spoken on a connection to a port of this kind; `undefined` if it ends before that is known. What is no HTTP on a port that is
 * declared as HTTP is bad HTTP.
 *
 * @param negotiated by ALPN
 * @param patienceMs how long a client may keep silent before it is taken for one that speaks no HTTP. Default: for ever
 */
export async function spokenOn(
  socket: Duplex,
  protocol: PortProtocol = 'auto',
  negotiated?: Spoken,
  patienceMs?: number,
): Promise<Spoken | undefined> {
  if (protocol === 'tcp') return 'tcp';
  const late = patienceMs === undefined ? undefined : ({ afterMs: patienceMs, result: 'tcp' } as const);
  const spoken = negotiated ?? (await peek(socket, detectSpoken, late));
  return spoken === 'tcp' && protocol !== 'auto' ? 'http/1.1' : spoken;
}

/** Whether one of the two starts with the other, over the length of the shorter. */
function isPrefix(head: Buffer, start: Buffer): boolean {
  const length = Math.min(head.length, start.length);
  return head.compare(start, 0, length, 0, length) === 0;
}

/**
 * Looks at the first bytes of a connection without taking them: everything that was read is put back. The connection is
 * left paused. `judge` sees all bytes so far and answers `undefined` while it needs more; the result is `undefined` if
 * the connection ends before it has decided. Never rejects.
 *
 * @param late what is decided when that takes too long. Default: it may take for ever
 */
export function peek<T>(
  socket: Duplex,
  judge: (head: Buffer) => T | undefined,
  late?: { readonly afterMs: number; readonly result: T },
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const timer = late && setTimeout(() => settle(late.result), late.afterMs);
    const settle = (result: T | undefined): void => {
      clearTimeout(timer);
      socket.off('readable', read);
      socket.off('end', ended);
      socket.off('close', ended);
      if (parts.length > 0 && !socket.destroyed && !socket.readableEnded) socket.unshift(Buffer.concat(parts));
      resolve(result);
    };
    const read = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      parts.push(chunk);
      const result = judge(parts.length === 1 ? chunk : Buffer.concat(parts));
      if (result !== undefined) settle(result);
    };
    const ended = (): void => settle(undefined);
    socket.on('readable', read);
    socket.once('end', ended);
    socket.once('close', ended);
  });
}
