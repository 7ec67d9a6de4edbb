import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labTests } from '../../../linux/lab-tests.js';
import { PORT, redirectPod } from './lab-test/redirect-pod.js';

labTests(import.meta.url, () => {
  const { runInPod, start, workload, caller, mirroredPaths } = redirectPod();

  test('open connections are broken at the start, and what replaces them is mirrored', async (context) => {
    await workload(context);
    const get = await caller(context);
    assert.equal(await get('/before'), 'answered');
    const { session } = await start(context, { flushConnections: true });
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
});
