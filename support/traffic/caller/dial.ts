import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Target } from './exchange.js';

/**
 * Begins to connect to a target, in TLS where it wants that. Whoever it is will do: what is tested is what a mirror sees, not trust.
 * @param applications what is offered to be spoken inside TLS (ALPN)
 */
export function dial({ host, port, authority, tls }: Target, applications: readonly string[]): Socket {
  if (tls !== true) return connect({ host, port, noDelay: true });
  const socket = connectTls({
    host,
    port,
    servername: authority.replace(/:\d+$/, ''),
    ALPNProtocols: [...applications],
    rejectUnauthorized: false,
  });
  return socket.setNoDelay(true);
}
