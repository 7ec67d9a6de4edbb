/**
 * The agent of a mirror session with the profile `redirect`. It is started as an ordinary user, in a group of its own that the rules
 * except; those rules are made by somebody else, so what parses the traffic of others has no privileges.
 */
import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { originalDestination } from '../../../linux/original-destination.js';
import { koffi } from '../../../linux/system-call.js';
import { messageOf } from '../../../model/errors.js';
import type { SessionCounters } from '../../../model/session.js';
import { runProgram } from '../../../program/program.js';
import type { Backlog } from '../backlog.js';
import { listenForLocalProcess } from '../local-process-socket.js';
import { compileFilter } from './http-filter.js';
import { reset } from './intercepted.js';
import type { RedirectAgentInfo, RedirectAgentProgramOptions } from './program-interface.js';
import { RedirectAgent } from './redirect-agent.js';

const BACKLOG = 4096;
const PROBE_BYTES = 16;

// Loaded while files can still be read as the original user.
koffi();

runProgram<RedirectAgentProgramOptions>(async ({ options, log }) => {
  const agent = new RedirectAgent({
    version: options.version,
    toOriginalAddress: options.toOriginalAddress,
    detectionTimeoutMs: options.detectionTimeoutMs,
    log,
    ...(options.cacheControl !== undefined && { cacheControl: options.cacheControl }),
    ...(options.filter !== undefined && { filter: compileFilter(options.filter) }),
  });
  const accept = (socket: Socket): void => {
    socket.on('error', () => {});
    let destination: ReturnType<typeof originalDestination>;
    try {
      destination = originalDestination(socket);
    } catch (error) {
      // Nobody knows where it was to go: mirrord, too, drops it (3.250 incoming/iptables.rs:172-217).
      log('warn', `a connection is dropped: its original destination is unknown (${messageOf(error)})`);
      reset(socket);
      return;
    }
    if (destination.port === socket.localPort) {
      // Nobody was led here: the agent's own sign of life, or a stranger. What it says comes back.
      socket.once('data', (said: Buffer) => socket.end(said.subarray(0, PROBE_BYTES)));
      return;
    }
    agent.intercept(socket, destination).catch((error: unknown) => {
      socket.destroy();
      log('error', `a connection could not be passed on: ${error instanceof Error ? error.stack : String(error)}`);
    });
  };
  const listeners = [await listen(accept, '0.0.0.0')];
  if (options.ipv6 && hasIPv6()) listeners.push(await listen(accept, '::'));
  const [port = 0, portIPv6] = listeners.map((listener) => (listener.address() as AddressInfo).port);
  await listenForLocalProcess(
    createServer((socket) => agent.serve(socket)),
    options.socketPath,
  );
  log('info', `listening on port ${port}${portIPv6 === undefined ? '' : `, for IPv6 on port ${portIPv6}`}`);
  const info: RedirectAgentInfo = { port, ...(portIPv6 !== undefined && { portIPv6 }) };
  return {
    info,
    handlers: {
      counters: (): SessionCounters => agent.counters(),
      backlog: (): Promise<Backlog> => agent.backlog(),
      /** Lets what is under way come to its end. */
      close: ({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> => agent.closeHttp(timeoutMs),
      /** Whether a marked connection to the listener is answered. */
      probe: ({ timeoutMs }: { readonly timeoutMs: number }): Promise<boolean> => probe(port, timeoutMs),
    },
  };
});

function hasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ family, internal }) => family === 'IPv6' && !internal),
  );
}

/** Connections may be half-open. IPv4 and IPv6 have a listener each, as mirrord's agent has. */
function listen(accept: (socket: Socket) => void, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
    server.once('error', reject);
    server.listen({ port: 0, host, ipv6Only: host === '::', backlog: BACKLOG }, () => resolve(server));
  });
}

function probe(port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const mark = randomBytes(PROBE_BYTES);
    const heard: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port });
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => heard.push(chunk));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(heard).equals(mark));
    });
    socket.write(mark);
  });
}
