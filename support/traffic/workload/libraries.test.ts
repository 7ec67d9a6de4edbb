import assert from 'node:assert/strict';
import { it } from 'node:test';
import { GRPC, loadLibraries, loadSideServices, SIDE_SERVICES, WEB_SOCKETS } from './libraries.js';
import { testEcho } from './testing/running-echo.js';

it('what a call needs is loaded ahead where it is known, and otherwise by the call', async (t) => {
  await loadLibraries({ protocols: ['HTTP/1.1', 'TCP'] });
  const { ports } = await testEcho(t);
  const url = `http://127.0.0.1:${ports.http}`;
  assert.equal(await (await fetch(url, { method: 'POST', body: 'plain' })).text(), 'plain');
  assert.deepEqual([GRPC.loaded, WEB_SOCKETS.loaded], [false, false]);

  const call = await fetch(`${url}/mirrorspec.echo.v1.Echo/NoSuchMethod`, {
    method: 'POST',
    headers: { 'content-type': 'application/grpc-web+proto' },
    body: new Uint8Array(5),
  });
  assert.equal(call.headers.get('grpc-status'), '12');
  assert.deepEqual([GRPC.loaded, WEB_SOCKETS.loaded], [true, false]);

  await loadSideServices({ reflection: false });
  assert.equal(SIDE_SERVICES.loaded, false);
  await loadSideServices({ reflection: true });
  assert.equal(SIDE_SERVICES.loaded, true);

  await loadLibraries({ protocols: ['WebSocket'] });
  assert.equal(WEB_SOCKETS.loaded, true);
});
