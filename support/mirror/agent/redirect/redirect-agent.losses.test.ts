import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import { PIECES_PER_STREAM } from './redirect-client.js';
import { intercept, listen, textOf, until } from './testing/interception.js';

test('a local process more than 32 pieces behind loses the rest of the connection; the caller notices nothing', async (context) => {
  const total = 64 * 2 ** 20;
  let read = 0;
  const port = await listen(
    context,
    createTcpServer({ allowHalfOpen: true }, (socket) => {
      socket.on('data', (bytes: Buffer) => {
        read += bytes.length;
      });
      socket.pipe(socket);
    }),
  );
  const { caller, mirrored, local, log, agent } = await intercept(context, port);
  local.pause();
  const { socket } = await caller();
  let heard = 0;
  socket.on('data', (bytes: Buffer) => {
    heard += bytes.length;
  });
  socket.end(Buffer.alloc(total, 1));
  await until(() => heard === total && read === total);
  local.resume();
  await until(() => mirrored[0]?.closed === true);
  const [copy] = mirrored;
  assert.ok(copy !== undefined && copy.pieces.length > PIECES_PER_STREAM);
  assert.ok(textOf(copy).length < total);
  assert.equal(copy.ended, false);
  assert.equal(agent.counters().lagged, 1);
  assert.ok(log.includes('warn Mirrored connection 0 failed: broadcast receiver lagged behind'), log.join('\n'));
});

test('a local process more than 32 frames behind loses the rest of a body; the caller and the application notice nothing', async (context) => {
  const total = 64 * 2 ** 20;
  let read = 0;
  const server = createHttpServer((request, response) => {
    request.on('data', (piece: Buffer) => {
      read += piece.length;
    });
    request.on('end', () => response.end('stored'));
  });
  const port = await listen(context, server);
  const { caller, mirrored, local, log, agent } = await intercept(context, port);
  local.pause();
  const { socket, heard } = await caller();
  socket.write(`PUT / HTTP/1.1\r\nhost: workload\r\ncontent-length: ${total}\r\n\r\n`);
  socket.write(Buffer.alloc(total, 1));
  await until(() => heard().endsWith('stored') && read === total);
  local.resume();
  await until(() => mirrored[0]?.closed === true);
  const [copy] = mirrored;
  assert.ok(copy !== undefined && textOf(copy).length < total && !copy.ended);
  assert.equal(agent.counters().lagged, 1);
  assert.ok(log.includes('warn Mirrored connection 0 failed: broadcast receiver lagged behind'), log.join('\n'));
});

test('more than 32 requests that wait are not mirrored, but for a warning; those that wait are', async (context) => {
  const body = Buffer.alloc(512 * 1024, 1);
  const server = createHttpServer((request, response) => {
    request.resume().on('end', () => response.end(request.url));
  });
  const port = await listen(context, server);
  const { caller, mirrored, local, log, agent } = await intercept(context, port);
  local.pause();
  const count = 80;
  const { socket, heard } = await caller();
  for (let index = 0; index < count; index += 1) {
    socket.write(`POST /${index} HTTP/1.1\r\nhost: workload\r\ncontent-length: ${body.length}\r\n\r\n`);
    socket.write(body);
    await until(() => heard().endsWith(`\r\n/${index}`));
  }
  const { refused, lagged } = agent.counters();
  assert.ok(refused > 0 && lagged >= refused, `${refused} ${lagged}`);
  local.resume();
  await until(() => mirrored.length === count - refused);
  const full = log.filter((line) => /^warn Mirroring client's traffic channel is full, client will not/.test(line));
  assert.equal(full.length, refused);
  assert.equal(agent.counters().requests, count - refused);
});

test('more than 32 connections that wait are not mirrored, but for a warning; callers notice nothing', async (context) => {
  const said = Buffer.alloc(512 * 1024, 1);
  const port = await listen(
    context,
    createTcpServer((socket) => socket.resume().on('end', () => socket.end('bye'))),
  );
  const { caller, mirrored, local, log, agent } = await intercept(context, port);
  local.pause();
  const count = 80;
  for (let index = 0; index < count; index += 1) {
    const { socket, heard } = await caller();
    socket.end(said);
    await until(() => heard() === 'bye');
  }
  const { refused } = agent.counters();
  assert.ok(refused > 0, String(refused));
  local.resume();
  await until(() => mirrored.length === count - refused);
  const full = log.filter((line) =>
    /^warn Mirroring client's .* is full, client will not receive mirrored traffic:/.test(line),
  );
  assert.equal(full.length, refused);
});
