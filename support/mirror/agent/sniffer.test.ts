import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTcp, TcpSegment } from '../../wire/ethernet.js';
import { buildTcpFrame, type TcpFrame } from '../../wire/ethernet-build.js';
import { Sniffer } from './sniffer.js';
import { NEW_CONNECTIONS, PACKETS_PER_CONNECTION, SnifferClient } from './sniffer-client.js';

type Flag = TcpFrame['flags'][number];
/** Flags and payload; `<` is the direction from the workload to the client. */
type Packet = readonly [flags: string, payload?: string, change?: Partial<TcpFrame>];

const CLIENT = '127.0.0.6';
const POD = '10.0.0.2';
const OPEN = `open ${CLIENT}:40000 → ${POD}:8080`;
const REQUEST = 'GET / HTTP/1.1\r\n\r\n';

class Bench {
  readonly losses: string[] = [];
  readonly sniffer = new Sniffer();
  client = this.connect();

  constructor(...ports: number[]) {
    for (const port of ports) this.sniffer.subscribe(port);
  }

  connect(): SnifferClient {
    const client = new SnifferClient({
      streamLost: ({ remote }) => this.losses.push(`connection ${remote}`),
      itemsLost: ({ remote }) => this.losses.push(`packets ${remote}`),
    });
    this.sniffer.client = client;
    return client;
  }

  send(...packets: readonly Packet[]): void {
    for (const [flags, payload = '', change] of packets) {
      const back = flags.startsWith('<');
      const frame = buildTcpFrame({
        source: back ? POD : CLIENT,
        destination: back ? CLIENT : POD,
        sourcePort: back ? 8080 : 40000,
        destinationPort: back ? 40000 : 8080,
        flags: flags.replace('<', '').split('+').filter(Boolean) as Flag[],
        payload: Buffer.from(payload, 'latin1'),
        ...change,
      });
      const segment = new TcpSegment();
      assert.ok(parseTcp(frame, 0, frame.length, segment));
      this.sniffer.handle(segment);
      frame.fill(0xff); // Ring memory is used again: nothing of it may be kept.
    }
  }

  /** What the client is told, until nothing is left or `limit` events. */
  events(limit = Number.POSITIVE_INFINITY): string[] {
    const told: string[] = [];
    while (told.length < limit) {
      const event = this.client.next();
      if (event === undefined) break;
      if (event.kind === 'open') told.push(`open ${event.head.remote} → ${event.head.local}`);
      else if (event.kind === 'item') told.push(Buffer.from(event.item).toString('latin1'));
      else if (event.kind === 'lagged') told.push(`lagged by ${event.missed}`);
      else told.push('close');
    }
    return told;
  }
}

const cases: readonly {
  readonly name: string;
  readonly packets: readonly Packet[];
  readonly told: readonly string[];
}[] = [
  { name: 'a bare SYN opens before any data', packets: [['SYN']], told: [OPEN] },
  { name: 'a SYN with ACK is the other side speaking', packets: [['SYN+ACK']], told: [] },
  { name: 'a SYN with FIN opens nothing', packets: [['SYN+FIN']], told: [] },
  { name: 'a SYN with RST opens nothing', packets: [['SYN+RST']], told: [] },
  { name: 'a SYN with PSH is bare enough', packets: [['SYN+PSH']], told: [OPEN] },
  { name: 'data of a SYN is data (TCP fast open)', packets: [['SYN', 'early']], told: [OPEN, 'early'] },
  {
    name: 'payloads pass in the order of arrival; empty segments tell nothing',
    packets: [['SYN'], ['ACK'], ['ACK', 'b'], ['ACK', 'a'], ['ACK']],
    told: [OPEN, 'b', 'a'],
  },
  {
    name: 'a retransmission is passed on twice',
    packets: [['SYN'], ['ACK', 'x', { sequence: 1 }], ['ACK', 'x', { sequence: 1 }]],
    told: [OPEN, 'x', 'x'],
  },
  {
    name: 'the answer is another direction, on a port that is not subscribed',
    packets: [['SYN'], ['<SYN+ACK'], ['ACK', 'ask'], ['<ACK', 'answer'], ['<FIN+ACK'], ['ACK', 'more']],
    told: [OPEN, 'ask', 'more'],
  },
  { name: 'another port is not subscribed', packets: [['SYN', '', { destinationPort: 8081 }]], told: [] },
  {
    name: 'the first FIN closes, after the payload that it carries',
    packets: [['SYN'], ['ACK', 'a'], ['FIN+ACK', 'b'], ['ACK', 'late']],
    told: [OPEN, 'a', 'b', 'close'],
  },
  { name: 'an RST closes', packets: [['SYN'], ['ACK', 'a'], ['RST']], told: [OPEN, 'a', 'close'] },
  {
    name: 'a SYN on an open session opens nothing',
    packets: [['SYN'], ['SYN'], ['ACK', 'a']],
    told: [OPEN, 'a'],
  },
  {
    name: 'after the close a SYN opens anew',
    packets: [['SYN'], ['FIN+ACK'], ['SYN'], ['ACK', 'a']],
    told: [OPEN, 'close', OPEN, 'a'],
  },
  {
    name: 'after the close a request opens anew, other data does not',
    packets: [['SYN'], ['FIN+ACK'], ['ACK', 'noise'], ['ACK', REQUEST]],
    told: [OPEN, 'close', OPEN, REQUEST],
  },
  {
    name: 'a kept-alive HTTP/1 connection is picked up at its next request',
    packets: [
      ['ACK', 'rest of a body'],
      ['ACK', REQUEST],
      ['ACK', 'body'],
    ],
    told: [OPEN, REQUEST, 'body'],
  },
  {
    name: 'a request line that is split over packets is missed',
    packets: [
      ['ACK', 'GET / HT'],
      ['ACK', 'TP/1.1\r\n\r\n'],
    ],
    told: [],
  },
  {
    name: 'an HTTP/2 preface opens',
    packets: [['ACK', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']],
    told: [OPEN, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  },
  {
    name: 'HTTP/2 under way is never picked up',
    packets: [['ACK', '\x00\x00\x05\x01\x05\x00\x00\x00\x03\x82\x84\x86\x41\x01']],
    told: [],
  },
  {
    name: 'a request with FIN opens and closes',
    packets: [['FIN+ACK', REQUEST]],
    told: [OPEN, REQUEST, 'close'],
  },
  { name: 'a FIN without a session tells nothing', packets: [['FIN+ACK']], told: [] },
  {
    name: 'IPv6 is not looked at',
    packets: [['SYN', '', { source: 'fd00::1', destination: 'fd00::2' }]],
    told: [],
  },
];

for (const { name, packets, told } of cases) {
  test(name, () => {
    const bench = new Bench(8080);
    const heard = packets.flatMap((packet) => {
      bench.send(packet);
      return bench.events();
    });
    assert.deepEqual(heard, told);
    assert.equal(bench.client.waiting, 0);
  });
}

test('connections are told apart by all of address and port, and numbered from 0', () => {
  const bench = new Bench(8080, 9090);
  const others: Partial<TcpFrame>[] = [{ sourcePort: 40001 }, { source: '127.0.0.7' }, { destinationPort: 9090 }];
  bench.send(['SYN'], ...others.map((change): Packet => ['SYN', '', change]));
  for (const change of others) bench.send(['ACK', JSON.stringify(change), change]);
  const numbers: number[] = [];
  const data: string[] = [];
  for (let event = bench.client.next(); event !== undefined; event = bench.client.next()) {
    if (event.kind === 'open') numbers.push(event.stream);
    if (event.kind === 'item') data.push(`${event.stream} ${Buffer.from(event.item)}`);
  }
  assert.deepEqual(numbers, [0, 1, 2, 3]);
  assert.deepEqual(data.sort(), others.map((change, index) => `${index + 1} ${JSON.stringify(change)}`).sort());
});

test('without a client nothing is opened', () => {
  const bench = new Bench(8080);
  bench.sniffer.client = undefined;
  bench.send(['SYN'], ['ACK', 'a']);
  bench.sniffer.client = bench.client;
  bench.send(['ACK', 'b']);
  assert.deepEqual(bench.events(), []);
});

test('subscribing and unsubscribing tell whether the filter changes', () => {
  const bench = new Bench();
  assert.equal(bench.sniffer.subscribe(8080), true);
  assert.equal(bench.sniffer.subscribe(8080), false);
  assert.equal(bench.sniffer.unsubscribe(9090), false);
  assert.equal(bench.sniffer.unsubscribe(8080), true);
  bench.send(['SYN']);
  assert.deepEqual(bench.events(), []);
});

test('512 packets of a connection may wait', () => {
  const bench = new Bench(8080);
  bench.send(['SYN']);
  for (let index = 0; index < PACKETS_PER_CONNECTION; index += 1) bench.send(['ACK', `${index};`]);
  bench.send(['FIN+ACK']);
  assert.equal(PACKETS_PER_CONNECTION, 512);
  assert.equal(bench.client.waiting, 1 + 512 + 1);
  const told = bench.events();
  assert.equal(told.length, 1 + 512 + 1);
  assert.equal(told[512], '511;');
  assert.equal(told.at(-1), 'close');
  assert.deepEqual(bench.losses, []);
});

test('with one more the rest of the connection is lost, and its close is not told twice', () => {
  const bench = new Bench(8080);
  bench.send(['SYN'], ['ACK', 'taken']);
  assert.deepEqual(bench.events(), [OPEN, 'taken']);
  for (let index = 0; index < PACKETS_PER_CONNECTION + 3; index += 1) bench.send(['ACK', 'x']);
  assert.deepEqual(bench.losses, [`packets ${CLIENT}:40000`]);
  assert.equal(bench.client.waiting, 1);
  assert.deepEqual(bench.events(), ['lagged by 3']);
  bench.send(['ACK', 'y'], ['ACK', REQUEST], ['FIN+ACK']);
  assert.deepEqual(bench.events(), []);
  bench.send(['SYN'], ['ACK', 'again']);
  assert.deepEqual(bench.events(), [OPEN, 'again']);
});

test('a connection that lags before it was told of is told of, and then closed', () => {
  const bench = new Bench(8080);
  bench.send(['SYN']);
  for (let index = 0; index < PACKETS_PER_CONNECTION + 1; index += 1) bench.send(['ACK', 'x']);
  assert.deepEqual(bench.events(), [OPEN, 'lagged by 1']);
});

test('a lagging connection leaves the others alone', () => {
  const bench = new Bench(8080);
  bench.send(['SYN'], ['SYN', '', { sourcePort: 40001 }]);
  for (let index = 0; index < PACKETS_PER_CONNECTION + 1; index += 1) bench.send(['ACK', 'x']);
  bench.send(['ACK', 'fine', { sourcePort: 40001 }]);
  assert.deepEqual(bench.events().slice(2).sort(), ['fine', 'lagged by 1']);
});

test('the client takes one packet of each connection in turn', () => {
  const bench = new Bench(8080);
  const second = { sourcePort: 40001 };
  bench.send(['SYN'], ['SYN', '', second]);
  assert.equal(bench.events().length, 2);
  bench.send(['ACK', 'a1'], ['ACK', 'a2'], ['ACK', 'a3'], ['ACK', 'b1', second], ['ACK', 'b2', second]);
  assert.deepEqual(bench.events(), ['a1', 'b1', 'a2', 'b2', 'a3']);
});

test('128 new connections may wait; one more is lost whole, but a later request on it is picked up', () => {
  const bench = new Bench(8080);
  for (let index = 0; index < NEW_CONNECTIONS; index += 1) bench.send(['SYN', '', { sourcePort: 1000 + index }]);
  assert.equal(NEW_CONNECTIONS, 128);
  bench.send(['SYN'], ['ACK', 'POST / HTTP/1.1\r\n\r\n']);
  assert.deepEqual(bench.losses, [`connection ${CLIENT}:40000`]);
  assert.equal(bench.events().length, 128);
  bench.send(['ACK', 'body'], ['ACK', REQUEST]);
  assert.deepEqual(bench.events(), [OPEN, REQUEST]);
});

test('a connection that the client refuses ends its session with the next payload', () => {
  const bench = new Bench(8080);
  bench.send(['SYN']);
  assert.deepEqual(bench.events(), [OPEN]);
  bench.send(['ACK', 'waiting']);
  bench.client.unsubscribe(0);
  bench.send(['ACK', REQUEST]);
  assert.deepEqual(bench.events(), []);
  bench.send(['ACK', REQUEST]);
  assert.deepEqual(bench.events(), [OPEN, REQUEST]);
});

test('sessions of a client that is gone do not reach its successor', () => {
  const bench = new Bench(8080);
  bench.send(['SYN'], ['ACK', 'a']);
  assert.deepEqual(bench.events(1), [OPEN]);
  bench.client.abandon();
  bench.client = bench.connect();
  bench.send(['ACK', 'b'], ['ACK', 'c']);
  assert.deepEqual(bench.events(), []);
  bench.send(['ACK', REQUEST]);
  assert.deepEqual(bench.events(), [OPEN, REQUEST]);
});
