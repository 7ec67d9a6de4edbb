/** What is needed of a TLS ClientHello to choose what to do with the connection. */
export interface ClientHello {
  readonly alpn: readonly string[];
}

const HANDSHAKE_RECORD = 0x16;
const CLIENT_HELLO = 1;
const ALPN_EXTENSION = 16;
const RECORD_HEADER = 5;
const HANDSHAKE_HEADER = 4;
/** A ClientHello with post-quantum key shares has about 2 KiB; one that is larger than this is not waited for. */
const LARGEST = 64 * 1024;

/**
 * Reads the first bytes of a connection as a TLS ClientHello (RFC 8446 §4.1.2, ALPN: RFC 7301).
 * `not-tls`: they are none. `undefined`: more bytes are needed.
 */
export function readClientHello(head: Buffer): ClientHello | 'not-tls' | undefined {
  if (head.length > 0 && head[0] !== HANDSHAKE_RECORD) return 'not-tls';
  if (head.length > 1 && head[1] !== 3) return 'not-tls';
  const message = handshakeBytes(head);
  if (message.length < HANDSHAKE_HEADER) return undefined;
  if (message[0] !== CLIENT_HELLO) return 'not-tls';
  const length = message.readUIntBE(1, 3);
  if (length > LARGEST) return 'not-tls';
  if (message.length < HANDSHAKE_HEADER + length) return undefined;
  try {
    return { alpn: alpnOf(message.subarray(HANDSHAKE_HEADER, HANDSHAKE_HEADER + length)) };
  } catch (error) {
    // A length that points out of the message: the TLS library will refuse it with the right alert.
    if (error instanceof RangeError) return { alpn: [] };
    throw error;
  }
}

/** The content of the records so far: a ClientHello may be spread over several. */
function handshakeBytes(head: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let offset = 0; offset + RECORD_HEADER <= head.length && head[offset] === HANDSHAKE_RECORD; ) {
    const end = offset + RECORD_HEADER + head.readUInt16BE(offset + 3);
    parts.push(head.subarray(offset + RECORD_HEADER, end));
    offset = end;
  }
  return Buffer.concat(parts);
}

function alpnOf(hello: Buffer): string[] {
  let offset = 2 + 32; // version, random
  offset += 1 + hello.readUInt8(offset); // session id
  offset += 2 + hello.readUInt16BE(offset); // cipher suites
  offset += 1 + hello.readUInt8(offset); // compression methods
  if (offset >= hello.length) return [];
  const end = offset + 2 + hello.readUInt16BE(offset);
  for (offset += 2; offset < end; ) {
    const type = hello.readUInt16BE(offset);
    const length = hello.readUInt16BE(offset + 2);
    offset += 4;
    if (type === ALPN_EXTENSION) return names(hello.subarray(offset + 2, offset + length));
    offset += length;
  }
  return [];
}

function names(list: Buffer): string[] {
  const found: string[] = [];
  for (let offset = 0; offset < list.length; ) {
    const length = list.readUInt8(offset);
    found.push(list.toString('latin1', offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
  return found;
}
