import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CALL_ID_WITHIN_BYTES, readTcpCall, tcpCallLine, withCallId } from './tcp-call.js';

const ID = '0123456789abcdef';

describe('the id of a call over TCP', () => {
  it('stands in a line in front of the message', () => {
    const bytes = Buffer.concat([tcpCallLine(ID, 'unary length=5'), Buffer.from('hello')]);
    assert.equal(bytes.toString(), `<mirrorspec-call ${ID} unary length=5>\nhello`);
    assert.deepEqual(readTcpCall(bytes), { call: ID, operation: 'unary length=5', bodyStart: bytes.length - 5 });
  });

  it('is known as soon as its line is complete, and not before', () => {
    const line = tcpCallLine(ID, 'unary');
    for (let length = 1; length < line.length; length++) assert.equal(readTcpCall(line.subarray(0, length)), 'more');
    assert.notEqual(readTcpCall(line), 'more');
  });

  it('stands in the message where the message has a place for it', () => {
    const message = withCallId(Buffer.from('SET {call-id} 1\r\n'), ID);
    assert.equal(message.toString(), `SET <mirrorspec-call ${ID}> 1\r\n`);
    assert.deepEqual(readTcpCall(message), { call: ID, operation: '', bodyStart: 0 });
  });

  it('may be all that a message is', () => {
    assert.deepEqual(readTcpCall(withCallId(Buffer.from('{call-id}'), ID)), { call: ID, operation: '', bodyStart: 0 });
  });

  it('leaves bytes that are no text as they are', () => {
    const bytes = Buffer.from('00ff80{call-id}c3', 'latin1');
    assert.deepEqual(withCallId(bytes, ID).subarray(0, 6), bytes.subarray(0, 6));
    const other = Buffer.from([0, 255, 128]);
    assert.equal(withCallId(other, ID), other);
  });

  for (const [what, text] of [
    ['other bytes', 'HELO example.org\r\n'],
    ['an id that is none', '<mirrorspec-call xyz unary>\n'],
    ['a line without an end', `<mirrorspec-call ${ID} ${'x'.repeat(300)}`],
  ] as const) {
    it(`is not found in ${what}, but may still come`, () => {
      assert.equal(readTcpCall(Buffer.from(text)), 'unknown');
    });
  }

  it('is not looked for in all of a long message', () => {
    const late = Buffer.concat([Buffer.alloc(CALL_ID_WITHIN_BYTES), withCallId(Buffer.from('{call-id}'), ID)]);
    assert.equal(readTcpCall(late), 'none');
  });
});
