import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { injectFrame } from './inject-frame.js';
import { interfaceNames } from './interfaces.js';
import { labTests, makePod } from './lab-tests.js';
import { inNetworkNamespace } from './network-namespace.js';
import { PacketRing, type PacketRingOptions } from './packet-ring.js';
import { PacketSocket } from './packet-socket.js';
import { SystemCallError } from './system-call.js';

// tcp: EtherType IPv4 and protocol 6
const TCP_ONLY = [
  { code: 0x28, jt: 0, jf: 0, k: 12 },
  { code: 0x15, jt: 0, jf: 3, k: 0x0800 },
  { code: 0x30, jt: 0, jf: 0, k: 23 },
  { code: 0x15, jt: 0, jf: 1, k: 6 },
  { code: 0x06, jt: 0, jf: 0, k: 262_144 },
  { code: 0x06, jt: 0, jf: 0, k: 0 },
];
const NOTHING = [{ code: 0x06, jt: 0, jf: 0, k: 0 }];
const SMALL = { blockSize: 262_144, blockCount: 4 };

labTests(import.meta.url, () => {
  function open(context: TestContext, options: PacketRingOptions): PacketRing {
    const ring = PacketRing.open(options);
    context.after(() => ring.dispose());
    return ring;
  }

  /** Sends `length` bytes over lo and waits until they have arrived. */
  async function exchange(length: number): Promise<void> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [accepted] = await once(server, 'connection');
    let received = 0;
    accepted.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    client.end(Buffer.alloc(length, 7));
    await once(accepted, 'end');
    assert.equal(received, length);
    accepted.destroy();
    server.close();
  }

  async function until(holds: () => boolean): Promise<void> {
    const deadline = performance.now() + 2000;
    while (!holds() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Ethernet, IPv4 and TCP headers without options are 54 bytes, and 12 more with timestamps. */
  function payloadOf(memory: Uint8Array, start: number): number {
    const ipLength = ((memory[start + 16] ?? 0) << 8) | (memory[start + 17] ?? 0);
    return ipLength - 20 - ((memory[start + 46] ?? 0) >> 4) * 4;
  }

  test('a TCP exchange on lo is captured once, whole, in order and in time', async (context) => {
    const ring = open(context, { interface: 'lo', ignoreOutgoing: true, filter: TCP_ONLY });
    let payload = 0;
    let last = 0;
    let slowest = 0;
    ring.start((frame) => {
      payload += payloadOf(frame.memory, frame.start);
      const at = frame.seconds * 1000 + frame.nanoseconds / 1e6;
      assert.ok(at >= last);
      assert.equal(frame.end - frame.start, frame.originalLength);
      assert.equal(frame.outgoing, false);
      last = at;
      slowest = Math.max(slowest, performance.timeOrigin + performance.now() - at);
    });
    await exchange(3_000_000);
    await ring.drained();
    // Under load TCP may send a segment twice; all of them twice would be six million.
    assert.ok(payload >= 3_000_000 && payload < 4_000_000, `${payload} bytes`);
    assert.equal(ring.statistics().drops, 0);
    assert.ok(slowest < 250, `the slowest frame took ${slowest} ms`);
    console.log(`figure: slowest frame ${slowest.toFixed(1)} ms`);
    ring.dispose();
  });

  test('without the option lo shows each frame twice', async (context) => {
    const ring = open(context, { interface: 'lo', ignoreOutgoing: false, filter: TCP_ONLY, ...SMALL });
    const payload = { in: 0, out: 0 };
    ring.start((frame) => {
      payload[frame.outgoing ? 'out' : 'in'] += payloadOf(frame.memory, frame.start);
    });
    await exchange(1000);
    await ring.drained();
    assert.deepEqual(payload, { in: 1000, out: 1000 });
  });

  test('a filter can be replaced, and cut frames', async (context) => {
    const ring = open(context, { interface: 'lo', ignoreOutgoing: true, filter: NOTHING, ...SMALL });
    let frames = 0;
    ring.start((frame) => {
      frames += 1;
      assert.ok(frame.end - frame.start <= 60);
      assert.ok(frame.originalLength >= 66);
    });
    await exchange(1000);
    await ring.drained();
    assert.equal(frames, 0);
    assert.deepEqual(ring.statistics(), { frames: 0, drops: 0 });
    ring.setFilter([{ code: 0x06, jt: 0, jf: 0, k: 60 }]);
    await exchange(1000);
    await ring.drained();
    assert.ok(frames > 4);
  });

  test('a ring that is not read counts what it loses, and goes on afterwards', async (context) => {
    const ring = open(context, { interface: 'lo', ignoreOutgoing: true, filter: TCP_ONLY, ...SMALL });
    await exchange(20_000_000);
    let payload = 0;
    ring.start((frame) => {
      payload += payloadOf(frame.memory, frame.start);
    });
    await ring.drained();
    const { drops } = ring.statistics();
    assert.ok(drops > 0);
    assert.ok(payload > 0 && payload < 20_000_000);
    payload = 0;
    await exchange(1000);
    await ring.drained();
    assert.equal(payload, 1000);
    assert.equal(ring.statistics().drops, drops);
  });

  test('frames of many turns all come, and a callback may end the capture', async (context) => {
    const ring = open(context, { interface: 'lo', ignoreOutgoing: true });
    const frame = Buffer.alloc(60, 1);
    let frames = 0;
    let turns = 0;
    ring.start(
      () => {
        frames += 1;
        if (frames === 1200) ring.dispose();
      },
      () => {
        turns += 1;
      },
    );
    const socket = new PacketSocket();
    for (let index = 0; index < 1000; index += 1) socket.send('lo', frame);
    // Sent is not captured yet: the kernel may deliver lo's frames a little later (ksoftirqd).
    await until(() => frames >= 1000);
    assert.equal(frames, 1000);
    assert.ok(turns >= 4);
    for (let index = 0; index < 500; index += 1) socket.send('lo', frame);
    await until(() => frames >= 1200);
    await ring.drained();
    socket.close();
    assert.equal(frames, 1200);
  });

  test('an interface that does not exist is refused with those that do', () => {
    assert.throws(
      () => PacketRing.open({ interface: 'eth7', ignoreOutgoing: true }),
      /no network interface "eth7" here; there are: .*\blo\b/,
    );
  });

  test('a socket of another namespace is opened from outside of it', async (context) => {
    makePod('pod1', '10.9.0.2', '10.9.0.1');
    const before = interfaceNames();
    const ring = inNetworkNamespace('/run/netns/pod1', () => {
      assert.deepEqual([...interfaceNames()].sort(), ['eth0', 'lo']);
      return open(context, { interface: 'eth0', ignoreOutgoing: true, ...SMALL });
    });
    assert.deepEqual(interfaceNames(), before);
    const seen: string[] = [];
    ring.start(({ memory, start, end }) => seen.push(Buffer.from(memory.subarray(start + 14, end)).toString()));
    // From the other end of the veth it arrives; from the pod's own end it leaves.
    injectFrame({ interface: 'pod1', frame: Buffer.concat([Buffer.alloc(14, 0xff), Buffer.from('arrives')]) });
    injectFrame({
      netnsPath: '/run/netns/pod1',
      interface: 'eth0',
      frame: Buffer.concat([Buffer.alloc(14, 0xff), Buffer.from('leaves')]),
    });
    await ring.drained();
    assert.ok(seen.includes('arrives'));
    assert.ok(!seen.includes('leaves'));
  });

  test('a namespace that does not exist is an error, and we stay where we are', () => {
    const before = interfaceNames();
    assert.throws(() => inNetworkNamespace('/run/netns/none', () => 1), /ENOENT/);
    assert.throws(
      () => inNetworkNamespace('/proc/self/ns/mnt', () => 1),
      (error: unknown) => error instanceof SystemCallError && error.code === 'EINVAL' && error.syscall === 'setns',
    );
    assert.deepEqual(interfaceNames(), before);
  });
});
