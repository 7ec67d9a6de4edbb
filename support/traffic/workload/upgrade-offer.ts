import type { IncomingMessage } from 'node:http';
import type { Header } from '../../model/journal.js';
import { headerOf } from './server-journal.js';

/** A request without its offer to change the protocol, as bytes: to be read again. */
export function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]];
    const kept = name.toLowerCase() === 'connection' ? value.replace(/(^|,)\s*upgrade\s*(?=,|$)/i, '') : value;
    if (name.toLowerCase() !== 'upgrade' && kept !== '') lines.push(`${name}: ${kept}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** Whether the client wants a WebSocket, and not for example HTTP/2 (`h2c`). */
export function offersWebSocket(headers: readonly Header[]): boolean {
  return /\bwebsocket\b/i.test(headerOf(headers, 'upgrade') ?? '');
}
