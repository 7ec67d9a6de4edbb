import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { labTests, makePod } from '../../../linux/lab-tests.js';
import { inNetworkNamespace } from '../../../linux/network-namespace.js';
import { EnvironmentError } from '../../../model/errors.js';
import type { MirrorSession } from '../../session.js';
import { type TestHost, testHost } from '../../test-host.js';
import { type AgentSessionOptions, startAgentSession } from '../session.js';
import type { RedirectOptions } from './mechanism.js';

const POD_ADDRESS = '10.7.0.2';
const PORT = 8080;

labTests(import.meta.url, () => {
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
    { flushConnections = false, ...options }: Partial<AgentSessionOptions & RedirectOptions> = {},
  ): Promise<{ readonly session: MirrorSession; readonly pod: TestHost }> {
    const pod = testHost('pod', netnsPath);
    const session = await startAgentSession(
      {
        pod,
        outside: testHost('outside'),
        mechanism: { profile: 'redirect', flushConnections, runInPod },
        ports: [PORT],
        socketPath: `/run/mirror/redirect-${++sessions}.sock`,
        local: { kind: 'receiver' },
        ...options,
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

  async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = performance.now() + 10_000;
    while (!(await holds())) {
      assert.ok(performance.now() < deadline, 'in time');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async function mirroredPaths(session: MirrorSession): Promise<string[]> {
    await until(() => session.quiescent());
    return session.journal.flatMap((record) => (record.kind === 'request' ? [record.path] : []));
  }

  const alive = { captureSawProbe: true, relayAnswered: true, localProcessListens: true };

  test('new connections go through the agent and are mirrored; afterwards no rule is left, and another session works', async (context) => {
    const { connections } = await workload(context);
    const before = natTable();
    for (const run of [1, 2]) {
      const { session, pod } = await start(context);
      const get = await caller(context);
      const connectionsBefore = connections();
      assert.equal(await get(`/${run}/a`), 'answered');
      assert.equal(await get(`/${run}/b`), 'answered');
      assert.equal(connections() - connectionsBefore, 2, 'each request has a connection of its own');
      assert.deepEqual(await mirroredPaths(session), [`/${run}/a`, `/${run}/b`]);
      assert.deepEqual(await session.proveAlive(), alive);
      const report = await session.report();
      assert.deepEqual([report.profile, report.version, report.listenInterface], ['redirect', '3.250.0', undefined]);
      assert.deepEqual([report.counters.requests, report.counters.lagged], [2, 0]);

      const status = readFileSync(`/proc/${pod.children.get('mirror agent')?.pid}/status`, 'utf8');
      assert.match(status, /^Uid:\s+65534\s+65534\s+65534\s+65534$/m);
      assert.match(status, /^CapEff:\s+0+$/m);
      const group = Number(/^Gid:\s+(\d+)/m.exec(status)?.[1]);
      assert.ok(group >= 3000 && group !== 65_534);

      await session.dispose();
      assert.deepEqual(
        natTable().filter((line) => /MRD/.test(line)),
        [],
      );
      const direct = await caller(context);
      assert.equal(await direct('/direct'), 'answered');
    }
    assert.ok(before.every((line) => !/MRD/.test(line)));
  });

  test('what comes through lo is mirrored as well', async (context) => {
    await workload(context);
    const { session } = await start(context);
    await runInPod([process.execPath, '-e', `fetch('http://127.0.0.1:${PORT}/lo').then((r) => r.text())`]);
    assert.deepEqual(await mirroredPaths(session), ['/lo']);
  });

  test('a session is not proven alive when its rules are gone', async (context) => {
    const { session } = await start(context);
    assert.deepEqual(await session.proveAlive(), alive);
    const chain =
      natTable()
        .find((line) => line.startsWith('-A MRDIN_'))
        ?.split(' ')[1] ?? '';
    await runInPod(['iptables', '-t', 'nat', '-F', chain]);
    assert.deepEqual(await session.proveAlive(), { ...alive, captureSawProbe: false });
  });

  test("another agent's chains refuse the session, in mirrord's words", async (context) => {
    context.after(emptyTables);
    await runInPod(['iptables', '-t', 'nat', '-N', 'MRDIN_old']);
    await assert.rejects(start(context), (error: unknown) => {
      assert.ok(error instanceof EnvironmentError);
      assert.match(error.message, /^Detected dirty iptables\. .* Leftover chains: MRDIN_old/);
      return true;
    });
  });

  test('open connections are broken at the start, and what replaces them is mirrored', async (context) => {
    await workload(context);
    const get = await caller(context);
    assert.equal(await get('/before'), 'answered');
    const { session } = await start(context, { mechanism: { profile: 'redirect', flushConnections: true, runInPod } });
    const { log } = await session.report();
    const flushed = log.map(({ text }) => text).filter((text) => text.startsWith('flush: '));
    for (const line of flushed) context.diagnostic(line);
    assert.ok(
      flushed.some((line) => line === `flush: port ${PORT}: ss ended 1 sockets`),
      flushed.join('; '),
    );
    assert.notEqual(await get('/broken'), 'answered');
    const again = await caller(context);
    assert.equal(await again('/again'), 'answered');
    assert.deepEqual(await mirroredPaths(session), ['/again']);
  });

  test('without the flush a connection that the kernel tracks goes on, unmirrored', async (context) => {
    await workload(context);
    // Any rule of this kind makes the kernel track connections, as a mesh's rules do.
    await runInPod([
      'iptables',
      '-t',
      'nat',
      '-A',
      'PREROUTING',
      '-p',
      'tcp',
      '--dport',
      '9',
      '-j',
      'REDIRECT',
      '--to-ports',
      '9',
    ]);
    const get = await caller(context);
    assert.equal(await get('/before'), 'answered');
    const { session } = await start(context);
    assert.equal(await get('/after'), 'answered');
    const fresh = await caller(context);
    assert.equal(await fresh('/fresh'), 'answered');
    assert.deepEqual(await mirroredPaths(session), ['/fresh']);
  });

  test('without the flush a connection that the kernel did not track is broken by the rules themselves', async (context) => {
    await workload(context);
    const get = await caller(context);
    assert.equal(await get('/before'), 'answered');
    // nf_conntrack_tcp_loose: the next packet counts as a new connection, is redirected, and the listener knows nothing of it.
    const { session } = await start(context);
    assert.equal(await get('/after'), 'ECONNRESET');
    assert.deepEqual(await mirroredPaths(session), []);
  });

  for (const [rules, mirrored] of [
    [['-p tcp -m tcp --dport 8081 -j RETURN'], ['/in']],
    [['-p tcp -m tcp --dport 8081 -j RETURN', '-p tcp -m tcp --dport 15020 -j RETURN'], []],
  ] as const) {
    test(`a port that a mesh excludes is ${mirrored.length === 0 ? 'not ' : ''}mirrored when the mesh has ${rules.length} such rule(s)`, async (context) => {
      const server = createHttpServer((request, response) => response.end(request.url));
      await listenInPod(context, server, 8081);
      await runInPod(
        ['iptables-restore', '--noflush'],
        [
          '*nat',
          ':ISTIO_INBOUND - [0:0]',
          ':ISTIO_OUTPUT - [0:0]',
          '-A PREROUTING -p tcp -j ISTIO_INBOUND',
          '-A OUTPUT -j ISTIO_OUTPUT',
          ...rules.map((rule) => `-A ISTIO_INBOUND ${rule}`),
          'COMMIT\n',
        ].join('\n'),
      );
      const { session } = await start(context, { ports: [8081] });
      const get = await caller(context, 8081);
      assert.equal(await get('/in'), 'answered');
      // What a sidecar hands to its application is not touched by it: that comes through OUTPUT.
      await runInPod([process.execPath, '-e', `fetch('http://127.0.0.1:8081/lo').then((r) => r.text())`]);
      assert.deepEqual(await mirroredPaths(session), [...mirrored, '/lo']);
      assert.deepEqual(await session.proveAlive(), alive);
    });
  }

  test('raw connections keep their peer and their half-close', async (context) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      socket.resume();
      socket.on('end', () => socket.end('bye'));
    });
    await listenInPod(context, server);
    const { session } = await start(context);
    const client = connect({ host: POD_ADDRESS, port: PORT, allowHalfOpen: true });
    context.after(() => client.destroy());
    client.end('\x00\x01raw');
    const [answer] = (await once(client, 'data')) as [Buffer];
    assert.equal(String(answer), 'bye');
    client.end();
    await until(() => session.journal.some(({ kind }) => kind === 'connection-closed'));
    const [opened, raw] = session.journal;
    assert.ok(opened?.kind === 'connection-opened' && raw?.kind === 'raw');
    assert.equal(opened.local, `${POD_ADDRESS}:${PORT}`);
    assert.match(opened.remote ?? '', /^10\.7\.0\.1:\d+$/);
    assert.equal(raw.body.length, 5);
  });
});
