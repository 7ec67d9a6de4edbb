import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ConnectionStart,
  detect,
  LARGEST_REQUEST_LINE_BYTES,
  StartDetector,
  startsHttpRequest,
} from './detect.js';

const CASES: readonly (readonly [bytes: string, start: ConnectionStart])[] = [
  ['', 'more'],
  ['PRI * HTTP/2.0', 'http2'],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
  ['PRI * HTTP/2.', 'more'],
  ['PRI * HTTP/2.1\r\n', 'unknown'],
  ['PRI  * HTTP/2.0', 'unknown'],
  ['\r\nPRI * HTTP/2.0', 'unknown'],
  ['PRI * HTTP/1.1\r\n', 'http1'],
  ['GET / HTTP/1.1\r\n', 'http1'],
  ['GET / HTTP/1.0\n', 'http1'],
  ['GET   /   HTTP/1.1\r\n', 'http1'],
  ['M-SEARCH * HTTP/1.1\r\n', 'http1'],
  ['\r\n\r\nGET / HTTP/1.1\r\n', 'http1'],
  ['GET / HTTP/1.1', 'more'],
  ['GET / HTTP/1.1x', 'unknown'],
  ['GET / HTTP/1.2\r\n', 'unknown'],
  ['GET / HTTP/2.0\r\n', 'unknown'],
  ['GET / FTP', 'unknown'],
  ['GET /\r\n', 'unknown'],
  ['G', 'more'],
  ['G(T', 'unknown'],
  [' GET', 'unknown'],
  ['\x16\x03\x01\x02\x00', 'tls'],
  ['\x17\x03\x03\x00\x20', 'tls'],
  ['\x16\x03\x01\x02', 'more'],
  ['\x16\x03\x09\x02\x00', 'unknown'],
  ['\x16\x03\x01\x00\x00', 'unknown'],
  ['\x16\x03\x01\xff\xff', 'unknown'],
  ['\x00\x00\x00\x04', 'unknown'],
  ['A'.repeat(LARGEST_REQUEST_LINE_BYTES), 'unknown'],
];

describe('the start of a connection', () => {
  for (const [text, start] of CASES) {
    it(`${JSON.stringify(text.slice(0, 30))} is ${start}`, () => {
      const bytes = Buffer.from(text, 'latin1');
      assert.equal(detect(bytes), start);
      const detector = new StartDetector();
      for (const octet of bytes) detector.push(Uint8Array.of(octet));
      assert.equal(detector.push(new Uint8Array()), start, 'octet by octet');
    });
  }
});

describe('startsHttpRequest', () => {
  const packets: readonly (readonly [payload: string, starts: boolean])[] = [
    ['POST /a?b=c HTTP/1.1\r\nhost: x\r\n\r\nbody', true],
    ['GET / HTTP/1.1', true],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', true],
    ['GET / HT', false],
    ['PRI * HTTP/2', false],
    ['host: x\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\n', false],
    ['', false],
  ];
  for (const [payload, starts] of packets) {
    it(`says ${starts} for ${JSON.stringify(payload.slice(0, 30))}`, () => {
      assert.equal(startsHttpRequest(Buffer.from(payload, 'latin1')), starts);
    });
  }
});
