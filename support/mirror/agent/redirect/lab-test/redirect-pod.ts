import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { makePod } from '../../../../linux/lab-tests.js';
import { inNetworkNamespace } from '../../../../linux/network-namespace.js';
import type { MirrorSession } from '../../../session.js';
import { type TestHost, testHost } from '../../../test-host.js';
import { startAgentSession } from '../../session.js';
import { until } from '../testing/interception.js';

export const POD_ADDRESS = '10.7.0.2';
export const PORT = 8080;

/** A pod with a workload, callers outside of it, and redirecting sessions; for lab tests. */
export function redirectPod() {
  makePod('pod', POD_ADDRESS, '10.7.0.1');
  const netnsPath = '/run/netns/pod';
  mkdirSync('/run/mirror');
  chmodSync('/run/mirror', 0o777);
  let sessions = 0;

  function runInPod(argv: readonly [string, ...string[]], input?: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = execFile('nsenter', [`--net=${netnsPath}`, '--', ...argv], (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(stderr.trim(), { cause: error }));
      });
      child.stdin?.end(input);
    });
  }

  /** The pod's nat table, but for counters. */
  function natTable(): string[] {
    const argv = [`--net=${netnsPath}`, 'iptables-save', '-t', 'nat'];
    return execFileSync('nsenter', argv)
      .toString()
      .split('\n')
      .filter((line) => /^(:|-A)/.test(line));
  }

  function emptyTables(): void {
    const input = '*nat\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\nCOMMIT\n';
    execFileSync('nsenter', [`--net=${netnsPath}`, 'iptables-restore'], { input });
  }

  async function start(
    context: TestContext,
    {
      flushConnections = false,
      ports = [PORT],
    }: { readonly flushConnections?: boolean; readonly ports?: number[] } = {},
  ): Promise<{ readonly session: MirrorSession; readonly pod: TestHost }> {
    const pod = testHost('pod', netnsPath);
    const session = await startAgentSession(
      {
        pod,
        outside: testHost('outside'),
        mechanism: { profile: 'redirect', flushConnections, runInPod },
        ports,
        socketPath: `/run/mirror/redirect-${++sessions}.sock`,
        local: { kind: 'receiver' },
      },
      AbortSignal.timeout(20_000),
    );
    context.after(async () => {
      await session.dispose();
      emptyTables();
    });
    return { session, pod };
  }

  async function listenInPod<S extends Server>(context: TestContext, server: S, port = PORT): Promise<S> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket));
    inNetworkNamespace(netnsPath, () => server.listen(port));
    await once(server, 'listening');
    context.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return server;
  }

  /** A workload that answers each request with its path, and counts the connections it gets. */
  async function workload(context: TestContext): Promise<{ connections(): number }> {
    let connections = 0;
    const server = createHttpServer({ keepAliveTimeout: 0 }, (request, response) => response.end(request.url));
    server.on('connection', () => {
      connections += 1;
    });
    await listenInPod(context, server);
    return { connections: () => connections };
  }

  /** A connection on which requests are made one after the other, until it breaks. */
  async function caller(context: TestContext, port = PORT) {
    const socket = connect({ host: POD_ADDRESS, port });
    context.after(() => socket.destroy());
    let broken: string | undefined;
    let heard = '';
    socket.on('error', (error: NodeJS.ErrnoException) => {
      broken = error.code;
    });
    socket.on('data', (chunk: Buffer) => {
      heard += chunk;
    });
    await once(socket, 'connect');
    return async (path: string): Promise<string> => {
      heard = '';
      socket.write(`GET ${path} HTTP/1.1\r\nhost: workload\r\n\r\n`);
      await until(() => broken !== undefined || socket.destroyed || heard.endsWith(path));
      return broken ?? (heard.endsWith(path) ? 'answered' : 'closed');
    };
  }

  async function mirroredPaths(session: MirrorSession): Promise<string[]> {
    while (!(await session.quiescent())) await new Promise((resolve) => setTimeout(resolve, 5));
    return session.journal.flatMap((record) => (record.kind === 'request' ? [record.path] : []));
  }

  return { runInPod, natTable, emptyTables, start, listenInPod, workload, caller, mirroredPaths };
}
