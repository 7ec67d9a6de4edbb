import { HTTP2_FRAME } from '../http2-names.js';

/** One HTTP/2 frame; the payload is text with one octet a character. */
export function frame(
  type: keyof typeof HTTP2_FRAME | number,
  flags: number,
  stream: number,
  payload: string | Uint8Array,
): Buffer {
  const data = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : Buffer.from(payload);
  const header = Buffer.alloc(9);
  header.writeUIntBE(data.length, 0, 3);
  header[3] = typeof type === 'number' ? type : HTTP2_FRAME[type];
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, data]);
}

/** A header block of literals that leave the dynamic table alone. */
export function headerBlock(headers: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]));
}

/** The header block of a request. */
export function requestBlock(path: string, headers: readonly (readonly [name: string, value: string])[] = []): Buffer {
  return headerBlock([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'echo:80'],
    ...headers,
  ]);
}

function literal(text: string): Buffer {
  const octets = Buffer.from(text, 'latin1');
  if (octets.length >= 127) throw new Error('no test needs longer literals');
  return Buffer.concat([Buffer.from([octets.length]), octets]);
}
