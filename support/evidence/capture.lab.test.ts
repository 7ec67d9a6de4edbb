import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { test } from 'node:test';
import { injectFrame } from '../linux/inject-frame.js';
import { labTests, makePod } from '../linux/lab-tests.js';
import { inNetworkNamespace } from '../linux/network-namespace.js';
import { parseTcp, TcpSegment } from '../wire/ethernet.js';
import { buildProbe } from '../wire/ethernet-probe.js';
import { readPcap } from '../wire/pcap-reader.js';
import { startCapture } from './capture.js';

const REQUEST = 'GET /hello HTTP/1.1\r\nhost: workload\r\n\r\n';
const RESPONSE = 'HTTP/1.1 204 No Content\r\n\r\n';
const POD_ADDRESS = '10.8.0.2';

labTests(import.meta.url, () => {
  makePod('pod', POD_ADDRESS, '10.8.0.1');
  const netnsPath = '/run/netns/pod';

  /** A server that answers every connection's first bytes. */
  async function serve(where: string | undefined): Promise<{ readonly server: Server; readonly port: number }> {
    const server = createServer((socket) => socket.once('data', () => socket.end(RESPONSE)).resume());
    // Without a host the socket is made at once, not behind a look-up that would run after we are back.
    inNetworkNamespace(where, () => server.listen(0));
    await once(server, 'listening');
    return { server, port: (server.address() as AddressInfo).port };
  }

  async function ask(host: string, port: number, request: string | Buffer): Promise<void> {
    const client = connect({ host, port });
    client.write(request);
    client.resume();
    await once(client, 'end');
    client.end();
    await once(client, 'close');
  }

  test('a call to the pod is summed up and kept in a file that says the same', async (context) => {
    const { server, port } = await serve(netnsPath);
    context.after(() => server.close());
    const file = '/run/eth0.pcapng';
    const capture = await startCapture({ netnsPath, interface: 'eth0', file, ports: [port] });
    const other = await serve(netnsPath);
    context.after(() => other.server.close());
    await ask(POD_ADDRESS, other.port, REQUEST);
    await ask(POD_ADDRESS, port, REQUEST);
    injectFrame({
      interface: 'pod',
      frame: buildProbe({ address: POD_ADDRESS, mac: 'ff:ff:ff:ff:ff:ff', port, magic: 9 }),
    });
    const live = await capture.traffic();
    const { traffic, counters, unwritten } = await capture.stop();
    assert.deepEqual(live, traffic);
    assert.equal(traffic.interface, 'eth0');
    assert.equal(traffic.payloadBytes, REQUEST.length + RESPONSE.length);
    assert.equal(traffic.plaintextRequests, 1);
    assert.equal(traffic.tlsRecords, 0);
    assert.deepEqual([counters.frames, counters.drops, unwritten], [traffic.packets, 0, 0]);
    const pcap = readPcap(readFileSync(file));
    assert.equal(pcap.interface, 'eth0');
    assert.equal(pcap.packets.length, traffic.packets);
    const segment = new TcpSegment();
    const payloads = pcap.packets.map(({ data }) => {
      assert.ok(parseTcp(data, 0, data.length, segment));
      return Buffer.from(segment.payload).toString();
    });
    assert.equal(payloads.join(''), REQUEST + RESPONSE);
  });

  test('on lo nothing is doubled; a TLS record is not taken for plaintext', async (context) => {
    const { server, port } = await serve(undefined);
    context.after(() => server.close());
    const capture = await startCapture({ interface: 'lo', file: '/run/lo.pcapng', ports: [port] });
    const record = Buffer.concat([Buffer.from([22, 3, 1, 0, 200]), Buffer.alloc(200, 1)]);
    await ask('127.0.0.1', port, record);
    const { traffic } = await capture.stop();
    assert.equal(traffic.payloadBytes, record.length + RESPONSE.length);
    assert.equal(traffic.tlsRecords, 1);
    assert.equal(traffic.plaintextRequests, 0);
    assert.deepEqual(await capture.stop(), await capture.stop());
  });

  const tshark = spawnSync('tshark', ['--version']).status === 0;
  test('tshark reads the file', { skip: tshark ? false : 'tshark is not installed' }, async (context) => {
    const { server, port } = await serve(netnsPath);
    context.after(() => server.close());
    const file = '/run/tshark.pcapng';
    const capture = await startCapture({ netnsPath, interface: 'eth0', file, ports: [port] });
    await ask(POD_ADDRESS, port, REQUEST);
    await capture.stop();
    const fields = ['-T', 'fields', '-e', 'http.request.uri', '-e', 'frame.interface_name', '-e', 'ip.dst'];
    const decoded = execFileSync(
      'tshark',
      ['-r', file, '-d', `tcp.port==${port},http`, '-Y', 'http.request', ...fields],
      {
        env: { ...process.env, HOME: '/run' },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    assert.equal(decoded.toString().trim(), `/hello\teth0\t${POD_ADDRESS}`);
  });

  test('bulk data beyond the file is counted, not written', async (context) => {
    const { server, port } = await serve(netnsPath);
    context.after(() => server.close());
    const file = '/run/full.pcapng';
    const capture = await startCapture({ netnsPath, interface: 'eth0', file, ports: [port], maxFileBytes: 200_000 });
    const bulk = Buffer.alloc(2_000_000, 1);
    await ask(POD_ADDRESS, port, bulk);
    const { traffic, counters, unwritten } = await capture.stop();
    assert.equal(counters.drops, 0);
    assert.ok(traffic.payloadBytes >= bulk.length);
    const bytes = readFileSync(file);
    assert.ok(bytes.length < 201_000, `${bytes.length} bytes`);
    assert.equal(readPcap(bytes).packets.length + unwritten, counters.frames);
    assert.ok(unwritten > 0);
  });

  test('an interface or a folder that does not exist is an error', async () => {
    const ports = [80];
    await assert.rejects(startCapture({ netnsPath, interface: 'eth9', file: '/run/x', ports }), /"eth9".*eth0/);
    await assert.rejects(startCapture({ netnsPath, interface: 'lo', file: '/run/none/x', ports }), /ENOENT/);
  });
});
