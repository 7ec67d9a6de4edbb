import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { decodeGrpcWebTrailers, encodeGrpcFrame, GrpcFrameParser } from '../../wire/grpc-framing.js';
import { loadBuiltinTypes } from '../grpc/types.js';
import { headerText, outline, testEcho, until } from './testing/running-echo.js';

const SERVICE = 'mirrorspec.echo.v1.Echo';

interface WebAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly messages: readonly unknown[];
  readonly trailers: string;
  /** How many pieces the body came in. */
  readonly pieces: readonly string[];
}

interface WebAsk {
  readonly method: string;
  readonly request?: unknown;
  readonly body?: Buffer;
  readonly headers?: OutgoingHttpHeaders;
  readonly text?: boolean;
}

function frameOf(method: string, request: unknown): Buffer {
  return encodeGrpcFrame(loadBuiltinTypes().method(SERVICE, method).encodeRequest(request));
}

function startCall(port: number, { method, request = {}, body, headers = {}, text = false }: WebAsk) {
  const frame = body ?? frameOf(method, request);
  const sent = httpRequest({
    host: '127.0.0.1',
    port,
    path: `/${SERVICE}/${method}`,
    method: 'POST',
    agent: false,
    headers: { 'content-type': text ? 'application/grpc-web-text' : 'application/grpc-web+proto', ...headers },
  });
  sent.end(text ? frame.toString('base64') : frame);
  return sent;
}

async function callWeb(port: number, ask: WebAsk): Promise<WebAnswer> {
  const [response] = (await once(startCall(port, ask), 'response')) as [IncomingMessage];
  const pieces: string[] = [];
  for await (const piece of response) pieces.push((piece as Buffer).toString('latin1'));
  const body = Buffer.from(pieces.join(''), 'latin1');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    pieces,
    ...read(ask.method, ask.text === true ? decodePieces(body.toString()) : body),
  };
}

/** Each frame is padded on its own. */
function decodePieces(text: string): Buffer {
  return Buffer.concat((text.match(/.{1,4}/g) ?? []).map((group) => Buffer.from(group, 'base64')));
}

function read(method: string, body: Buffer): Pick<WebAnswer, 'messages' | 'trailers'> {
  const parser = new GrpcFrameParser();
  const frames = parser.push(body);
  assert.equal(parser.rest(), undefined);
  const last = frames.at(-1);
  const decode = loadBuiltinTypes().findMethod(SERVICE, method)?.decodeResponse;
  return {
    messages: frames.filter(({ trailers }) => !trailers).map(({ data }) => decode?.(data)),
    trailers: last?.trailers === true ? headerText(decodeGrpcWebTrailers(last.data)) : '',
  };
}

describe('gRPC-Web over HTTP/1.1', () => {
  for (const text of [false, true]) {
    const type = text ? 'application/grpc-web-text+proto' : 'application/grpc-web+proto';

    test(`answers one request as ${type}`, async (t) => {
      const { ports } = await testEcho(t);
      const request = { text: 'a', payload: 'AP8=', control: { trailers: [{ name: 'x-b', value: '2' }] } };
      const answer = await callWeb(ports.http, { method: 'Unary', request, text });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['content-type'], type);
      assert.deepEqual(answer.messages, [{ payload: 'AP8=', index: 0, text: 'a' }]);
      assert.equal(answer.trailers, 'grpc-status=0 x-b=2');
    });

    test(`streams answers one by one as ${type}`, async (t) => {
      const { ports } = await testEcho(t);
      const request = { text: 'a', control: { messages: 3, intervalMs: 15 } };
      const answer = await callWeb(ports.http, { method: 'ServerStream', request, text });
      assert.deepEqual(answer.messages.length, 3);
      assert.equal(answer.trailers, 'grpc-status=0');
      assert.ok(answer.pieces.length >= 3, `${answer.pieces.length} pieces`);
    });
  }

  test('ends with an error in the trailer frame', async (t) => {
    const { ports } = await testEcho(t);
    const control = { status: 5, statusMessage: '100% wröng', headers: [{ name: 'x-head', value: 'h' }] };
    const answer = await callWeb(ports.http, { method: 'ServerStream', request: { control } });
    assert.equal(answer.headers['x-head'], 'h');
    assert.equal(answer.trailers, 'grpc-status=5 grpc-message=100%25 wr%C3%B6ng');
    assert.equal(answer.messages.length, 3);
  });

  test('fails at once with everything in the head', async (t) => {
    const { ports, journal } = await testEcho(t);
    const control = { status: 7, failAtOnce: true, trailers: [{ name: 'x-why', value: 'w' }] };
    const answer = await callWeb(ports.http, { method: 'Unary', request: { control } });
    assert.equal(answer.headers['grpc-status'], '7');
    assert.equal(answer.headers['x-why'], 'w');
    assert.deepEqual(answer.pieces, []);
    assert.ok(outline(journal).includes('response trailers grpc-status=7 grpc-message='));
  });

  test('does not know other methods', async (t) => {
    const { ports } = await testEcho(t);
    const answer = await callWeb(ports.http, { method: 'Other', body: Buffer.alloc(5) });
    assert.equal(answer.headers['grpc-status'], '12');
  });

  test('takes compressed messages, and refuses broken ones', async (t) => {
    const { ports, journal } = await testEcho(t);
    const message = loadBuiltinTypes().method(SERVICE, 'Unary').encodeRequest({ text: 'squeezed' });
    const compressed = encodeGrpcFrame(gzipSync(message), { compressed: true });
    const headers = { 'grpc-encoding': 'gzip' };
    const answer = await callWeb(ports.http, { method: 'Unary', body: compressed, headers });
    assert.deepEqual(answer.messages, [{ payload: '', index: 0, text: 'squeezed' }]);
    assert.ok(outline(journal).includes(`request message 0: ${message.length} bytes`));
    for (const { body, status } of [
      { body: encodeGrpcFrame(message, { compressed: true }), status: '13' },
      { body: encodeGrpcFrame(Buffer.from([0x0a, 0x7f])), status: '13' },
      { body: frameOf('Unary', { text: 'cut short' }).subarray(0, -3), status: '13' },
      { body: Buffer.alloc(0), status: '12' },
    ]) {
      const refused = await callWeb(ports.http, { method: 'Unary', body, headers });
      assert.equal(refused.headers['grpc-status'], status);
    }
  });

  test('keeps the deadline', async (t) => {
    const { ports } = await testEcho(t);
    const request = { control: { messages: 2, intervalMs: 60_000 } };
    const headers = { 'grpc-timeout': '30m' };
    const answer = await callWeb(ports.http, { method: 'ServerStream', request, headers });
    assert.equal(answer.trailers, 'grpc-status=4 grpc-message=Deadline exceeded');
  });

  test('lets pages of other origins call', async (t) => {
    const { ports } = await testEcho(t);
    const preflight = httpRequest({
      host: '127.0.0.1',
      port: ports.http,
      path: `/${SERVICE}/Unary`,
      method: 'OPTIONS',
      agent: false,
      headers: {
        origin: 'http://page.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-grpc-web, content-type',
      },
    });
    preflight.end();
    const [allowed] = (await once(preflight, 'response')) as [IncomingMessage];
    assert.equal(allowed.statusCode, 204);
    assert.equal(allowed.headers['access-control-allow-origin'], 'http://page.test');
    assert.equal(allowed.headers['access-control-allow-headers'], 'x-grpc-web, content-type');
    const control = { headers: [{ name: 'x-own', value: '1' }] };
    const answer = await callWeb(ports.http, {
      method: 'Unary',
      request: { control },
      headers: { origin: 'http://page.test' },
    });
    assert.equal(answer.headers['access-control-allow-origin'], 'http://page.test');
    assert.equal(answer.headers['access-control-expose-headers'], 'grpc-status, grpc-message, x-own');
  });

  test('journals messages and trailers, not frames', async (t) => {
    const { ports, journal } = await testEcho(t);
    const headers = { 'x-mirrorspec-call': 'w-1' };
    await callWeb(ports.http, { method: 'ServerStream', request: { text: 'abc' }, headers, text: true });
    await until(journal, 'connection-closed fin');
    const lines = outline(journal);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('request ')),
      [`request gRPC-over-HTTP/1.1 POST /${SERVICE}/ServerStream`, 'request message 0: 5 bytes', 'request end'],
    );
    assert.deepEqual(
      lines.filter((line) => line.startsWith('response')),
      [
        'response 200',
        'response message 0: 5 bytes',
        'response message 1: 7 bytes',
        'response message 2: 7 bytes',
        'response trailers grpc-status=0',
        'response end',
      ],
    );
    assert.equal(journal.find((record) => record.kind === 'request')?.call, 'w-1');
  });

  test('stops when the client leaves', async (t) => {
    const { ports, journal } = await testEcho(t);
    const request = { control: { messages: 1000, intervalMs: 5 } };
    const sent = startCall(ports.http, { method: 'ServerStream', request });
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    await once(response, 'data');
    sent.destroy();
    await until(journal, 'reset ECONNRESET');
    const count = journal.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.ok(journal.length - count <= 1, 'only the end of the connection may follow');
  });
});

test('gRPC-Web works over HTTP/2 as well', async (t) => {
  const { ports, journal } = await testEcho(t);
  const session = connectHttp2(`http://127.0.0.1:${ports.http}`);
  t.after(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': `/${SERVICE}/ServerStream`,
    'content-type': 'application/grpc-web+proto',
  });
  stream.end(frameOf('ServerStream', { text: 'a', control: { messages: 2 } }));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const { messages, trailers } = read('ServerStream', Buffer.concat(chunks));
  assert.equal(messages.length, 2);
  assert.equal(trailers, 'grpc-status=0');
  assert.ok(outline(journal).includes(`request HTTP/2 POST /${SERVICE}/ServerStream`));
});

test('gRPC on the HTTP port is told where to go', async (t) => {
  const { ports } = await testEcho(t);
  const session = connectHttp2(`http://127.0.0.1:${ports.http}`);
  t.after(() => session.destroy());
  const path = `/${SERVICE}/Unary`;
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
  stream.end(frameOf('Unary', {}));
  const [head] = await once(stream, 'response');
  assert.equal(head['grpc-status'], '12');
  assert.equal(head['grpc-message'], `This port serves gRPC-Web; gRPC is served on port ${ports.grpc}.`);
});
