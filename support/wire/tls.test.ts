import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import tls from 'node:tls';
import { ClientHelloReader, looksLikeTlsRecord, parseClientHello } from './tls.js';

/** The first flight of a real client. */
async function helloOf(options: tls.ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve) => {
    const wire = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, callback) {
        resolve(Buffer.from(chunk));
        callback();
      },
    });
    tls.connect({ ...options, socket: wire }).on('error', () => {});
  });
}

/** The same handshake message in records of this many octets each. */
function fragmented(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

describe('parseClientHello', () => {
  it('reads server name and application protocols', async () => {
    const hello = await helloOf({
      servername: 'echo.demo.svc.cluster.local',
      ALPNProtocols: ['istio-peer-exchange', 'h2'],
    });
    assert.ok(looksLikeTlsRecord(hello));
    assert.deepEqual(parseClientHello(hello), {
      serverName: 'echo.demo.svc.cluster.local',
      alpn: ['istio-peer-exchange', 'h2'],
    });
  });

  it('reads a ClientHello without either, of TLS 1.2', async () => {
    assert.deepEqual(parseClientHello(await helloOf({ maxVersion: 'TLSv1.2' })), { alpn: [] });
  });

  it('reads a ClientHello that is spread over many records', async () => {
    const hello = await helloOf({ servername: 'a.example', ALPNProtocols: ['h2'] });
    for (const size of [1, 3, 100]) {
      assert.deepEqual(parseClientHello(fragmented(hello, size)), { serverName: 'a.example', alpn: ['h2'] });
    }
  });

  it('reads one that arrives octet by octet, and takes nothing of what follows', async () => {
    const hello = await helloOf({ servername: 'a.example' });
    const reader = new ClientHelloReader();
    for (const octet of hello) assert.equal(reader.push(Uint8Array.of(octet)), 1);
    assert.ok(reader.done);
    assert.equal(new ClientHelloReader().push(Buffer.concat([hello, Buffer.from('more')])), hello.length);
  });

  it('knows an incomplete or damaged one', async () => {
    const hello = await helloOf({ servername: 'a.example', ALPNProtocols: ['h2'] });
    for (let length = 0; length < hello.length; length++) {
      assert.equal(parseClientHello(hello.subarray(0, length)), undefined);
    }
    for (let at = 0; at < hello.length; at++) {
      const damaged = Buffer.from(hello);
      damaged[at] = 255;
      parseClientHello(damaged);
    }
    const interrupted = fragmented(hello, 100);
    interrupted[105] = 23;
    assert.equal(parseClientHello(interrupted), undefined, 'another kind of record in its midst');
    assert.equal(parseClientHello(Buffer.from('GET / HTTP/1.1\r\n\r\n')), undefined);
    assert.equal(parseClientHello(Buffer.from('1703030004aabbccdd', 'hex')), undefined);
  });
});
