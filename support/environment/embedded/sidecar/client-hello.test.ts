import assert from 'node:assert/strict';
import { Duplex, PassThrough } from 'node:stream';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { readClientHello } from './client-hello.js';

/** What OpenSSL really sends. */
async function clientHello(options: { ALPNProtocols?: string[]; maxVersion?: 'TLSv1.2' }): Promise<Buffer> {
  const sent = new PassThrough();
  const socket = connect({
    socket: Duplex.from({ writable: sent, readable: new PassThrough() }),
    servername: 'outbound_.80_._.echo.default.svc.cluster.local',
    ...options,
  });
  socket.on('error', () => {});
  const bytes = await new Promise<Buffer>((resolve) => sent.once('data', resolve));
  socket.destroy();
  return bytes;
}

function alpnOf(bytes: Buffer): readonly string[] | undefined {
  const hello = readClientHello(bytes);
  return hello === 'not-tls' ? undefined : hello?.alpn;
}

test('the protocols that a client offers are read', async () => {
  const alpn = ['istio-http/1.1', 'istio', 'http/1.1'];
  assert.deepEqual(alpnOf(await clientHello({ ALPNProtocols: alpn })), alpn);
  assert.deepEqual(alpnOf(await clientHello({ ALPNProtocols: alpn, maxVersion: 'TLSv1.2' })), alpn);
  assert.deepEqual(alpnOf(await clientHello({})), []);
});

test('every prefix of a ClientHello asks for more', async () => {
  const hello = await clientHello({ ALPNProtocols: ['istio'] });
  for (let length = 0; length < hello.length; length++) {
    assert.equal(readClientHello(hello.subarray(0, length)), undefined, `${length} bytes`);
  }
});

test('a ClientHello that is spread over two records is read', async () => {
  const hello = await clientHello({ ALPNProtocols: ['istio'] });
  const record = (content: Buffer) => {
    const header = Buffer.from([0x16, 3, 1, 0, 0]);
    header.writeUInt16BE(content.length, 3);
    return Buffer.concat([header, content]);
  };
  const spread = Buffer.concat([record(hello.subarray(5, 50)), record(hello.subarray(50))]);
  assert.deepEqual(alpnOf(spread), ['istio']);
});

test('other bytes are not TLS', () => {
  for (const text of ['GET / HTTP/1.1\r\n', 'PRI * HTTP/2.0', '\x16\x01', '\x15\x03\x01\x00\x02']) {
    assert.equal(readClientHello(Buffer.from(text, 'latin1')), 'not-tls');
  }
});

test('a ClientHello whose lengths point out of it is none', () => {
  const broken = Buffer.from([0x16, 3, 1, 0, 8, 1, 0, 0, 4, 3, 3, 0xff, 0xff]);
  assert.equal(readClientHello(broken), 'not-tls');
});
