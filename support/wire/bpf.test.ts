import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BpfProgram, DROP_ALL, tcpPortFilter, WHOLE_FRAME } from './bpf.js';
import { buildTcpFrame } from './ethernet-build.js';

/** Interprets the instructions that these programs use; returns how many bytes of the frame are kept. */
function run(program: BpfProgram, frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let a = 0;
  let x = 0;
  for (let pc = 0; ; pc += 1) {
    const instruction = program[pc];
    assert.ok(instruction, `fell off the program at ${pc}`);
    const { code, jt, jf, k } = instruction;
    try {
      if (code === 0x28) a = view.getUint16(k);
      else if (code === 0x30) a = view.getUint8(k);
      else if (code === 0x48) a = view.getUint16(x + k);
      else if (code === 0xb1) x = 4 * (view.getUint8(k) & 0xf);
      else if (code === 0x05) pc += k;
      else if (code === 0x15) pc += a === k ? jt : jf;
      else if (code === 0x45) pc += (a & k) !== 0 ? jt : jf;
      else if (code === 0x06) return k;
      else assert.fail(`unknown instruction ${code.toString(16)}`);
    } catch (error) {
      if (error instanceof RangeError) return 0; // The kernel refuses a frame that is too short for a load.
      throw error;
    }
  }
}

/** `tcpdump -ddd -y EN10MB 'tcp port 80'` of tcpdump 4.99.3, without its first line. */
const TCPDUMP_TCP_PORT_80: BpfProgram = `40 0 0 12
21 0 6 34525
48 0 0 20
21 0 15 6
40 0 0 54
21 12 0 80
40 0 0 56
21 10 11 80
21 0 10 2048
48 0 0 23
21 0 8 6
40 0 0 20
69 6 0 8191
177 0 0 14
72 0 0 14
21 2 0 80
72 0 0 16
21 0 1 80
6 0 0 262144
6 0 0 0`
  .split('\n')
  .map((line) => line.split(' ').map(Number))
  .map(([code = 0, jt = 0, jf = 0, k = 0]) => ({ code, jt, jf, k }));

const client = { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 40000, flags: ['ACK'] as const };
const v6 = { source: 'fd00::1', destination: 'fd00::2', sourcePort: 40000, flags: ['ACK'] as const };

function changed(frame: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const copy = Uint8Array.from(frame);
  change(copy);
  return copy;
}

const toPort80 = buildTcpFrame({ ...client, destinationPort: 80 });
const frames: readonly { readonly name: string; readonly frame: Uint8Array; readonly passes: boolean }[] = [
  { name: 'to the port', frame: toPort80, passes: true },
  { name: 'from the port', frame: buildTcpFrame({ ...client, sourcePort: 80, destinationPort: 9 }), passes: true },
  { name: 'another port', frame: buildTcpFrame({ ...client, destinationPort: 81 }), passes: false },
  { name: 'with IPv4 options', frame: buildTcpFrame({ ...client, destinationPort: 80, ipOptions: 8 }), passes: true },
  {
    name: 'a first fragment',
    frame: changed(toPort80, (bytes) => bytes.set([0x20, 0x00], 20)),
    passes: true,
  },
  {
    name: 'a later fragment',
    frame: changed(toPort80, (bytes) => bytes.set([0x00, 0x10], 20)),
    passes: false,
  },
  { name: 'UDP', frame: changed(toPort80, (bytes) => bytes.set([17], 23)), passes: false },
  { name: 'ARP', frame: changed(toPort80, (bytes) => bytes.set([0x08, 0x06], 12)), passes: false },
  { name: 'a runt', frame: toPort80.subarray(0, 30), passes: false },
  { name: 'IPv6 to the port', frame: buildTcpFrame({ ...v6, destinationPort: 80 }), passes: true },
  { name: 'IPv6 from the port', frame: buildTcpFrame({ ...v6, sourcePort: 80, destinationPort: 9 }), passes: true },
  { name: 'IPv6, another port', frame: buildTcpFrame({ ...v6, destinationPort: 443 }), passes: false },
];

for (const { name, frame, passes } of frames) {
  test(`the port filter decides as tcpdump's does: ${name}`, () => {
    const ours = run(tcpPortFilter([80], { families: ['ipv4', 'ipv6'] }), frame);
    assert.equal(ours, run(TCPDUMP_TCP_PORT_80, frame));
    assert.equal(ours, passes ? WHOLE_FRAME : 0);
  });
}

test('the IPv4 filter refuses IPv6', () => {
  const program = tcpPortFilter([80], { families: ['ipv4'] });
  assert.equal(run(program, buildTcpFrame({ ...v6, destinationPort: 80 })), 0);
  assert.equal(run(program, toPort80), WHOLE_FRAME);
});

test('the filter keeps as many bytes as asked for', () => {
  assert.equal(run(tcpPortFilter([80], { families: ['ipv4'], keep: 128 }), toPort80), 128);
});

test('the filter of no ports, and the first one, refuse everything', () => {
  assert.equal(run(tcpPortFilter([], { families: ['ipv4', 'ipv6'] }), toPort80), 0);
  assert.equal(run(DROP_ALL, toPort80), 0);
});

test('many ports are within reach of the jumps', () => {
  const ports = Array.from({ length: 400 }, (_, index) => 1000 + index);
  const program = tcpPortFilter(ports, { families: ['ipv4', 'ipv6'] });
  for (const port of [1000, 1200, 1399]) {
    assert.equal(run(program, buildTcpFrame({ ...client, destinationPort: port })), WHOLE_FRAME, `IPv4 port ${port}`);
    assert.equal(run(program, buildTcpFrame({ ...v6, destinationPort: port })), WHOLE_FRAME, `IPv6 port ${port}`);
  }
  assert.equal(run(program, buildTcpFrame({ ...v6, destinationPort: 1400 })), 0);
  assert.ok(program.every(({ jt, jf }) => jt < 256 && jf < 256));
});

test('more ports than the kernel allows are refused with a reason', () => {
  const ports = Array.from({ length: 2000 }, (_, index) => 1000 + index);
  assert.throws(() => tcpPortFilter(ports, { families: ['ipv4', 'ipv6'] }), /cannot hold 2000 ports/);
});
