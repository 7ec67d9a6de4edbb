/**
 * The reference sidecar (engine `node`): intercepts a pod's traffic as Istio's does. It is started as the user 1337 inside
 * the pod's network namespace, where the interception rules lead connections to its two ports.
 */
import { becomeUser } from '../../../linux/privileges.js';
import { koffi } from '../../../linux/system-call.js';
import { takeTransparently } from '../../../linux/transparent-socket.js';
import { runProgram } from '../../../program/program.js';
import { Http1Proxy } from './http1-proxy.js';
import { Inbound } from './inbound.js';
import { MutualTls } from './mutual-tls.js';
import { INBOUND_PORT, OUTBOUND_PORT, type SidecarOptions } from './options.js';
import { Outbound } from './outbound.js';
import { servePod } from './serve-pod.js';
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
    await servePod(
      [
        {
          port: INBOUND_PORT,
          accept: (socket) => inbound.accept(socket),
          onListening: (server) => {
            if (options.originalSource === true) takeTransparently(server);
          },
        },
        { port: OUTBOUND_PORT, accept: (socket) => outbound.accept(socket) },
      ],
      { ...(options.dualStack !== undefined && { dualStack: options.dualStack }), log },
    );
    return { handlers: { statistics: () => telemetry.snapshot() } };
  },
  { becomeUser },
);
