import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { JournalRecord } from '../../model/journal.js';
import { RequestDecoder } from '../../wire/request-decoder.js';
import { Receiver } from './receiver.js';

const REMOTE_PORT = 8080;

async function receiver(t: TestContext, bytesPerSecond?: number) {
  const journal: JournalRecord[] = [];
  const made = new Receiver(
    (connection) =>
      new RequestDecoder({ connection, nextExchange: () => 0, journal: (record) => journal.push(record) }),
    bytesPerSecond,
  );
  const port = await made.listen(0, REMOTE_PORT);
  t.after(() => made.die());
  return { made, port, journal };
}

async function connected(t: TestContext, to: { readonly port: number; readonly localPort?: number }): Promise<Socket> {
  const socket = connect({ ...to, host: '127.0.0.1', localAddress: '127.0.0.1' });
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** A mirrored connection, as the relay opens it. */
async function mirrored(t: TestContext, made: Receiver, port: number): Promise<Socket> {
  const witness = made.witness(0, 'raw');
  const socket = await connected(t, { port });
  await new Promise<void>((taken) => witness.connected(socket, taken));
  return socket;
}

async function until(what: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!what()) {
    assert.ok(Date.now() < deadline, 'it did not come about');
    await delay(2);
  }
}

const body = Buffer.alloc(20_000, 'a');
const head = `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n`;
const isComplete = (journal: readonly JournalRecord[]) => journal.some(({ kind }) => kind === 'end');

describe('the built-in local process', () => {
  it('reads no more per second than it is told to', async (t) => {
    const { made, port, journal } = await receiver(t, 100_000);
    const socket = await mirrored(t, made, port);
    const begun = performance.now();
    for (const part of [head, body.subarray(0, 10_000), body.subarray(10_000)]) {
      socket.write(part);
      await delay(5);
    }
    await until(() => isComplete(journal));
    // What came first has to be digested before the last is read.
    assert.ok(performance.now() - begun >= 95, `${performance.now() - begun} ms`);
  });

  it('tells connections to two of its ports apart that come from the same port', async (t) => {
    const { made, port, journal } = await receiver(t);
    const other = await made.listen(0, REMOTE_PORT + 1);
    const localPort = await freePort();
    const first = await connected(t, { port, localPort });
    const second = await connected(t, { port: other, localPort });
    const taken: string[] = [];
    made.witness(2, 'raw').connected(second, () => taken.push('second'));
    made.witness(1, 'HTTP/1.1').connected(first, () => taken.push('first'));
    second.write('GET /second HTTP/1.1\r\nhost: a\r\n\r\n');
    first.write('GET /first HTTP/1.1\r\nhost: a\r\n\r\n');
    const answer = await new Promise<Buffer>((resolve) => first.once('data', resolve));
    assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
    await until(() => journal.filter(({ kind }) => kind === 'request').length === 2);
    const paths = journal.flatMap((record) => (record.kind === 'request' ? [[record.connection, record.path]] : []));
    assert.deepEqual(paths.sort(), [
      [1, '/first'],
      [2, '/second'],
    ]);
    assert.deepEqual(taken.sort(), ['first', 'second']);
  });

  it('dies: its connections are reset, and its port refuses', async (t) => {
    const { made, port, journal } = await receiver(t);
    const socket = await mirrored(t, made, port);
    socket.write(head);
    await until(() => journal.some(({ kind }) => kind === 'request'));
    const lost = new Promise<string | undefined>((resolve) =>
      socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code)),
    );
    await made.die();
    assert.equal(await lost, 'ECONNRESET');
    const refused = await new Promise<string | undefined>((resolve) =>
      connect(port, '127.0.0.1').once('error', ({ code }: NodeJS.ErrnoException) => resolve(code)),
    );
    assert.equal(refused, 'ECONNREFUSED');
  });
});
