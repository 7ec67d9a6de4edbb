import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CallOutcome } from '../../model/call.js';
import type { FromProgram, ToProgram } from '../../program/protocol.js';
import { listen, plan } from './test-support.js';

const PROGRAM = fileURLToPath(new URL('./program.js', import.meta.url));

function startProgram(t: TestContext, message: Omit<ToProgram & { type: 'start' }, 'type'>, module = PROGRAM) {
  const child = fork(module, { serialization: 'advanced' });
  t.after(() => child.kill('SIGKILL'));
  const messages: FromProgram[] = [];
  child.on('message', (received: FromProgram) => messages.push(received));
  child.send({ type: 'start', ...message } satisfies ToProgram);
  return { child, messages };
}

function next(child: ChildProcess, wanted: (message: FromProgram) => boolean): Promise<FromProgram> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: FromProgram) => wanted(message) && resolve(message));
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}`)));
  });
}

async function request(child: ChildProcess, id: number, method: string, params: unknown): Promise<FromProgram> {
  const answer = next(child, (message) => 'id' in message && message.id === id);
  child.send({ type: 'request', id, method, params } satisfies ToProgram);
  return answer;
}

test('the program makes calls and journals them before it answers', async (t) => {
  const { port } = await listen(
    t,
    createServer((_request, response) => response.end('yes')),
  );
  const { child, messages } = startProgram(t, { options: { protocols: ['HTTP/1.1'] } });
  await next(child, ({ type }) => type === 'ready');
  const { target } = plan(port);

  const connected = await request(child, 1, 'connect', { target, protocol: 'HTTP/1.1' });
  assert.equal(connected.type === 'response' && (connected.result as { remote: string }).remote, `127.0.0.1:${port}`);
  const called = await request(child, 2, 'call', plan(port));
  assert.equal(called.type === 'response' && (called.result as CallOutcome[])[0]?.ok, true);
  const before = messages.slice(0, messages.indexOf(called));
  const kinds = before.flatMap((message) =>
    message.type === 'journal' ? message.records.map(({ kind }) => kind) : [],
  );
  assert.deepEqual(kinds, ['connection-opened', 'request', 'end', 'response', 'message', 'end']);
  await request(child, 3, 'disconnect', undefined);
  const refused = await request(
    child,
    4,
    'call',
    plan(port, { protocol: 'gRPC-over-HTTP/1.1', interaction: 'bidi-streaming' }),
  );
  assert.equal(refused.type === 'error' && refused.error.name, 'UserError');
});

/** The compiled program in a folder that nobody but its owner can look into. */
function privateCopy(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const compiled = fileURLToPath(new URL('../../', import.meta.url));
  const project = fileURLToPath(new URL('../../../../', import.meta.url));
  for (const part of ['model', 'program', 'wire', 'traffic']) {
    cpSync(join(compiled, part), join(folder, 'support', part), { recursive: true });
  }
  cpSync(join(project, 'support/traffic/protos'), join(folder, 'protos'), { recursive: true });
  cpSync(join(project, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'support/traffic/caller/program.js');
}

test('what a protocol needs is loaded before privileges are given up', {
  skip: process.getuid?.() !== 0,
}, async (t) => {
  const protocols = ['HTTP/2', 'gRPC-over-HTTP/2'] as const;
  const start = { options: { protocols }, user: { uid: 65534, gid: 65534 } };
  const { child } = startProgram(t, start, privateCopy(t));
  await next(child, ({ type }) => type === 'ready');
  for (const [index, protocol] of protocols.entries()) {
    const called = await request(child, index, 'call', plan(1, { protocol, timeoutMs: 1000 }));
    assert.match(String(called.type === 'response' && (called.result as CallOutcome[])[0]?.error), /refused/);
  }
});
