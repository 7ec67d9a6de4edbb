import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
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

/** A mirrored connection, as the relay opens it. */
async function mirrored(t: TestContext, made: Receiver, port: number): Promise<Socket> {
  const witness = made.witness(0, 'raw');
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  await new Promise<void>((taken) => witness.connected(socket.localPort ?? 0, taken));
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
