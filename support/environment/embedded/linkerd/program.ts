/**
 * The reference of Linkerd's proxy: takes a pod's connections as `linkerd2-proxy` does. It is started as the user 2102 inside the pod's
 * network namespace, where the rules of `proxy-init` lead connections to its two ports.
 */
import { becomeUser } from '../../../linux/privileges.js';
import { koffi } from '../../../linux/system-call.js';
import { runProgram } from '../../../program/program.js';
import { Http1Proxy } from '../sidecar/http1-proxy.js';
import { MutualTls } from '../sidecar/mutual-tls.js';
import { servePod } from '../sidecar/serve-pod.js';
import { Telemetry } from '../sidecar/telemetry.js';
import { LINKERD_TLS } from './identity.js';
import { LinkerdInbound } from './inbound.js';
import { LINKERD_INBOUND_PORT, LINKERD_OUTBOUND_PORT, type LinkerdProxyOptions } from './options.js';
import { LinkerdOutbound } from './outbound.js';

// Loaded while files can still be read as the original user.
koffi();

runProgram<LinkerdProxyOptions>(
  async ({ options, log }) => {
    const telemetry = new Telemetry(options.accessLog === true ? (text) => log('info', text) : undefined);
    const mutualTls = new MutualTls(options.identity, LINKERD_TLS);
    const http1 = new Http1Proxy();
    const inbound = new LinkerdInbound(options, mutualTls, telemetry, http1);
    const outbound = new LinkerdOutbound(options, mutualTls, telemetry, http1);
    await servePod(
      [
        { port: LINKERD_INBOUND_PORT, accept: (socket) => inbound.accept(socket) },
        { port: LINKERD_OUTBOUND_PORT, accept: (socket) => outbound.accept(socket) },
      ],
      { ...(options.dualStack !== undefined && { dualStack: options.dualStack }), log },
    );
    return { handlers: { statistics: () => telemetry.snapshot() } };
  },
  { becomeUser },
);
