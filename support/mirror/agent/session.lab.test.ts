import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { injectFrame } from '../../linux/inject-frame.js';
import { labTests, makePod } from '../../linux/lab-tests.js';
import { inNetworkNamespace } from '../../linux/network-namespace.js';
import { bytesOf, sameBytes } from '../../model/bytes.js';
import { EnvironmentError } from '../../model/errors.js';
import type { JournalRecord } from '../../model/journal.js';
import type { MirrorSession } from '../session.js';
import { type TestHost, testHost } from '../test-host.js';
import { type AgentSessionOptions, startAgentSession } from './session.js';
import type { SnifferOptions } from './sniffer-mechanism.js';

const POD_ADDRESS = '10.7.0.2';
const REQUEST = 'POST /mirror HTTP/1.1\r\nhost: workload\r\ncontent-length: 5\r\n\r\nhello';

labTests(import.meta.url, () => {
  makePod('pod', POD_ADDRESS, '10.7.0.1');
  const netnsPath = '/run/netns/pod';
  mkdirSync('/run/mirror');
  chmodSync('/run/mirror', 0o777);
  let sessions = 0;

  async function inject(name: string, frame: Uint8Array): Promise<void> {
    injectFrame({ ...(name === 'lo' && { netnsPath }), interface: name === 'lo' ? 'lo' : 'pod', frame });
  }

  async function start(
    context: TestContext,
    {
      listenInterface = 'eth0',
      meshed = false,
      injectProbe = inject,
      ...options
    }: Partial<AgentSessionOptions & SnifferOptions>,
  ): Promise<{ readonly session: MirrorSession; readonly pod: TestHost; readonly outside: TestHost }> {
    const pod = testHost('pod', netnsPath);
    const outside = testHost('outside');
    const session = await startAgentSession(
      {
        pod,
        outside,
        mechanism: { profile: 'sniffer', listenInterface, meshed, injectProbe },
        ports: [8080],
        socketPath: `/run/mirror/${++sessions}.sock`,
        local: { kind: 'receiver' },
        ...options,
      },
      AbortSignal.timeout(10_000),
    );
    context.after(() => session.dispose());
    return { session, pod, outside };
  }

  /** A workload in the pod that reads everything and answers nothing; listens in `start`'s default port. */
  async function workload(context: TestContext): Promise<Server> {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
    });
    inNetworkNamespace(netnsPath, () => server.listen(8080));
    await once(server, 'listening');
    context.after(() => server.close());
    return server;
  }

  async function send(data: string | Buffer): Promise<void> {
    const client = connect({ host: POD_ADDRESS, port: 8080 });
    client.resume();
    client.end(data);
    await once(client, 'close');
  }

  async function delivered(session: MirrorSession): Promise<void> {
    const deadline = performance.now() + 5000;
    while (!(await session.quiescent())) {
      assert.ok(performance.now() < deadline, 'the session does not come to rest');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async function journaled(session: MirrorSession, kind: JournalRecord['kind'], timeoutMs = 5000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!session.journal.some((record) => record.kind === kind)) {
      assert.ok(performance.now() < deadline, `no ${kind} in ${JSON.stringify(session.journal)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  function kinds(records: readonly JournalRecord[]): string[] {
    return records.map(({ kind }) => kind);
  }

  const alive = { captureSawProbe: true, relayAnswered: true, localProcessListens: true };

  test('a call is mirrored to the receiver, with its addresses, and the report says so', async (context) => {
    const server = await workload(context);
    const { session } = await start(context, {});
    const client = connect({ host: POD_ADDRESS, port: (server.address() as AddressInfo).port });
    client.write(REQUEST);
    await journaled(session, 'end');
    await delivered(session);
    assert.deepEqual(kinds(session.journal), ['connection-opened', 'request', 'message', 'end']);
    const [opened, request] = session.journal;
    assert.ok(opened?.kind === 'connection-opened' && request?.kind === 'request');
    assert.equal(opened.local, `${POD_ADDRESS}:8080`);
    assert.equal(opened.remote, `10.7.0.1:${client.localPort}`);
    assert.equal(request.path, '/mirror');
    const { counters, ...report } = await session.report();
    assert.equal(report.listenInterface, 'eth0');
    assert.deepEqual(report.ports, [8080]);
    assert.ok(report.subscribedAt < opened.at);
    assert.equal(counters.connections, 1);
    assert.equal(counters.forwardedBytes, REQUEST.length);
    assert.deepEqual([counters.drops, counters.lagged], [0, 0]);
    assert.ok(counters.frames >= 3);
    client.destroy();
  });

  test('a large body arrives byte by byte', async (context) => {
    await workload(context);
    const { session } = await start(context, {});
    const body = randomBytes(400_000);
    const head = Buffer.from(`POST /large HTTP/1.1\r\ncontent-length: ${body.length}\r\n\r\n`);
    await send(Buffer.concat([head, body]));
    await delivered(session);
    const { counters } = await session.report();
    if (counters.forwardedBytes > head.length + body.length) {
      context.skip('TCP sent a segment twice, which a sniffer passes on twice');
      return;
    }
    const message = session.journal.find(({ kind }) => kind === 'message');
    assert.ok(message?.kind === 'message');
    assert.ok(sameBytes(message.body, bytesOf(body)));
  });

  test('a closed connection lingers for a second, then the local process sees the end', async (context) => {
    await workload(context);
    const { session } = await start(context, {});
    await send(REQUEST);
    await delivered(session);
    const before = performance.now();
    await journaled(session, 'connection-closed');
    assert.ok(performance.now() - before > 700);
    const closed = session.journal.at(-1);
    assert.ok(closed?.kind === 'connection-closed' && closed.how === 'fin');
  });

  test('proof of life through a veth and through lo leaves no trace in the counters', async (context) => {
    await workload(context);
    for (const listenInterface of ['eth0', 'lo']) {
      const { session } = await start(context, { listenInterface });
      const began = performance.now();
      assert.deepEqual(await session.proveAlive(), alive);
      console.log(`figure: proof of life on ${listenInterface} in ${(performance.now() - began).toFixed(1)} ms`);
      const report = await session.report();
      assert.deepEqual(report.proofOfLife, alive);
      assert.equal(report.counters.frames, 0);
      assert.equal(report.counters.connections, 0);
      assert.deepEqual(session.journal, []);
      await session.dispose();
    }
  });

  test('a probe that does not arrive is no proof', async (context) => {
    await workload(context);
    const { session } = await start(context, { injectProbe: async () => {}, lifeTimeoutMs: 100 });
    assert.deepEqual(await session.proveAlive(), { ...alive, captureSawProbe: false });
  });

  test('auto listens on lo in a mesh, else on the routed interface or eth0', async (context) => {
    const meshed = await start(context, { listenInterface: 'auto', meshed: true });
    assert.equal((await meshed.session.report()).listenInterface, 'lo');
    const plain = await start(context, { listenInterface: 'auto', meshed: false });
    const report = await plain.session.report();
    assert.deepEqual([report.requestedInterface, report.listenInterface], ['auto', 'eth0']);
  });

  test('an interface that does not exist is refused with those that do', async (context) => {
    await assert.rejects(start(context, { listenInterface: 'eth7' }), (error: unknown) => {
      assert.ok(error instanceof EnvironmentError);
      assert.match(error.message, /cannot listen on "eth7": .*there are: lo, eth0\n {2}to mend it: /);
      return true;
    });
  });

  test('agent and relay give up root', async (context) => {
    const { pod, outside } = await start(context, {});
    for (const child of [pod.children.get('mirror agent'), outside.children.get('local process')]) {
      const status = readFileSync(`/proc/${child?.pid}/status`, 'utf8');
      assert.match(status, /^Uid:\s+65534\s+65534\s+65534\s+65534$/m);
      assert.match(status, /^Gid:\s+65534\s+65534\s+65534\s+65534$/m);
      assert.match(status, /^CapEff:\s+0+$/m);
    }
  });

  test('the death of the agent is noticed, and the report survives it', async (context) => {
    await workload(context);
    const { session, pod } = await start(context, {});
    const client = connect({ host: POD_ADDRESS, port: 8080 });
    client.write(REQUEST.slice(0, -2));
    await journaled(session, 'request');
    await delivered(session);
    await session.report();
    pod.children.get('mirror agent')?.kill('SIGKILL');
    const proof = await session.proveAlive();
    assert.deepEqual(proof, { captureSawProbe: false, relayAnswered: false, localProcessListens: true });
    const report = await session.report();
    assert.equal(report.counters.forwardedBytes, REQUEST.length - 2);
    assert.ok(report.log.some(({ level, text }) => level === 'error' && /the mirror session is lost/.test(text)));
    const closed = session.journal.at(-1);
    assert.ok(closed?.kind === 'connection-closed' && closed.how === 'lost');
    client.destroy();
  });

  test("the user's command receives the bytes on the port that it was told, as its own user", async (context) => {
    await workload(context);
    writeFileSync(
      '/run/mirror/app.mjs',
      `import { createServer } from 'node:net';
       createServer((socket) => {
         socket.on('data', (data) => { console.log('got ' + data.length + ' as ' + process.getuid()); socket.write('discarded'); });
       }).listen(process.env.PORT === process.env.MIRRORSPEC_PORT ? process.env.PORT : 1);`,
    );
    const command = { argv: [process.execPath, '/run/mirror/app.mjs'] as const, cwd: '/', env: {} };
    const { session } = await start(context, { local: { kind: 'command', command, user: { uid: 1000, gid: 1000 } } });
    await send(REQUEST);
    await delivered(session);
    assert.deepEqual(kinds(session.journal), ['connection-opened', 'request', 'message', 'end']);
    assert.deepEqual(await session.proveAlive(), alive);
    // Delivered is not yet printed: what the command does with the bytes is its own affair.
    const printed = `local process: got ${REQUEST.length} as 1000`;
    const deadline = performance.now() + 5_000;
    for (;;) {
      const { log } = await session.report();
      if (log.some(({ text }) => text === printed)) break;
      assert.ok(performance.now() < deadline, JSON.stringify(log));
    }
  });

  test('a command that never listens is an error that quotes it', async (context) => {
    const command = { argv: ['sh', '-c', 'echo no such file; exit 3'] as const, cwd: '/', env: {} };
    await assert.rejects(
      start(context, { local: { kind: 'command', command } }),
      /ended \(exit code 3\) before it listened on port \d+ \(MIRRORSPEC_PORT\): sh -c .*\nit printed:\nno such file$/,
    );
    const sleeper = { argv: ['sleep', '60'] as const, cwd: '/', env: {} };
    await assert.rejects(
      start(context, { local: { kind: 'command', command: sleeper, listenTimeoutMs: 100 } }),
      /did not listen within 0.1 s .*port \d+/,
    );
  });

  test('a local process that does not read ends in lag, not in memory', async (context) => {
    await workload(context);
    writeFileSync(
      '/run/mirror/stuck.mjs',
      `import { createServer } from 'node:net';
       createServer({ pauseOnConnect: true }, () => {}).listen(process.env.PORT);`,
    );
    const command = { argv: [process.execPath, '/run/mirror/stuck.mjs'] as const, cwd: '/', env: {} };
    const { session, pod, outside } = await start(context, { local: { kind: 'command', command } });
    const client = connect({ host: POD_ADDRESS, port: 8080 });
    client.resume();
    const chunk = Buffer.alloc(1_000_000, 1);
    const deadline = performance.now() + 15_000;
    while ((await session.report()).counters.lagged === 0) {
      assert.ok(performance.now() < deadline, 'the agent did not lag');
      for (let index = 0; index < 8; index += 1) {
        if (!client.write(chunk)) await once(client, 'drain');
      }
    }
    for (let index = 0; index < 50; index += 1) {
      if (!client.write(chunk)) await once(client, 'drain');
    }
    const { counters, log } = await session.report();
    assert.equal(counters.lagged, 1);
    assert.equal(counters.drops, 0);
    assert.ok(log.some(({ text }) => /^too many packets of 10\.7\.0\.1:\d+ → 10\.7\.0\.2:8080 wait/.test(text)));
    for (const child of [pod.children.get('mirror agent'), outside.children.get('local process')]) {
      const megabytes = residentMegabytes(child?.pid);
      assert.ok(megabytes < 220, `${megabytes} MB`);
      console.log(`figure: ${megabytes} MB resident with a stuck local process`);
    }
    client.destroy();
  });

  function residentMegabytes(pid: number | undefined): number {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000);
  }
});
