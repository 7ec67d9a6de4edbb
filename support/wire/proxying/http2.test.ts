import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type ClientHttp2Stream,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { resetStream } from '../reset-stream.js';
import { Http2Response, isReset, onHttp2Request, passHttp2Body } from './http2.js';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;

function fieldsOf(raw: readonly string[]): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {};
  for (let at = 0; at < raw.length; at += 2) fields[raw[at] ?? ''] = raw[at + 1];
  return fields;
}

/** A proxy in front of a server, a client of it, and what the proxy saw of the requests. */
async function proxied(
  context: TestContext,
  serve: (stream: ServerHttp2Stream) => void,
  /** Before the request is passed on. */
  ready: (stream: ServerHttp2Stream) => Promise<unknown> = async () => {},
) {
  const far = createServer().on('stream', (stream) => {
    stream.on('error', () => {});
    serve(stream);
  });
  far.listen(0, '127.0.0.1');
  await once(far, 'listening');
  const upstreamSession = connect(`http://127.0.0.1:${(far.address() as AddressInfo).port}`);
  const ended: (readonly string[])[] = [];
  const proxy = createTcpServer((socket) => {
    const session = performServerHandshake(socket);
    onHttp2Request(session, async (stream, raw, body) => {
      await ready(stream);
      const upstream = upstreamSession.request(fieldsOf(raw), {
        endStream: body === undefined,
        waitForTrailers: body !== undefined,
      });
      upstream.on('error', () => {});
      if (body !== undefined) passHttp2Body(body, upstream, fieldsOf, (trailers) => ended.push(trailers));
      const response = new Http2Response(stream, upstream, {
        fieldsOf,
        headOf: (fields) => ({ ...fieldsOf(fields), via: 'proxy' }),
        refused: () => stream.close(NGHTTP2_INTERNAL_ERROR),
      });
      stream.once('close', () => {
        if (!upstream.closed) upstream.close(stream.rstCode || NGHTTP2_CANCEL);
      });
      upstream.once('close', () => {
        if (stream.destroyed || stream.closed) return;
        if (response.complete) response.refuseRest();
        else stream.close(isReset(upstream) ? upstream.rstCode : NGHTTP2_INTERNAL_ERROR);
      });
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const client = connect(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  context.after(() => {
    for (const session of [client, upstreamSession]) session.destroy();
    for (const server of [proxy, far]) server.close();
  });
  return { client, ended };
}

async function answerOf(stream: ClientHttp2Stream) {
  const seen = { head: {} as IncomingHttpHeaders, interim: [] as unknown[], trailers: {} as IncomingHttpHeaders };
  stream.on('error', () => {});
  stream.on('headers', (fields) => seen.interim.push(fields[':status']));
  stream.on('response', (fields) => {
    seen.head = fields;
  });
  stream.on('trailers', (fields) => {
    seen.trailers = fields;
  });
  let body = '';
  stream.on('data', (data: Buffer) => {
    body += data;
  });
  await once(stream, 'close');
  return { ...seen, body, code: stream.rstCode };
}

const POST = { ':method': 'POST', ':path': '/' };

describe('an HTTP/2 exchange that is passed on', () => {
  it('keeps the body and the trailers of both sides, and interim responses', async (context) => {
    const { client, ended } = await proxied(context, (stream) => {
      let sent = '';
      let trailers: IncomingHttpHeaders = {};
      stream.additionalHeaders({ ':status': 103 });
      stream.on('trailers', (fields) => {
        trailers = fields;
      });
      stream.on('data', (data: Buffer) => {
        sent += data;
      });
      stream.on('end', () => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ sum: '2' }));
        stream.end(`${sent} with x=${trailers.x}`);
      });
    });
    const call = client.request(POST, { waitForTrailers: true });
    call.on('wantTrailers', () => call.sendTrailers({ x: '1' }));
    call.end('abc');
    const { head, interim, trailers, body, code } = await answerOf(call);
    assert.equal(body, 'abc with x=1');
    assert.equal(head.via, 'proxy');
    assert.equal(trailers.sum, '2');
    assert.deepEqual(interim, [103]);
    assert.deepEqual(ended, [['x', '1']]);
    assert.equal(code, NGHTTP2_NO_ERROR);
  });

  it('keeps trailers that came before anybody could take the body', async (context) => {
    const { client, ended } = await proxied(
      context,
      (stream) => {
        stream.resume();
        stream.on('trailers', ({ x }) => stream.respond({ ':status': 200, x }, { endStream: true }));
      },
      (stream) => once(stream, 'trailers'),
    );
    const call = client.request(POST, { waitForTrailers: true });
    call.on('wantTrailers', () => call.sendTrailers({ x: '1' }));
    call.end('abc');
    const { head } = await answerOf(call);
    assert.equal(head.x, '1');
    assert.deepEqual(ended, [['x', '1']]);
  });

  it('ends with its head where nothing follows', async (context) => {
    const { client } = await proxied(context, (stream) => stream.respond({ ':status': 204 }, { endStream: true }));
    const { head, body } = await answerOf(client.request({ ':path': '/' }));
    assert.deepEqual([head[':status'], body], [204, '']);
  });

  it('refuses the rest of a request that has its response, and lets the trailers go first', async (context) => {
    const { client } = await proxied(context, (stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => {
        stream.sendTrailers({ sum: '2' });
        setImmediate(() => stream.close(NGHTTP2_NO_ERROR));
      });
      stream.end('enough');
    });
    // Never ended: only a refusal lets the stream close.
    const call = client.request(POST);
    call.write('abc');
    const { trailers, body, code } = await answerOf(call);
    assert.deepEqual([body, trailers.sum, code], ['enough', '2', NGHTTP2_NO_ERROR]);
  });

  it('does not take a reset of the client for the end of its body', async (context) => {
    let closed: (code: number | undefined) => void = () => {};
    const code = new Promise<number | undefined>((resolve) => {
      closed = resolve;
    });
    const { client, ended } = await proxied(context, (stream) => {
      stream.resume();
      stream.on('close', () => closed(stream.rstCode));
    });
    const call = client.request(POST);
    call.on('error', () => {});
    call.write('abc', () => setImmediate(() => resetStream(call, NGHTTP2_CANCEL)));
    assert.equal(await code, NGHTTP2_CANCEL);
    assert.deepEqual(ended, []);
  });
});
