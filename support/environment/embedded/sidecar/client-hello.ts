import type { TlsClientHello } from '../../../model/journal.js';
import { ClientHelloReader } from '../../../wire/tls.js';

const HANDSHAKE_RECORD = 0x16;
const MAJOR_VERSION = 3;

/**
 * Reads the first bytes of a connection as a TLS ClientHello (RFC 8446 §4.1.2).
 * `not-tls`: they are none, or a malformed one. `undefined`: more bytes are needed.
 */
export function readClientHello(head: Buffer): TlsClientHello | 'not-tls' | undefined {
  // Plaintext must not wait until there are as many bytes as a record has in its header.
  if (head.length > 0 && head[0] !== HANDSHAKE_RECORD) return 'not-tls';
  if (head.length > 1 && head[1] !== MAJOR_VERSION) return 'not-tls';
  const reader = new ClientHelloReader();
  reader.push(head);
  return reader.done ? (reader.hello ?? 'not-tls') : undefined;
}
