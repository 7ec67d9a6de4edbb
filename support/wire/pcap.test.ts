import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPcap } from './pcap-reader.js';
import { PcapWriter } from './pcap-writer.js';

function collect(write: (writer: PcapWriter) => void): Buffer {
  const chunks: Buffer[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(Buffer.from(chunk)), { interface: 'eth0', snapLength: 65_550 });
  write(writer);
  return Buffer.concat(chunks);
}

function packet(data: Uint8Array, seconds: number, nanoseconds: number, originalLength = data.length) {
  const memory = Buffer.concat([Buffer.alloc(10, 0xee), data, Buffer.alloc(10, 0xee)]);
  return { memory, start: 10, end: 10 + data.length, originalLength, seconds, nanoseconds };
}

const counters = { frames: 12, drops: 3, atMs: 1_700_000_000_123.5 };

test('what was written is read back: times to the nanosecond, lengths, interface and counters', () => {
  const file = readPcap(
    collect((writer) => {
      writer.packet(packet(Buffer.from('abc'), 1_767_225_600, 1));
      writer.packet(packet(Buffer.alloc(0), 1_767_225_600, 999_999_999));
      writer.packet(packet(Buffer.from('cut'), 4_294_967_295, 999_999_999, 1500));
      writer.finish(counters);
    }),
  );
  assert.equal(file.interface, 'eth0');
  assert.deepEqual(file.counters, { frames: 12, drops: 3 });
  assert.deepEqual(
    file.packets.map(({ data, originalLength, time }) => [Buffer.from(data).toString(), originalLength, time]),
    [
      ['abc', 3, 1_767_225_600_000_000_001n],
      ['', 0, 1_767_225_600_999_999_999n],
      ['cut', 1500, 4_294_967_295_999_999_999n],
    ],
  );
});

test('packets larger than a chunk, and many small ones, survive', () => {
  const large = Buffer.alloc(300_001, 7);
  const file = readPcap(
    collect((writer) => {
      for (let index = 0; index < 5000; index += 1) writer.packet(packet(Buffer.from(`packet ${index}`), index, 0));
      writer.packet(packet(large, 9, 9));
      writer.packet(packet(Buffer.from('last'), 9, 9));
      writer.finish(counters);
    }),
  );
  assert.equal(file.packets.length, 5002);
  assert.equal(Buffer.from(file.packets[4999]?.data ?? []).toString(), 'packet 4999');
  assert.ok(large.equals(file.packets[5000]?.data ?? Buffer.alloc(0)));
  assert.equal(Buffer.from(file.packets[5001]?.data ?? []).toString(), 'last');
});

test('the length that is told is the length that is written', () => {
  let told = 0;
  let bound = 0;
  const bytes = collect((writer) => {
    bound = writer.lengthWith(5);
    writer.packet(packet(Buffer.from('12345'), 0, 0));
    told = writer.length;
    writer.flush();
  });
  assert.equal(told, bytes.length);
  assert.ok(bound >= told);
});

test('a file without its end is read as far as it goes', () => {
  const whole = collect((writer) => {
    writer.packet(packet(Buffer.from('one'), 0, 0));
    writer.packet(packet(Buffer.from('two'), 0, 0));
    writer.flush();
  });
  const file = readPcap(whole.subarray(0, -5));
  assert.equal(file.packets.length, 1);
  assert.equal(file.counters, undefined);
});

test('other bytes are refused', () => {
  assert.throws(() => readPcap(Buffer.from('d4c3b2a1020004000000000000', 'hex')), /not a little-endian pcapng/);
});
