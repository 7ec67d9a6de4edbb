import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTransportHeader, transportHeader } from './transport-header.js';

const PREFACE = Buffer.from('proxy.l5d.io/connect\r\n\r\n');
const withMessage = (...message: number[]): Buffer =>
  Buffer.concat([PREFACE, Buffer.from([0, 0, 0, message.length]), Buffer.from(message)]);

describe('the header of a connection for an opaque port', () => {
  it('names the port as protobuf does', () => {
    assert.deepEqual(transportHeader(7000), withMessage(0x08, 0xd8, 0x36));
    assert.deepEqual(transportHeader(25), withMessage(0x08, 25));
  });

  it('is read back, and what follows is not part of it', () => {
    const header = transportHeader(7000);
    const expected = { length: header.length, port: 7000 };
    assert.deepEqual(readTransportHeader(Buffer.concat([header, Buffer.from('bytes')])), expected);
  });

  it('may come in pieces', () => {
    const header = transportHeader(7000);
    for (let length = 0; length < header.length; length++) {
      assert.equal(readTransportHeader(header.subarray(0, length)), undefined, `${length} bytes`);
    }
  });

  it('may tell more than the port', () => {
    // Field 2: the name of a Service; field 3: what is spoken.
    assert.deepEqual(readTransportHeader(withMessage(0x12, 2, 0x61, 0x62, 0x08, 80, 0x1a, 0)), {
      length: PREFACE.length + 12,
      port: 80,
    });
  });

  it('is refused when it is something else', () => {
    assert.equal(readTransportHeader(Buffer.from('GET / HTTP/1.1\r\n')), 'invalid');
    assert.equal(readTransportHeader(Buffer.concat([PREFACE, Buffer.from([1, 0, 0, 0])])), 'invalid');
    assert.equal(readTransportHeader(withMessage()), 'invalid');
    assert.equal(readTransportHeader(withMessage(0x08, 0)), 'invalid');
    assert.equal(readTransportHeader(withMessage(0x08, 0x80)), 'invalid');
    assert.equal(readTransportHeader(withMessage(0x12, 9, 0x61)), 'invalid');
    assert.equal(readTransportHeader(withMessage(0x08, 80, 0x0d, 0, 0, 0, 0)), 'invalid');
  });
});
