import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessLine } from './access-log.js';

const about = { direction: 'outbound', source: '10.244.0.20:4711', destination: '10.244.0.10:15008' } as const;

test('a connection that begins has a line at the level debug', () => {
  assert.equal(
    accessLine({ ...about, tunnelled: '10.244.0.10:8080' }),
    'debug access connection opened src.addr=10.244.0.20:4711 dst.addr=10.244.0.10:15008 dst.hbone_addr=10.244.0.10:8080 direction="outbound"',
  );
});

test('one that has ended tells its bytes, and is an error where something went wrong', () => {
  const end = { ...about, bytesSent: 76, bytesReceived: 25, durationMs: 12.4 };
  assert.equal(
    accessLine(end),
    'info access connection complete src.addr=10.244.0.20:4711 dst.addr=10.244.0.10:15008 direction="outbound" bytes_sent=76 bytes_recv=25 duration="12ms"',
  );
  assert.match(
    accessLine({ ...end, error: 'http status: 503' }),
    /^error .* duration="12ms" error="http status: 503"$/,
  );
});
