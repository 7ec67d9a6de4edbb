import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { detectSpoken, peek } from './detection.js';

const table: readonly [text: string, spoken: ReturnType<typeof detectSpoken>][] = [
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'h2'],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0', 'h2'],
  ['PRI * HTT', undefined],
  ['PRI * HTTP/1.1\r\n', 'tcp'],
  ['GET / HTTP/1.1\r\n', 'http/1.1'],
  ['GET / HTTP/1.0\r\nhost: a\r\n\r\n', 'http/1.1'],
  ['P', undefined],
  ['POST /a/long/path', undefined],
  ['GET / HTTP/1.1', undefined],
  ['GET /\r\n', 'tcp'],
  ['GET / HTTP/2.0\r\n', 'tcp'],
  ['get / HTTP/1.1\r\n', 'tcp'],
  ['hello', 'tcp'],
  ['\x16\x03\x01', 'tcp'],
  [`GET /${'a'.repeat(61 * 1024)}`, 'tcp'],
];
for (const [text, spoken] of table) {
  test(`${JSON.stringify(text.slice(0, 30))} is ${spoken ?? 'not decided yet'}`, () => {
    assert.equal(detectSpoken(Buffer.from(text, 'latin1')), spoken);
  });
}

test('peeking leaves every byte in place, wherever the bytes are cut', async () => {
  const stream = new PassThrough();
  const peeked = peek(stream, (head) => detectSpoken(head));
  for (const part of ['G', 'ET / HT', 'TP/1.1\r', '\nhost: a\r\n\r\n']) {
    stream.write(part);
    await new Promise(setImmediate);
  }
  assert.equal(await peeked, 'http/1.1');
  stream.end('body');
  let text = '';
  for await (const chunk of stream) text += chunk;
  assert.equal(text, 'GET / HTTP/1.1\r\nhost: a\r\n\r\nbody');
});

test('a connection that ends before anything is known is not decided', async () => {
  const ended = new PassThrough();
  ended.end('PO');
  assert.equal(await peek(ended, detectSpoken), undefined);
  const destroyed = new PassThrough();
  const peeked = peek(destroyed, detectSpoken);
  destroyed.destroy();
  assert.equal(await peeked, undefined);
});
