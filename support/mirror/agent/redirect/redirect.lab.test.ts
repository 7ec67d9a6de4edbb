import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { labTests } from '../../../linux/lab-tests.js';
import { EnvironmentError } from '../../../model/errors.js';
import { POD_ADDRESS, PORT, redirectPod } from './lab-test/redirect-pod.js';
import { until } from './testing/interception.js';

labTests(import.meta.url, () => {
  const { runInPod, natTable, emptyTables, start, listenInPod, workload, caller, mirroredPaths } = redirectPod();
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
