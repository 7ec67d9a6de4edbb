import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { compileFilter } from './http-filter.js';
import { intercept, listen, textOf, until } from './testing/interception.js';

const NO_CACHE = 'no-cache, no-store, must-revalidate';

/** An application that answers with what it was asked, and counts its connections. */
async function application(context: TestContext, answer: RequestListener = sayBack) {
  let connections = 0;
  const server = createServer({ keepAliveTimeout: 0 }, answer);
  server.on('connection', () => {
    connections += 1;
  });
  return { server, port: await listen(context, server), connections: () => connections };
}

function sayBack(request: IncomingMessage, response: ServerResponse): void {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => response.end(`${request.method} ${request.url} ${Buffer.concat(pieces)}`));
}

test('each request of a connection is mirrored by itself, and has a connection of its own to the application', async (context) => {
  const { port, connections } = await application(context);
  const { caller, mirrored, agent } = await intercept(context, port);
  const { socket, heard } = await caller();
  for (const name of ['a', 'b', 'c']) {
    socket.write(`GET /${name} HTTP/1.1\r\nHost: workload\r\nX-Name: ${name}\r\n\r\n`);
    await until(() => heard().endsWith(`GET /${name} `));
  }
  await until(() => mirrored.length === 3 && mirrored.every(({ closed }) => closed));
  assert.equal(connections(), 3);
  assert.deepEqual(
    mirrored.map(({ request }) => [request?.method, request?.target, request?.version, request?.fields]),
    ['a', 'b', 'c'].map((name) => ['GET', `/${name}`, '1.1', ['Host', 'workload', 'X-Name', name]]),
  );
  assert.deepEqual([agent.counters().requests, agent.counters().connections], [3, 0]);
});

test('the connection to the application ends with the answer, also where the caller’s is kept alive', async (context) => {
  let open = 0;
  const server = createServer({ keepAliveTimeout: 0 }, sayBack);
  server.on('connection', (socket: Socket) => {
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
  });
  const { caller } = await intercept(context, await listen(context, server));
  const { socket, heard } = await caller();
  for (const name of ['a', 'b']) {
    socket.write(`GET /${name} HTTP/1.1\r\nhost: workload\r\nconnection: keep-alive\r\n\r\n`);
    await until(() => heard().includes(`GET /${name} `) && open === 0);
  }
  assert.ok(!socket.readableEnded);
});

test('pipelined requests are answered in their order', async (context) => {
  const { port } = await application(context);
  const { caller, mirrored } = await intercept(context, port);
  const { socket, heard } = await caller();
  socket.write(['1', '2', '3'].map((name) => `GET /${name} HTTP/1.1\r\nhost: workload\r\n\r\n`).join(''));
  await until(() => heard().endsWith('GET /3 '));
  assert.deepEqual(heard().match(/GET \/\d/g), ['GET /1', 'GET /2', 'GET /3']);
  assert.deepEqual(mirrored.map(({ request }) => request?.target).sort(), ['/1', '/2', '/3']);
});

test('trailers that are announced and cannot come harm nobody', async (context) => {
  const server = createTcpServer((socket) => {
    socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ncontent-length: 2\r\n\r\nok'));
  });
  const { caller, mirrored } = await intercept(context, await listen(context, server));
  for (const upgrade of ['', 'connection: upgrade\r\nupgrade: websocket\r\n']) {
    const { socket, heard } = await caller();
    socket.write(`GET /a HTTP/1.1\r\nhost: workload\r\ntrailer: x-sum\r\n${upgrade}\r\n`);
    await until(() => heard().endsWith('ok'));
    assert.match(heard(), /^HTTP\/1\.1 200 OK\r\n/);
  }
  assert.deepEqual(
    mirrored.map(({ request }) => request?.fields.includes('trailer')),
    [true, true],
  );
});

test('a chunked body is streamed to the application and to the copy, with its trailers', async (context) => {
  const received: string[] = [];
  let trailers: readonly string[] = [];
  const { port } = await application(context, (request, response) => {
    request.on('data', (piece: Buffer) => received.push(piece.toString()));
    request.on('end', () => {
      trailers = request.rawTrailers;
      response.end();
    });
  });
  const { caller, mirrored } = await intercept(context, port);
  const { socket, heard } = await caller();
  socket.write('POST /upload HTTP/1.1\r\nhost: workload\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n');
  for (const piece of ['one', 'two']) {
    socket.write(`3\r\n${piece}\r\n`);
    await until(() => received.at(-1) === piece && mirrored[0]?.pieces.at(-1)?.toString() === piece);
  }
  assert.equal(mirrored[0]?.ended, false);
  socket.write('0\r\nx-sum: 6\r\n\r\n');
  await until(() => heard().includes('200 OK') && mirrored[0]?.closed === true);
  assert.deepEqual([mirrored[0]?.ended, mirrored[0]?.trailers, trailers], [true, ['x-sum', '6'], ['x-sum', '6']]);
});

test('a response is streamed, with its trailers', async (context) => {
  let answer: ServerResponse | undefined;
  const { port } = await application(context, (request, response) => {
    request.resume();
    answer = response;
    response.writeHead(200, { trailer: 'x-sum' });
    response.write('one');
  });
  const { caller } = await intercept(context, port);
  const { socket, heard } = await caller();
  socket.write('GET / HTTP/1.1\r\nhost: workload\r\n\r\n');
  await until(() => heard().includes('one'));
  answer?.addTrailers({ 'x-sum': '3' });
  answer?.end();
  await until(() => heard().endsWith('0\r\nx-sum: 3\r\n\r\n'));
});

for (const [cacheControl, seen] of [
  [NO_CACHE, [NO_CACHE]],
  [undefined, ['max-age=60']],
] as const) {
  const which = cacheControl === undefined ? 'is left to the application by older versions' : 'is overwritten';
  test(`Cache-Control ${which}`, async (context) => {
    const { port } = await application(context, (_, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60', 'x-kept': 'yes' }).end();
    });
    const { caller } = await intercept(context, port, cacheControl === undefined ? {} : { cacheControl });
    const { socket, heard } = await caller();
    socket.write('GET / HTTP/1.1\r\nhost: workload\r\n\r\n');
    await until(() => heard().includes('\r\n\r\n'));
    assert.deepEqual(
      [...heard().matchAll(/cache-control: (.*)\r/gi)].map(([, value]) => value),
      seen,
    );
    assert.match(heard(), /x-kept: yes/);
  });
}

test('an application that is down: callers get 502 in the agent’s words, the request is mirrored, the connection goes on', async (context) => {
  const { port, server } = await application(context);
  const { caller, mirrored, log } = await intercept(context, port);
  await new Promise((resolve) => server.close(resolve));
  const { socket, heard } = await caller();
  const body =
    /\r\n\r\nmirrord-agent v3\.250\.0: failed to pass the request to its original destination: .*ECONNREFUSED/g;
  for (const count of [1, 2]) {
    socket.write('POST /order HTTP/1.1\r\nhost: workload\r\ncontent-length: 3\r\n\r\none');
    await until(() => (heard().match(body)?.length ?? 0) === count);
    await until(() => mirrored[count - 1]?.closed === true);
  }
  assert.equal(heard().match(/HTTP\/1\.1 502 Bad Gateway\r/g)?.length, 2);
  assert.deepEqual(mirrored.map(textOf), ['one', 'one']);
  assert.match(log.join('\n'), /^warn Mirrored connection 0 failed: failed to pass the request/m);
});

test('a version before 3.230 passes on to 127.0.0.1, where an application on the pod’s address is not found', async (context) => {
  const server = createServer((request, response) => response.end(request.socket.remoteAddress));
  const port = await listen(context, server, '127.0.0.2');
  for (const [toOriginalAddress, status] of [
    [true, '200 OK'],
    [false, '502 Bad Gateway'],
  ] as const) {
    const { caller } = await intercept(context, port, { address: '127.0.0.2', toOriginalAddress });
    const { socket, heard } = await caller();
    socket.write('GET / HTTP/1.1\r\nhost: workload\r\n\r\n');
    await until(() => heard().includes('\r\n\r\n'));
    assert.ok(heard().startsWith(`HTTP/1.1 ${status}`), heard());
  }
});

test('a filter decides request by request; what it leaves out is passed on', async (context) => {
  const { port } = await application(context);
  const { caller, mirrored, log } = await intercept(context, port, { filter: compileFilter({ path: '^/a' }) });
  const { socket, heard } = await caller();
  for (const name of ['a1', 'b', 'a2']) {
    socket.write(`GET /${name} HTTP/1.1\r\nhost: workload\r\n\r\n`);
    await until(() => heard().endsWith(`GET /${name} `));
  }
  await until(() => mirrored.length === 2);
  assert.deepEqual(
    mirrored.map(({ request }) => request?.target),
    ['/a1', '/a2'],
  );
  assert.match(log.join('\n'), /^debug GET \/b does not match the filter/m);
});

test('after 101 the bytes of both sides are raw, and the caller’s are mirrored behind the upgrade', async (context) => {
  const { port, server } = await application(context);
  upgradeTo(server, (socket) => socket.pipe(socket));
  const { caller, mirrored } = await intercept(context, port);
  const { socket, heard } = await caller();
  socket.write('GET /chat HTTP/1.1\r\nhost: workload\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\nearly ');
  await until(() => heard().endsWith('early '));
  assert.match(heard(), /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  socket.end('late');
  await until(() => heard().endsWith('early late') && mirrored[0]?.closed === true);
  const [copy] = mirrored;
  assert.ok(copy !== undefined);
  assert.deepEqual([copy.upgraded, textOf(copy), copy.ended], [true, 'early late', true]);
});

test('an upgrade that the application does not agree to is an ordinary answer, and the connection goes on', async (context) => {
  const { port } = await application(context);
  const { caller, mirrored } = await intercept(context, port);
  const { socket, heard } = await caller();
  socket.write('GET /chat HTTP/1.1\r\nhost: workload\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\n');
  await until(() => heard().endsWith('GET /chat ') || heard().includes('GET /chat \r\n'));
  socket.write('GET /next HTTP/1.1\r\nhost: workload\r\n\r\n');
  await until(() => heard().includes('GET /next '));
  assert.deepEqual(
    mirrored.map(({ request, upgraded }) => [request?.target, upgraded]),
    [
      ['/chat', false],
      ['/next', false],
    ],
  );
});

test('a caller that breaks off in a body ends the copy without an end of the body', async (context) => {
  let aborted = false;
  const { port } = await application(context, (request) => {
    request.on('error', () => {
      aborted = true;
    });
    request.resume();
  });
  const { caller, mirrored, log } = await intercept(context, port);
  const { socket } = await caller();
  socket.write('POST / HTTP/1.1\r\nhost: workload\r\ncontent-length: 9\r\n\r\none');
  await until(() => mirrored[0] !== undefined && textOf(mirrored[0]) === 'one');
  socket.resetAndDestroy();
  await until(() => mirrored[0]?.closed === true && aborted);
  assert.equal(mirrored[0]?.ended, false);
  assert.match(log.join('\n'), /^warn Mirrored connection 0 failed: the caller broke the request off/m);
});

function upgradeTo(server: Server, use: (socket: Socket) => void): void {
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.allowHalfOpen = true;
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${request.headers.upgrade}\r\n\r\n`,
    );
    if (head.length > 0) socket.unshift(head);
    use(socket);
  });
}

test('at the end of a session idle connections are closed, and what is under way is answered first', async (context) => {
  let slow: ServerResponse | undefined;
  const { port } = await application(context, (request, response) => {
    if (request.url === '/slow') slow = response;
    else response.end('fast');
  });
  const { caller, agent } = await intercept(context, port);
  const [idle, busy] = [await caller(), await caller()];
  idle.socket.write('GET /fast HTTP/1.1\r\nhost: workload\r\n\r\n');
  await until(() => idle.heard().endsWith('fast'));
  busy.socket.write('GET /slow HTTP/1.1\r\nhost: workload\r\n\r\n');
  await until(() => slow !== undefined);
  const closed = agent.closeHttp(5000);
  await until(() => idle.socket.readableEnded);
  assert.equal(busy.socket.readableEnded, false);
  slow?.end('slow');
  await until(() => busy.heard().endsWith('slow'));
  await until(() => busy.socket.readableEnded);
  idle.socket.end();
  busy.socket.end();
  await closed;
});
