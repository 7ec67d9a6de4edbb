/**
 * A whole HTTP/2 connection's first flight as one buffer: preface, SETTINGS, and a POST whose HEADERS and DATA (with
 * END_STREAM) stand right behind each other (without `ends` the request goes on). Most client libraries cannot be made to write it in one segment.
 */
export function firstFlight(path: string, contentType: string, body: Uint8Array, { ends = true } = {}): Buffer {
  // Indexed `:method: POST` and `:scheme: http`, then literals with indexed names (RFC 7541 §6.1, §6.2.1, Appendix A).
  const block = Buffer.concat([
    Buffer.of(0x83, 0x86),
    literal(1, 'host.test'),
    literal(4, path),
    literal(31, contentType),
  ]);
  return Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(0x4, 0, 0, Buffer.alloc(0)),
    frame(0x1, 0x4, 1, block),
    frame(0x0, ends ? 0x1 : 0, 1, body),
  ]);
}

/** RST_STREAM of the stream that {@link firstFlight} opened. */
export function resetFrame(code: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return frame(0x3, 0, 1, payload);
}

function literal(nameIndex: number, value: string): Buffer {
  return Buffer.concat([Buffer.of(0x40 | nameIndex, value.length), Buffer.from(value)]);
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
