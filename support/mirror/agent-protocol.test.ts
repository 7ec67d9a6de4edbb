import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePayload, encodeMessage, HEADER_BYTES, MESSAGE, MessageReader, writeHeader } from './agent-protocol.js';

function dataMessage(connection: number, bytes: string): Buffer {
  const message = Buffer.alloc(HEADER_BYTES + bytes.length);
  message.write(bytes, writeHeader(message, 0, MESSAGE.data, connection, bytes.length));
  return message;
}

const stream = Buffer.concat([
  encodeMessage(MESSAGE.subscribe, 8080),
  encodeMessage(MESSAGE.newConnection, 7, { remote: '127.0.0.6:1', local: '10.0.0.2:8080' }),
  dataMessage(7, 'hello'),
  dataMessage(4_294_967_295, ''),
  encodeMessage(MESSAGE.log, 0, { level: 'error', text: 'schön' }),
  encodeMessage(MESSAGE.close, 7),
]);

for (const size of [1, 2, 5, 9, 10, 13, 64, stream.length]) {
  test(`messages are read however the stream is cut (${size} bytes a piece)`, () => {
    const read: unknown[] = [];
    let data = '';
    const reader = new MessageReader((type, number, payload) => {
      if (type === MESSAGE.data) data += `${number}:${payload} `;
      else read.push([type, number, payload.length === 0 ? undefined : decodePayload(payload)]);
    });
    for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
    assert.deepEqual(read, [
      [MESSAGE.subscribe, 8080, undefined],
      [MESSAGE.newConnection, 7, { remote: '127.0.0.6:1', local: '10.0.0.2:8080' }],
      [MESSAGE.log, 0, { level: 'error', text: 'schön' }],
      [MESSAGE.close, 7, undefined],
    ]);
    assert.equal(data.replaceAll(/ 7:/g, ''), '7:hello 4294967295: ');
  });
}
