import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { listeningAddress, reachableAt } from './listening-ports.js';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const line = (local: string, state: string): string =>
  `${HEAD}\n   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1`;

for (const [what, local, state, found] of [
  ['all of IPv4', '00000000:1F90', '0A', '127.0.0.1'],
  ['IPv4 loopback', '0100007F:1F90', '0A', '127.0.0.1'],
  ['all of IPv6, which takes IPv4 too', '00000000000000000000000000000000:1F90', '0A', '127.0.0.1'],
  ['IPv4 loopback, mapped', '0000000000000000FFFF00000100007F:1F90', '0A', '127.0.0.1'],
  ['IPv6 loopback', '00000000000000000000000001000000:1F90', '0A', '::1'],
  ['another address', '0200000A:1F90', '0A', undefined],
  ['another port', '00000000:1F91', '0A', undefined],
  ['a connection, not a listener', '0100007F:1F90', '01', undefined],
] as const) {
  test(`a listener on port 8080: ${what}`, () => {
    assert.equal(reachableAt(line(local, state), 8080), found);
  });
}

test('a real listener is found, and is gone when it is closed', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  assert.equal(listeningAddress(address.port), '127.0.0.1');
  await new Promise((resolve) => server.close(resolve));
  assert.equal(listeningAddress(address.port), undefined);
});
