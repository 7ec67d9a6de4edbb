import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { test } from 'node:test';
import { makeFirstCall } from './first-call.js';

async function listening(server: Server): Promise<{ readonly host: string; readonly port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

test('an application’s first call is answered, refused, or fails', async () => {
  for (const [status, outcome] of [
    [200, 'answered'],
    [503, 'failed'],
  ] as const) {
    const server = createServer((_, response) => response.writeHead(status).end());
    const address = await listening(server);
    const call = await makeFirstCall(address);
    assert.deepEqual(
      [call.outcome, call.text],
      [outcome, `answered with HTTP status ${status} by 127.0.0.1:${address.port}`],
    );
    await new Promise((resolve) => server.close(resolve));
    if (outcome === 'answered') assert.equal((await makeFirstCall(address)).outcome, 'refused');
  }
  const silent = createTcpServer((socket) => socket.destroy());
  assert.equal((await makeFirstCall(await listening(silent))).outcome, 'failed');
  silent.close();
});
