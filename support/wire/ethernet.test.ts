import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACK, FIN, ipv4Text, PSH, parseTcp, SYN, TcpSegment } from './ethernet.js';
import { buildTcpFrame, type TcpFrame } from './ethernet-build.js';
import { segmentStartsHttpRequest } from './ethernet-http.js';
import { buildProbe, probeMagic } from './ethernet-probe.js';

const base: TcpFrame = {
  source: '10.1.2.3',
  destination: '192.168.200.1',
  sourcePort: 41000,
  destinationPort: 8080,
  flags: ['PSH', 'ACK'],
  sequence: 0xfedcba98,
  acknowledgment: 7,
  payload: Buffer.from('hello'),
};

function parse(frame: Uint8Array): TcpSegment | undefined {
  const segment = new TcpSegment();
  return parseTcp(frame, 0, frame.length, segment) ? segment : undefined;
}

test('a segment is taken apart', () => {
  const segment = parse(buildTcpFrame(base));
  assert.ok(segment);
  assert.equal(ipv4Text(segment.source), '10.1.2.3');
  assert.equal(ipv4Text(segment.destination), '192.168.200.1');
  assert.equal(segment.sourcePort, 41000);
  assert.equal(segment.destinationPort, 8080);
  assert.equal(segment.flags, PSH | ACK);
  assert.equal(segment.sequence, 0xfedcba98);
  assert.equal(segment.acknowledgment, 7);
  assert.equal(Buffer.from(segment.payload).toString(), 'hello');
  assert.equal(segment.payloadLength, 5);
});

test('Ethernet padding is no payload', () => {
  const segment = parse(buildTcpFrame({ ...base, flags: ['SYN'], payload: Buffer.alloc(0), padding: 6 }));
  assert.ok(segment);
  assert.equal(segment.flags, SYN);
  assert.equal(segment.payloadLength, 0);
  assert.equal(segment.payload.length, 0);
});

test('IPv4 options move the segment', () => {
  const segment = parse(buildTcpFrame({ ...base, ipOptions: 12 }));
  assert.equal(Buffer.from(segment?.payload ?? []).toString(), 'hello');
});

test('a frame in the middle of a memory is found by its offsets', () => {
  const frame = buildTcpFrame(base);
  const memory = Buffer.concat([Buffer.alloc(100, 0xff), frame, Buffer.alloc(100, 0xff)]);
  const segment = new TcpSegment();
  assert.ok(parseTcp(memory, 100, 100 + frame.length, segment));
  assert.equal(Buffer.from(segment.payload).toString(), 'hello');
});

test('a frame that the capture cut keeps its length on the wire', () => {
  const frame = buildTcpFrame({ ...base, payload: Buffer.alloc(1000, 1) });
  const segment = parse(frame.subarray(0, 100));
  assert.equal(segment?.payloadLength, 1000);
  assert.equal(segment?.payload.length, 46);
});

test('a packet of more than 64 KiB has its length from the frame', () => {
  const frame = buildTcpFrame({ ...base, payload: Buffer.alloc(500, 1) });
  frame.writeUInt16BE(0, 16);
  assert.equal(parse(frame)?.payloadLength, 500);
});

test('IPv6 is understood', () => {
  const segment = parse(buildTcpFrame({ ...base, source: 'fd00::1', destination: '::6' }));
  assert.equal(segment?.family, 6);
  assert.equal(segment?.destinationPort, 8080);
  assert.equal(Buffer.from(segment?.payload ?? []).toString(), 'hello');
});

const good = buildTcpFrame(base);

function overwritten(offset: number, ...bytes: number[]): Buffer {
  const frame = Buffer.from(good);
  frame.set(bytes, offset);
  return frame;
}

const damaged: readonly (readonly [string, Buffer])[] = [
  ['another EtherType', overwritten(12, 0x08, 0x06)],
  ['UDP', overwritten(23, 17)],
  ['a later fragment', overwritten(20, 0, 1)],
  ['an impossible IP header length', overwritten(14, 0x44)],
  ['an impossible TCP header length', overwritten(46, 0x10)],
  ['a TCP header beyond the packet', overwritten(46, 0xf0)],
  ['an IP length that ends in the header', overwritten(16, 0, 30)],
  ['a frame cut in its IP header', good.subarray(0, 30)],
  ['a frame cut in its TCP header', good.subarray(0, 50)],
  ['nothing', Buffer.alloc(0)],
];
for (const [name, frame] of damaged) {
  test(`no TCP segment: ${name}`, () => {
    assert.equal(parse(frame), undefined);
  });
}

test('a probe is recognised by its magic, and nothing else is', () => {
  const target = { address: '10.0.0.2', mac: '02:00:00:00:00:02', port: 8080 };
  const segment = parse(buildProbe({ ...target, magic: 0xdeadbeef }));
  assert.ok(segment);
  assert.equal(probeMagic(segment), 0xdeadbeef);
  assert.equal(segment.destinationPort, 8080);
  for (const flags of [['RST'], ['RST', 'ACK'], ['FIN', 'ACK']] as const) {
    const other = parse(buildTcpFrame({ ...base, sourcePort: 0, flags, payload: Buffer.alloc(0) }));
    assert.ok(other);
    assert.equal(probeMagic(other), undefined);
  }
});

test('requests in the clear are found at the start of a segment only', () => {
  const starts = (payload: string): boolean | undefined => {
    const segment = parse(buildTcpFrame({ ...base, payload: Buffer.from(payload, 'latin1') }));
    return segment && segmentStartsHttpRequest(segment);
  };
  assert.equal(starts('GET / HTTP/1.1\r\nhost: a\r\n\r\n'), true);
  assert.equal(starts('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), true);
  assert.equal(starts('host: a\r\nGET / HTTP/1.1\r\n'), false);
  assert.equal(starts('a'.repeat(60_000)), false);
  assert.equal(starts(''), false);
});

test('the flags are those of the RFC', () => {
  assert.deepEqual([FIN, SYN, PSH, ACK], [1, 2, 8, 16]);
});
