import assert from 'node:assert/strict';
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { JournalRecord } from '../../model/journal.js';
import type { NewRequest } from '../agent-protocol.js';
import { HttpReplay } from './http-replay.js';
import { LocalClients } from './local-clients.js';

const POST: NewRequest = {
  remote: '10.0.0.1:1',
  local: '10.0.0.2:8080',
  version: '1.1',
  method: 'POST',
  target: '/orders',
  fields: ['Host', 'workload', 'Transfer-Encoding', 'chunked'],
};
const GET: NewRequest = { ...POST, method: 'GET', fields: ['Host', 'workload'] };
const GET_OVER_HTTP2: NewRequest = {
  ...GET,
  version: '2',
  fields: [':method', 'GET', ':scheme', 'http', ':authority', 'workload', ':path', '/orders'],
};

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, 'in time');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A free port of 127.0.0.1, and what listens there when it is told to. */
async function reserve(context: TestContext, server: Server) {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  const start = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  const probe = createServer();
  const port = await new Promise<number>((resolve) => {
    probe.listen(0, '127.0.0.1', () => resolve((probe.address() as AddressInfo).port));
  });
  await new Promise((resolve) => probe.close(resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, start: () => start(port), connections: () => sockets.length };
}

/** Replays requests to a port. */
function replayer(context: TestContext, port: number) {
  const journal: JournalRecord[] = [];
  const log: string[] = [];
  let connection = 0;
  const clients = new LocalClients({
    nextConnection: () => connection++,
    witness: () => ({ connected: (_, taken) => taken(), delivered: () => {}, closed: () => {} }),
    journal: (record) => journal.push(record),
    onConnecting: () => {},
  });
  context.after(() => clients.abort());
  const replay = (request: NewRequest) => {
    let over: { readonly failure: string | undefined } | undefined;
    const replayed = new HttpReplay({
      request,
      address: { host: '127.0.0.1', port },
      clients,
      log: (level, text) => log.push(`${level} ${text}`),
      onCongestion: () => {},
      onOver: (failure) => {
        over = { failure };
      },
    });
    return { replayed, over: () => over };
  };
  return { replay, log };
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume().on('end', () => response.end());
}

for (const [request, server] of [
  [GET, createHttp1({ keepAliveTimeout: 0 }, answer)],
  [GET_OVER_HTTP2, createHttp2().on('stream', (stream: ServerHttp2Stream) => stream.respond({}, { endStream: true }))],
] as const) {
  test(`requests over HTTP/${request.version} share connections: one at a time on each`, async (context) => {
    const { port, start, connections } = await reserve(context, server as Server);
    await start();
    const { replay } = replayer(context, port);
    for (let count = 0; count < 3; count += 1) {
      const { replayed, over } = replay(request);
      replayed.end();
      replayed.remoteClosed();
      await until(() => over() !== undefined);
      assert.equal(over()?.failure, undefined);
    }
    assert.equal(connections(), 1);
    const warnings: Error[] = [];
    const warned = (warning: Error): number => warnings.push(warning);
    process.on('warning', warned);
    context.after(() => process.off('warning', warned));
    for (let count = 0; count < 12; count += 1) {
      const { replayed, over } = replay(request);
      replayed.end();
      await until(() => over() !== undefined);
    }
    assert.deepEqual(warnings, [], 'nothing is gathered with each request');
    assert.equal(connections(), 1);
    const both = [replay(request), replay(request)];
    for (const { replayed } of both) replayed.end();
    await until(() => both.every(({ over }) => over() !== undefined));
    assert.equal(connections(), 2);
  });
}

test('a local process that comes late is tried again, and gets all of the body', async (context) => {
  let body = '';
  const server = createHttp1((request, response) => {
    request.on('data', (piece: Buffer) => {
      body += piece;
    });
    request.on('end', () => response.end());
  });
  const { port, start } = await reserve(context, server);
  const { replay } = replayer(context, port);
  const { replayed, over } = replay(POST);
  replayed.data(Buffer.from('one'));
  await new Promise((resolve) => setTimeout(resolve, 120));
  await start();
  replayed.data(Buffer.from('two'));
  replayed.end();
  await until(() => over() !== undefined);
  assert.deepEqual([body, over()?.failure], ['onetwo', undefined]);
});

test('a local process that never comes is tried eleven times, 50 to 500 ms apart', async (context) => {
  const { port } = await reserve(context, createServer());
  const { replay } = replayer(context, port);
  const began = performance.now();
  const { replayed, over } = replay(GET);
  replayed.end();
  await until(() => over() !== undefined);
  // 50 + 100 + 200 + 400 + 6 × 500
  const waited = performance.now() - began;
  assert.ok(waited >= 3740, `${waited} ms`);
  assert.match(
    over()?.failure ?? '',
    /^GET \/orders could not be replayed at 127\.0\.0\.1:\d+, 11 times: .*ECONNREFUSED/,
  );
});

test('a local process that breaks off before it answers is tried again, and one that has begun to answer is not', async (context) => {
  let requests = 0;
  const server = createHttp1((request, response) => {
    requests += 1;
    if (requests === 1) {
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(200, { 'content-length': 9 });
    response.write('half', () => request.socket.resetAndDestroy());
  });
  const { port, start } = await reserve(context, server);
  await start();
  const { replay, log } = replayer(context, port);
  const { replayed, over } = replay({ ...GET, fields: [...GET.fields, 'X-Mirrorspec-Call', 'c1'] });
  replayed.end();
  await until(() => over() !== undefined);
  assert.deepEqual([requests, over()?.failure], [2, undefined]);
  assert.match(
    log.join('\n'),
    /^debug attempt 1 of GET \/orders \(call c1\) failed, and is made again after 50 ms: .+$/,
  );
});

test('a request that meets an idle connection as the local process closes it is replayed on a new one', async (context) => {
  const requests: number[] = [];
  const server = createHttp1((request, response) => {
    const onThis = (served.get(request.socket) ?? 0) + 1;
    served.set(request.socket, onThis);
    requests.push(onThis);
    if (onThis === 1) response.end();
    else request.socket.destroy();
  });
  const served = new Map<Socket, number>();
  const { port, start } = await reserve(context, server);
  await start();
  const { replay } = replayer(context, port);
  for (let count = 0; count < 2; count += 1) {
    const { replayed, over } = replay(GET);
    replayed.end();
    await until(() => over() !== undefined);
    assert.equal(over()?.failure, undefined);
  }
  assert.deepEqual(requests, [1, 2, 1]);
});

test('an original that breaks off does not break the replay off: the body ends there, cleanly', async (context) => {
  let ended: { readonly body: string; readonly complete: boolean } | undefined;
  const server = createHttp1((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece;
    });
    request.on('end', () => {
      ended = { body, complete: request.complete };
      response.end();
    });
  });
  const { port, start } = await reserve(context, server);
  await start();
  const { replay } = replayer(context, port);
  const { replayed, over } = replay(POST);
  replayed.data(Buffer.from('half'));
  replayed.remoteClosed();
  await until(() => over() !== undefined);
  assert.deepEqual(ended, { body: 'half', complete: true });
});

test('what comes behind an upgrade before the local process has agreed to it is dropped, with a warning', async (context) => {
  const heard: string[] = [];
  let offered: Socket | undefined;
  const server = createHttp1();
  server.on('upgrade', (_: IncomingMessage, socket: Socket) => {
    socket.on('data', (bytes: Buffer) => heard.push(bytes.toString()));
    offered = socket;
  });
  const { port, start } = await reserve(context, server);
  await start();
  const { replay, log } = replayer(context, port);
  const { replayed } = replay({ ...GET, fields: ['Host', 'workload', 'Connection', 'upgrade', 'Upgrade', 'chat'] });
  replayed.end();
  replayed.upgraded();
  replayed.data(Buffer.from('early'));
  await until(() => offered !== undefined);
  offered?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\n');
  await until(() => {
    replayed.data(Buffer.from('late'));
    return heard.join('').includes('late');
  });
  assert.ok(!heard.join('').includes('early'));
  assert.match(
    log.join('\n'),
    /^warn data behind the upgrade of \/orders is dropped: the local process has not agreed/,
  );
});

for (const version of ['1.1', '2'] as const) {
  test(`a replay over HTTP/${version} ends with the answer: the body ends cleanly there, and what comes later is dropped`, async (context) => {
    let body = '';
    let complete = false;
    const take = (request: NodeJS.ReadableStream): void => {
      request.on('data', (bytes: Buffer) => {
        body += bytes;
      });
      request.on('end', () => {
        complete = true;
      });
    };
    const server =
      version === '1.1'
        ? createHttp1((request, response) => {
            take(request);
            response.writeHead(500).end('no');
          })
        : createHttp2().on('stream', (stream: ServerHttp2Stream) => {
            take(stream);
            stream.respond({ ':status': 500 }, { endStream: true });
          });
    const { port, start } = await reserve(context, server as Server);
    await start();
    const { replay, log } = replayer(context, port);
    const { replayed, over } = replay(
      version === '1.1' ? POST : { ...POST, version, fields: [':method', 'POST', ...GET_OVER_HTTP2.fields.slice(2)] },
    );
    replayed.data(Buffer.from('first'));
    await until(() => over() !== undefined);
    replayed.data(Buffer.from(', and more'));
    await until(() => complete);
    assert.equal(body, 'first');
    assert.deepEqual(log, ['warn the local process answered POST /orders before it was complete: the rest is dropped']);
  });
}
