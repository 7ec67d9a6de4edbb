import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { MirroredConnection } from './mirrored-connection.js';

/** A local process that reads nothing by itself, and what became of the connection to it. */
async function bench(context: TestContext) {
  const server: Server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const told: string[] = [];
  let delivered = 0;
  let wake = (): void => {};
  const connection = new MirroredConnection({
    host: '127.0.0.1',
    port,
    witness: {
      connected: (_, taken) => {
        told.push('connected');
        taken();
      },
      delivered: (bytes) => {
        delivered += bytes.length;
        wake();
      },
      closed: (how, detail) => {
        told.push(`closed ${how}${detail === undefined ? '' : ` ${detail}`}`);
        wake();
      },
    },
    onSettled: () => told.push('settled'),
    onCongestion: (congested) => {
      told.push(congested ? 'congested' : 'caught up');
      wake();
    },
    onClosed: (failure) => told.push(`over${failure === undefined ? '' : `: ${failure}`}`),
  });
  context.after(() => connection.abort('the test is over'));
  return {
    connection,
    server,
    told,
    delivered: () => delivered,
    until: async (holds: () => boolean): Promise<void> => {
      while (!holds()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

async function accept(server: Server): Promise<Socket> {
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.on('error', () => {});
  return socket;
}

test('bytes are delivered in order, and answers are discarded', async (context) => {
  const { connection, server, told, delivered, until } = await bench(context);
  connection.write(Buffer.from('one '));
  connection.write(Buffer.from('two'));
  const socket = await accept(server);
  socket.write('an answer that nobody reads');
  await until(() => delivered() === 7);
  socket.resume();
  const [first] = (await once(socket, 'data')) as [Buffer];
  assert.equal('one two'.startsWith(first.toString()), true);
  assert.deepEqual(told, ['connected', 'settled']);
  assert.equal(connection.waitingBytes, 0);
  assert.equal(connection.isActive, true);
});

test('it is congested when 512 messages wait, and not any more when they are read', async (context) => {
  const { connection, server, told, delivered, until } = await bench(context);
  const socket = await accept(server);
  const message = Buffer.alloc(64 * 1024);
  let written = 0;
  // The kernel takes several MiB before anything waits.
  while (!told.includes('congested')) {
    connection.write(message);
    written += message.length;
    assert.ok(written < 200_000_000);
    if (written % (100 * message.length) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(connection.waitingBytes >= 512 * message.length);
  socket.resume();
  await until(() => delivered() === written);
  assert.deepEqual(told, ['connected', 'settled', 'congested', 'caught up']);
});

test('after the close the local process is left alone until it was silent for a second', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { connection, server, told, until } = await bench(context);
  const socket = await accept(server);
  await until(() => told.length > 0 || connection.waitingBytes === 0);
  connection.remoteClosed();
  assert.equal(connection.isActive, false);
  context.mock.timers.tick(999);
  assert.equal(told.includes('over'), false);
  context.mock.timers.tick(1);
  assert.deepEqual(told.slice(-2), ['closed fin', 'over']);
  socket.resume();
  await once(socket, 'end');
});

test('what was written before the close is delivered before it', async (context) => {
  const { connection, server } = await bench(context);
  connection.write(Buffer.alloc(100_000, 1));
  connection.remoteClosed();
  const socket = await accept(server);
  let read = 0;
  socket.on('data', (data: Buffer) => {
    read += data.length;
  });
  socket.resume();
  await once(socket, 'end');
  assert.equal(read, 100_000);
});

test('a local process that is not there is told as such', async (context) => {
  const { server } = await bench(context);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  let settled = 0;
  const told = await new Promise<string>((resolve) => {
    let closed = '';
    new MirroredConnection({
      host: '127.0.0.1',
      port,
      witness: {
        connected: () => {},
        delivered: () => {},
        closed: (how, detail) => {
          closed = `${how} ${detail}`;
        },
      },
      onSettled: () => {
        settled += 1;
      },
      onCongestion: () => {},
      onClosed: (failure) => resolve(`${closed}; ${failure}`),
    });
  });
  assert.equal(told, 'lost ECONNREFUSED; ECONNREFUSED');
  assert.equal(settled, 1);
});

test('a local process that resets is told as such', async (context) => {
  const { connection, server, told, until } = await bench(context);
  const socket = await accept(server);
  socket.resetAndDestroy();
  await until(() => told.some((line) => line.startsWith('closed')));
  assert.deepEqual(told.slice(-2), ['closed rst ECONNRESET', 'over: ECONNRESET']);
  connection.write(Buffer.from('late'));
  assert.equal(connection.waitingBytes, 0);
});
