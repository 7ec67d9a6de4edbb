import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import type { Fields } from '../headers.js';
import { asGrpc, isGrpcWebRequest } from './grpc-web.js';
import type { Near } from './near.js';

/** A client of gRPC-Web: what it sends, and what it got. */
function client(type: string, body: Buffer) {
  const [sent, got] = [new PassThrough(), new PassThrough()];
  sent.end(body);
  const seen: { head?: Fields; finished?: Fields } = {};
  const near: Near = {
    request: { 'content-type': type, 'content-length': String(body.length), ':path': '/a.B/C' },
    hasBody: true,
    body: sent,
    trailers: () => ({ 'x-lost': 'yes' }),
    respond: (head) => {
      seen.head = head;
    },
    answer: got,
    finish: (trailers) => {
      seen.finished = trailers;
      got.end();
    },
    settled: false,
    reply: () => {},
    breakOff: () => {},
    onClose: () => {},
  };
  return { near, got, seen };
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

const MESSAGE = Buffer.from([0, 0, 0, 0, 2, 0x68, 0x69]);
const TRAILERS = Buffer.concat([Buffer.from([0x80, 0, 0, 0, 15]), Buffer.from('grpc-status:0\r\n')]);

describe('gRPC-Web on a port that is declared so', () => {
  it('is known by its content type', () => {
    const known = ['application/grpc-web', 'application/grpc-web+proto', 'application/grpc-web-text;charset=utf-8'];
    for (const type of known) assert.ok(isGrpcWebRequest({ 'content-type': type }), type);
    for (const type of ['application/grpc', 'application/grpc-webs', 'text/plain'])
      assert.ok(!isGrpcWebRequest({ 'content-type': type }), type);
    assert.ok(!isGrpcWebRequest({}));
  });

  it('becomes gRPC, and its trailers a frame of the body', async () => {
    const { near, got, seen } = client('application/grpc-web+proto', MESSAGE);
    const grpc = asGrpc(near);
    assert.deepEqual(
      { ...grpc.request },
      {
        'content-type': 'application/grpc',
        ':path': '/a.B/C',
        te: 'trailers',
        'grpc-accept-encoding': 'identity',
      },
    );
    assert.deepEqual(grpc.trailers(), {});
    assert.deepEqual(await bytesOf(grpc.body), MESSAGE);
    grpc.respond({ ':status': '200', 'content-type': 'application/grpc' }, false);
    grpc.answer.write(MESSAGE);
    grpc.finish({ 'grpc-status': '0' });
    assert.deepEqual(await bytesOf(got), Buffer.concat([MESSAGE, TRAILERS]));
    assert.deepEqual(seen, {
      head: { ':status': '200', 'content-type': 'application/grpc-web+proto' },
      finished: {},
    });
  });

  it('is decoded and encoded where it is text', async () => {
    const { near, got, seen } = client('application/grpc-web-text', Buffer.from(MESSAGE.toString('base64')));
    const grpc = asGrpc(near);
    assert.deepEqual(await bytesOf(grpc.body), MESSAGE);
    grpc.respond({ ':status': '200' }, false);
    grpc.answer.write(MESSAGE);
    grpc.finish({ 'grpc-status': '0' });
    const text = (await bytesOf(got)).toString('latin1');
    assert.equal(text, MESSAGE.toString('base64') + TRAILERS.toString('base64'));
    assert.equal(seen.head?.['content-type'], 'application/grpc-web-text+proto');
  });
});
