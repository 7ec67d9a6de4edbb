/**
 * The reference ztunnel: carries a pod's connections through mutual TLS to the ztunnel of another pod (HBONE: HTTP/2 CONNECT on port 15008),
 * and looks into none of them. A real ztunnel is one process for all pods of a node, outside of them, that opens its sockets in their network
 * namespaces; this one is a process in each pod, and there is no waypoint.
 */
import { createServer, type Socket } from 'node:net';
import { becomeUser } from '../../../linux/privileges.js';
import { koffi } from '../../../linux/system-call.js';
import { runProgram } from '../../../program/program.js';
import { MutualTls } from '../sidecar/mutual-tls.js';
import { type AccessLog, accessLine } from './access-log.js';
import { ZtunnelInbound } from './inbound.js';
import { HBONE_PORT, INBOUND_PLAINTEXT_PORT, OUTBOUND_PORT, type ZtunnelOptions } from './options.js';
import { ZtunnelOutbound } from './outbound.js';

/** Lines of the access log that are kept. */
const ACCESS_LOG_LINES = 10_000;

// Loaded while files can still be read as the original user.
koffi();

runProgram<ZtunnelOptions>(
  async ({ options, log }) => {
    const lines: string[] = [];
    const access: AccessLog = (said) => {
      lines.push(accessLine(said));
      if (lines.length > ACCESS_LOG_LINES) lines.shift();
    };
    const mutualTls = new MutualTls(options.identity);
    const inbound = new ZtunnelInbound(options, mutualTls, access);
    const outbound = new ZtunnelOutbound(options, mutualTls, access);
    const listen = (port: number, accept: (socket: Socket) => Promise<void>): Promise<void> =>
      new Promise((resolve, reject) => {
        const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
          accept(socket).catch((error: unknown) => {
            socket.destroy();
            log('error', `a connection could not be served: ${error instanceof Error ? error.stack : String(error)}`);
          });
        });
        server.once('error', reject);
        server.listen({ host: '0.0.0.0', port, backlog: 4096 }, () => resolve());
      });
    await Promise.all([
      listen(HBONE_PORT, (socket) => inbound.acceptTunnels(socket)),
      listen(INBOUND_PLAINTEXT_PORT, (socket) => inbound.acceptPlaintext(socket)),
      listen(OUTBOUND_PORT, (socket) => outbound.accept(socket)),
    ]);
    return { handlers: { 'access log': () => lines.map((line) => `${line}\n`).join('') } };
  },
  { becomeUser },
);
