/**
 * The reference sidecar (engine `node`): intercepts a pod's traffic as Istio's does. It is started as the user 1337 inside
 * the pod's network namespace, where the interception rules lead connections to its two ports.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { becomeUser } from '../../../linux/privileges.js';
import { koffi } from '../../../linux/system-call.js';
import { takeTransparently } from '../../../linux/transparent-socket.js';
import { runProgram } from '../../../program/program.js';
import { Http1Proxy } from './http1-proxy.js';
import { Inbound } from './inbound.js';
import { MutualTls } from './mutual-tls.js';
import { INBOUND_PORT, OUTBOUND_PORT, type SidecarOptions } from './options.js';
import { Outbound } from './outbound.js';
import { Telemetry } from './telemetry.js';

// Loaded while files can still be read as the original user.
koffi();

runProgram<SidecarOptions>(
  async ({ options, log }) => {
    const telemetry = new Telemetry(options.accessLog === true ? (text) => log('info', text) : undefined);
    const mutualTls = new MutualTls(options.identity);
    const http1 = new Http1Proxy();
    const inbound = new Inbound(options, mutualTls, telemetry, http1);
    const outbound = new Outbound(options, mutualTls, telemetry, http1);
    const accept = (side: Inbound | Outbound) => (socket: Socket) => {
      side.accept(socket).catch((error: unknown) => {
        socket.destroy();
        log('error', `a connection could not be served: ${error instanceof Error ? error.stack : String(error)}`);
      });
    };
    const hosts = options.dualStack === true ? ['0.0.0.0', '::'] : ['0.0.0.0'];
    await Promise.all(
      hosts.flatMap((host) => [
        listen({ host, port: INBOUND_PORT }, accept(inbound)).then((server) => {
          if (options.originalSource === true) takeTransparently(server);
        }),
        listen({ host, port: OUTBOUND_PORT }, accept(outbound)),
      ]),
    );
    return { handlers: { statistics: () => telemetry.snapshot() } };
  },
  { becomeUser },
);

/** Listens on all addresses of the pod, of one version of IP. Connections may be half-open. */
function listen(
  { host, port }: { readonly host: string; readonly port: number },
  accept: (socket: Socket) => void,
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
    server.once('error', reject);
    server.listen({ port, host, ipv6Only: host === '::', backlog: 4096 }, () => resolve(server));
  });
}
