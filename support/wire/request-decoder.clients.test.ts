import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import grpc from '@grpc/grpc-js';
import fc from 'fast-check';
import { bytesOf } from '../model/bytes.js';
import type { JournalRecord } from '../model/journal.js';
import { encodeGrpcFrame } from './grpc-framing.js';
import { cutAt, decodePieces, octetByOctet, summaryOf } from './testing/decoding.js';
import { listen, recordConnections } from './testing/recorded-connections.js';

/** Decodes real bytes whole, octet by octet and cut at random; all must give the same records. */
function decodeEveryWay(bytes: Buffer): JournalRecord[] {
  const whole = decodePieces([bytes]);
  assert.deepEqual(decodePieces(octetByOctet(bytes)), whole, 'octet by octet');
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 12 }), (places) => {
      assert.deepEqual(decodePieces(cutAt(bytes, places)), whole);
    }),
    { numRuns: 8 },
  );
  return whole;
}

const large = Buffer.alloc(150_000, 'The quick brown fox. ');

describe("what Node's HTTP/1.1 client sends", () => {
  const server = http.createServer((request, response) => {
    request.on('error', () => {});
    request.resume().on('end', () => response.end('ok'));
  });
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: test\r\n\r\n');
    socket.resume().on('end', () => socket.end());
  });
  let port: number;
  before(async () => {
    port = await listen(server);
  });
  after(() => server.close());

  function send(options: http.RequestOptions, write: (request: http.ClientRequest) => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', ...options }, (response) => resolve(text(response)));
      request.on('error', reject);
      write(request);
    });
  }

  it('is decoded: keep-alive, lengths, chunks, trailers, 100-continue', async () => {
    const [connection, ...others] = await recordConnections(port, async (port) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const base = { port, agent };
      await send({ ...base, path: '/get?a=b', headers: { 'X-Mirrorspec-Call': 'call-1' } }, (request) => request.end());
      await send({ ...base, method: 'POST', path: '/length' }, (request) => request.end(large));
      await send({ ...base, method: 'POST', path: '/chunks', headers: { Trailer: 'X-Sum' } }, (request) => {
        request.write('one');
        request.write(large);
        request.addTrailers({ 'X-Sum': '42' });
        request.end('two');
      });
      await send(
        { ...base, method: 'PUT', path: '/expect', headers: { Expect: '100-continue', 'Content-Length': 5 } },
        (request) => {
          request.on('continue', () => request.end('hello'));
          request.flushHeaders();
        },
      );
      await send({ ...base, path: '/large', headers: { 'x-large': 'y'.repeat(15_000) } }, (request) => request.end());
      agent.destroy();
    });
    assert.ok(connection !== undefined && others.length === 0);
    const records = decodeEveryWay(connection.bytes);
    assert.deepEqual(summaryOf(records), [
      '1 HTTP/1.1 GET /get?a=b call=call-1',
      '1 end',
      '2 HTTP/1.1 POST /length',
      '2 message 0 150000 bytes',
      '2 end',
      '3 HTTP/1.1 POST /chunks',
      '3 message 0 150006 bytes',
      '3 trailers x-sum=42',
      '3 end',
      '4 HTTP/1.1 PUT /expect',
      '4 message 0 "hello"',
      '4 end',
      '5 HTTP/1.1 GET /large',
      '5 end',
      'closed fin',
    ]);
    const bodies = records.flatMap((record) => (record.kind === 'message' ? [record.body.sha256] : []));
    assert.equal(bodies[0], bytesOf(large).sha256);
    assert.equal(bodies[1], bytesOf(Buffer.concat([Buffer.from('one'), large, Buffer.from('two')])).sha256);
  });

  it('is decoded up to where it breaks off', async () => {
    const [connection] = await recordConnections(port, async (port) => {
      const request = http.request({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': 100 } });
      request.on('error', () => {});
      await new Promise((resolve) => request.write('half of it', resolve));
      request.destroy();
    });
    assert.deepEqual(summaryOf(decodeEveryWay(connection?.bytes ?? Buffer.alloc(0))), [
      '1 HTTP/1.1 POST /',
      '1 partial 0 "half of it" of 100',
      '1 reset closed',
      'closed fin',
    ]);
  });

  it('is raw after an upgrade', async () => {
    const [connection] = await recordConnections(port, async (port) => {
      const request = http
        .request({ port, host: '127.0.0.1', headers: { Connection: 'Upgrade', Upgrade: 'test' } })
        .end();
      const [, socket] = (await once(request, 'upgrade')) as [http.IncomingMessage, net.Socket];
      socket.end('\x81\x01hello');
    });
    assert.deepEqual(summaryOf(decodeEveryWay(connection?.bytes ?? Buffer.alloc(0))), [
      '1 HTTP/1.1 GET /',
      '1 end',
      'raw upgraded "\xc2\x81\\u0001hello"',
      'closed fin',
    ]);
  });
});

describe("what Node's HTTP/2 client sends", () => {
  const server = http2.createServer({
    settings: { headerTableSize: 32_768 },
    maxSendHeaderBlockLength: 200_000,
    maxHeaderListPairs: 500,
  });
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.resume().on('end', () => {
      if (stream.closed) return;
      stream.respond({ ':status': 200 });
      stream.end('ok');
    });
  });
  let port: number;
  before(async () => {
    port = await listen(server);
  });
  after(() => server.close());

  it('is decoded: multiplexing, padding, CONTINUATION, trailers, cancellation', async () => {
    const [connection] = await recordConnections(port, async (port) => {
      const client = http2.connect(`http://127.0.0.1:${port}`, {
        paddingStrategy: http2.constants.PADDING_STRATEGY_MAX,
        maxSendHeaderBlockLength: 200_000,
      });
      client.on('error', () => {});
      const done: Promise<unknown>[] = [];
      const request = (headers: http2.OutgoingHttpHeaders, options: http2.ClientSessionRequestOptions = {}) => {
        const stream = client.request(headers, options);
        stream.on('error', () => {});
        stream.resume();
        done.push(new Promise((resolve) => stream.on('close', resolve)));
        return stream;
      };
      request({ ':path': '/get', 'x-mirrorspec-call': 'call-1' });
      request({ ':path': '/post', ':method': 'POST' }).end(large);
      const withTrailers = request({ ':path': '/trailers', ':method': 'POST' }, { waitForTrailers: true });
      withTrailers.on('wantTrailers', () => withTrailers.sendTrailers({ 'x-sum': '7' }));
      withTrailers.end('body');
      request({ ':path': '/large', 'x-large': 'z'.repeat(30_000) });
      const cancelled = request({ ':path': '/cancelled', ':method': 'POST' });
      cancelled.write('some');
      const closed = request({ ':path': '/closed', ':method': 'POST' });
      closed.write('more');
      await Promise.all(done.slice(0, -2));
      cancelled.destroy(new Error('given up'));
      // Unlike `destroy`, `close` ends the request before it resets the stream.
      closed.close(http2.constants.NGHTTP2_CANCEL);
      await Promise.all(done);
      await new Promise((resolve) => client.ping((_error, duration) => resolve(duration)));
      client.settings({ enablePush: false });
      client.close();
    });
    const records = decodeEveryWay(connection?.bytes ?? Buffer.alloc(0));
    const lines = summaryOf(records);
    const of = (exchange: number) => lines.filter((line) => line.startsWith(`${exchange} `));
    assert.deepEqual(of(1), ['1 HTTP/2 GET /get call=call-1', '1 end']);
    assert.deepEqual(of(2), ['2 HTTP/2 POST /post', '2 message 0 150000 bytes', '2 end']);
    assert.deepEqual(of(3), ['3 HTTP/2 POST /trailers', '3 message 0 "body"', '3 trailers x-sum=7', '3 end']);
    assert.deepEqual(of(4), ['4 HTTP/2 GET /large', '4 end']);
    assert.deepEqual(of(5), ['5 HTTP/2 POST /cancelled', '5 partial 0 "some" of ?', '5 reset INTERNAL_ERROR']);
    assert.deepEqual(of(6), ['6 HTTP/2 POST /closed', '6 message 0 "more"', '6 end', '6 reset CANCEL']);
    assert.deepEqual(lines.slice(-1), ['closed fin']);
    assert.ok(!lines.some((line) => line.startsWith('raw')));
    const body = records.find((record) => record.kind === 'message' && record.exchange === 2);
    assert.equal(body?.kind === 'message' && body.body.sha256, bytesOf(large).sha256);
    const head = records.find((record) => record.kind === 'request' && record.exchange === 4);
    assert.ok(
      head?.kind === 'request' && head.headers.some(([name, value]) => name === 'x-large' && value.length === 30_000),
    );
  });

  it('is decoded as gRPC-Web', async () => {
    const [connection] = await recordConnections(port, async (port) => {
      const client = http2.connect(`http://127.0.0.1:${port}`);
      const stream = client.request({
        ':path': '/s/M',
        ':method': 'POST',
        'content-type': 'application/grpc-web+proto',
      });
      stream.resume().end(encodeGrpcFrame(Buffer.from('hello')));
      await new Promise((resolve) => stream.on('close', resolve));
      client.close();
    });
    assert.deepEqual(summaryOf(decodeEveryWay(connection?.bytes ?? Buffer.alloc(0))), [
      '1 HTTP/2 POST /s/M',
      '1 message 0 "hello"',
      '1 end',
      'closed fin',
    ]);
  });
});

describe('what the gRPC client sends', () => {
  const bytes = (value: Buffer) => value;
  const method = (name: string, requestStream: boolean, responseStream: boolean) => ({
    path: `/test.Echo/${name}`,
    requestStream,
    responseStream,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  });
  const methods = {
    unary: method('Unary', false, false),
    clientStream: method('ClientStream', true, false),
    bidi: method('Bidi', true, true),
  };
  const server = new grpc.Server();
  server.addService(methods, {
    unary: (call: grpc.ServerUnaryCall<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) =>
      callback(null, call.request),
    clientStream: (call: grpc.ServerReadableStream<Buffer, Buffer>, callback: grpc.sendUnaryData<Buffer>) =>
      call.on('end', () => callback(null, Buffer.from('done'))).resume(),
    bidi: (call: grpc.ServerDuplexStream<Buffer, Buffer>) =>
      call.on('data', (message: Buffer) => call.write(message)).on('end', () => call.end()),
  });
  let port: number;
  before(async () => {
    port = await new Promise((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
  });
  after(() => server.forceShutdown());

  async function record(
    options: grpc.ClientOptions,
    drive: (client: grpc.Client) => Promise<void>,
  ): Promise<JournalRecord[]> {
    const connections = await recordConnections(port, async (port) => {
      const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
      await drive(client);
      client.close();
    });
    assert.equal(connections.length, 1);
    return decodeEveryWay(connections[0]?.bytes ?? Buffer.alloc(0));
  }

  function unary(client: grpc.Client, message: Buffer, metadata = new grpc.Metadata()): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) =>
      client.makeUnaryRequest(methods.unary.path, bytes, bytes, message, metadata, (error, reply) =>
        error === null ? resolve(reply) : reject(error),
      ),
    );
  }

  it('is decoded: unary calls with metadata, streams, a cancellation', async () => {
    const records = await record({}, async (client) => {
      const metadata = new grpc.Metadata();
      metadata.set('x-mirrorspec-call', 'call-1');
      metadata.set('x-data-bin', Buffer.from([0, 1, 255]));
      await unary(client, Buffer.from('hello'), metadata);
      await unary(client, large);
      await new Promise<void>((resolve, reject) => {
        const call = client.makeClientStreamRequest(methods.clientStream.path, bytes, bytes, (error) =>
          error === null ? resolve() : reject(error),
        );
        for (const part of ['a', '', 'ccc']) call.write(Buffer.from(part));
        call.end();
      });
      const bidi = client.makeBidiStreamRequest(methods.bidi.path, bytes, bytes);
      bidi.on('error', () => {});
      bidi.write(Buffer.from('ping'));
      await once(bidi, 'data');
      bidi.cancel();
      await new Promise((resolve) => bidi.on('status', resolve));
      await unary(client, Buffer.from('after'));
    });
    const lines = summaryOf(records);
    const of = (exchange: number) => lines.filter((line) => line.startsWith(`${exchange} `));
    assert.deepEqual(of(1), ['1 gRPC-over-HTTP/2 POST /test.Echo/Unary call=call-1', '1 message 0 "hello"', '1 end']);
    assert.deepEqual(of(2), ['2 gRPC-over-HTTP/2 POST /test.Echo/Unary', '2 message 0 150000 bytes', '2 end']);
    assert.deepEqual(of(3), [
      '3 gRPC-over-HTTP/2 POST /test.Echo/ClientStream',
      '3 message 0 "a"',
      '3 message 1 ""',
      '3 message 2 "ccc"',
      '3 end',
    ]);
    // grpc-js cancels with `Http2Stream.close`, which half-closes before it resets; the next call may get in between.
    assert.deepEqual(of(4), [
      '4 gRPC-over-HTTP/2 POST /test.Echo/Bidi',
      '4 message 0 "ping"',
      '4 end',
      '4 reset CANCEL',
    ]);
    assert.deepEqual(of(5), ['5 gRPC-over-HTTP/2 POST /test.Echo/Unary', '5 message 0 "after"', '5 end']);
    assert.deepEqual(lines.slice(-1), ['closed fin']);
    assert.equal(lines.length, 19);
    const [first] = records;
    assert.ok(first?.kind === 'request');
    const headers = new Map(first.headers);
    assert.equal(headers.get('x-data-bin'), 'AAH/');
    assert.equal(headers.get('te'), 'trailers');
    assert.equal(headers.get('content-type'), 'application/grpc');
    assert.match(first.authority ?? '', /^127\.0\.0\.1:\d+$/);
  });

  it('tells compressed messages as what they held', async () => {
    const records = await record(
      { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip },
      async (client) => {
        await unary(client, large);
      },
    );
    const message = records.find((record) => record.kind === 'message');
    assert.ok(message?.kind === 'message');
    // The request itself: a length-delimited field within the message.
    assert.ok(message.body.length >= large.length && message.compressed === undefined);
  });
});

describe('what a TLS client sends', () => {
  it('is known for TLS at once, with the name and protocols it asks for', async (test) => {
    const server = net.createServer((socket) => socket.on('error', () => {}).once('data', () => socket.destroy()));
    test.after(() => server.close());
    const port = await listen(server);
    const [connection] = await recordConnections(port, async (port) => {
      const socket = tls.connect({ port, host: '127.0.0.1', servername: 'echo.demo', ALPNProtocols: ['istio', 'h2'] });
      await new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
    });
    const bytes = connection?.bytes ?? Buffer.alloc(0);
    decodeEveryWay(bytes);
    const [raw] = decodePieces([bytes], { end: undefined });
    assert.ok(raw?.kind === 'raw' && raw.reason === 'tls');
    assert.deepEqual(raw.tls, { serverName: 'echo.demo', alpn: ['istio', 'h2'] });
    assert.equal(raw.body.length, bytes.length);
  });
});
