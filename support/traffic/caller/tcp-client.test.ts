import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type CallPlan, OWN_RESET } from '../../model/call.js';
import { exchangesOf } from '../../model/exchanges.js';
import type { JournalRecord } from '../../model/journal.js';
import { outline, testEcho, until } from '../workload/testing/running-echo.js';
import { Caller } from './caller.js';

const ID = '0123456789abcdef';

function planOf(port: number, plan: Partial<CallPlan> = {}): CallPlan {
  return {
    ids: [ID],
    protocol: 'TCP',
    interaction: 'unary',
    target: { host: '127.0.0.1', port, authority: `echo:${port}` },
    headers: [],
    messages: [
      { kind: 'text', text: 'one' },
      { kind: 'text', text: 'two' },
    ],
    concurrency: 1,
    connections: 'shared',
    timeoutMs: 5000,
    ...plan,
  };
}

function testCaller(): { readonly caller: Caller; readonly journal: JournalRecord[] } {
  const journal: JournalRecord[] = [];
  return { caller: new Caller((record) => journal.push(record)), journal };
}

async function testServer(t: TestContext, serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

function answerOf(journal: readonly JournalRecord[]): string {
  const [message] = exchangesOf(journal)[0]?.response.messages ?? [];
  return Buffer.from(message?.body.preview ?? '', 'base64').toString();
}

describe('a call over raw TCP to the echo workload', () => {
  const answers = {
    unary: 'onetwo',
    'client-streaming': 'onetwo',
    'server-streaming': 'onetwoonetwo',
    'bidi-streaming': 'onetwo',
  } as const;
  for (const [interaction, answer] of Object.entries(answers)) {
    it(`is answered with what was sent (${interaction})`, async (t) => {
      const echo = await testEcho(t);
      const { caller, journal } = testCaller();
      const plan = planOf(echo.ports.tcp, {
        interaction: interaction as CallPlan['interaction'],
        echo: { messages: 2, intervalMs: 1 },
      });
      const [outcome] = await caller.call(plan);
      assert.equal(outcome?.ok, true);
      assert.deepEqual(outcome?.tcp?.answerBytes, answer.length);
      assert.equal(answerOf(journal), answer);
      await until(echo.journal, 'connection-closed fin');
      const expected = [
        'connection-opened',
        `request TCP TCP ${interaction} length=6 messages=2 interval-ms=1`,
        'request message 0: 6 bytes',
        'request end',
        `response message 0: ${answer.length} bytes`,
        'response end',
        'connection-closed fin',
      ];
      assert.deepEqual(outline(echo.journal), expected);
      assert.equal(exchangesOf(echo.journal)[0]?.call, ID);
    });
  }

  it('carries a large message unchanged', async (t) => {
    const echo = await testEcho(t);
    const { caller, journal } = testCaller();
    const messages = [{ kind: 'random', length: 5_000_000, seed: 1 }] as const;
    for (const interaction of ['unary', 'bidi-streaming'] as const) {
      const [outcome] = await caller.call(planOf(echo.ports.tcp, { messages, interaction }));
      assert.equal(outcome?.ok, true);
      const exchange = exchangesOf(journal).at(-1);
      assert.equal(exchange?.response.messages[0]?.body.sha256, exchange?.request.messages[0]?.body.sha256);
    }
  });

  it('is closed first by the workload where it is told to', async (t) => {
    const echo = await testEcho(t);
    const { caller, journal } = testCaller();
    const [outcome] = await caller.call(planOf(echo.ports.tcp, { tcp: { ending: 'workload-closes' } }));
    assert.equal(outcome?.ok, true);
    await until(echo.journal, 'connection-closed fin');
    const ends = (records: readonly JournalRecord[]) => outline(records).filter((line) => line.endsWith(' end'));
    assert.deepEqual(ends(echo.journal), ['response end', 'request end']);
    assert.equal(answerOf(journal), 'onetwo');
  });

  it('is reset by the caller once it has its answer', async (t) => {
    const echo = await testEcho(t);
    const { caller, journal } = testCaller();
    const [outcome] = await caller.call(planOf(echo.ports.tcp, { tcp: { ending: 'caller-resets' } }));
    assert.equal(outcome?.ok, true);
    await until(echo.journal, 'connection-closed rst');
    assert.equal(exchangesOf(journal)[0]?.reset?.code, OWN_RESET);
    assert.equal(exchangesOf(echo.journal)[0]?.reset?.code, 'ECONNRESET');
  });

  it('is reset by the workload once it has the message', async (t) => {
    const echo = await testEcho(t);
    const { caller, journal } = testCaller();
    const [outcome] = await caller.call(planOf(echo.ports.tcp, { tcp: { ending: 'workload-resets' } }));
    assert.equal(outcome?.ok, false);
    assert.equal(exchangesOf(journal)[0]?.reset?.code, 'ECONNRESET');
    assert.equal(exchangesOf(echo.journal)[0]?.reset?.code, OWN_RESET);
    assert.equal(exchangesOf(echo.journal)[0]?.request.partial?.body.length, 6);
  });
});

describe('a call over raw TCP to another server', () => {
  it('waits for the greeting, and says nothing before', async (t) => {
    let early = false;
    const port = await testServer(t, (socket) => {
      socket.once('data', () => {
        early = true;
      });
      setTimeout(() => {
        assert.equal(early, false);
        socket.write('220 ');
        setTimeout(() => socket.write('ready'), 20);
      }, 100);
      socket.on('end', () => socket.end());
    });
    const { caller, journal } = testCaller();
    const [outcome] = await caller.call(planOf(port, { tcp: { greetingBytes: 9 } }));
    assert.equal(outcome?.ok, true);
    assert.ok((outcome?.tcp?.firstByteMs ?? 0) >= 90, `after ${outcome?.tcp?.firstByteMs} ms`);
    assert.equal(answerOf(journal), '220 ready');
  });

  it('puts the id where the message wants it, and says nothing else', async (t) => {
    const said: Buffer[] = [];
    const port = await testServer(t, (socket) => {
      socket.on('data', (chunk: Buffer) => said.push(chunk));
      socket.on('end', () => socket.end('+OK'));
    });
    const { caller, journal } = testCaller();
    await caller.call(planOf(port, { messages: [{ kind: 'text', text: 'SET {call-id} 1\r\n' }] }));
    assert.equal(Buffer.concat(said).toString(), `SET <mirrorspec-call ${ID}> 1\r\n`);
    assert.equal(exchangesOf(journal)[0]?.request.messages[0]?.body.length, Buffer.concat(said).length);
  });

  it('uses the connection that was opened ahead, for one call only', async (t) => {
    let connections = 0;
    const port = await testServer(t, (socket) => {
      connections += 1;
      socket.resume();
      socket.on('end', () => socket.end());
    });
    const { caller } = testCaller();
    await caller.connect({ target: planOf(port).target, protocol: 'TCP' });
    await delay(20);
    assert.equal(connections, 1);
    await caller.call(planOf(port));
    assert.equal(connections, 1);
    await caller.call(planOf(port));
    assert.equal(connections, 2);
  });

  it('tells a connection that was reset', async (t) => {
    const port = await testServer(t, (socket) => socket.once('data', () => socket.resetAndDestroy()));
    const { caller, journal } = testCaller();
    const [outcome] = await caller.call(planOf(port));
    assert.equal(outcome?.ok, false);
    assert.match(outcome?.error ?? '', /closed before the answer was complete/);
    assert.equal(exchangesOf(journal)[0]?.reset?.code, 'ECONNRESET');
  });

  it('gives up a server that never answers', async (t) => {
    const sockets: Socket[] = [];
    const port = await testServer(t, (socket) => sockets.push(socket));
    const { caller } = testCaller();
    const [outcome] = await caller.call(planOf(port, { timeoutMs: 50 }));
    assert.equal(outcome?.error, 'no complete answer within 50 ms');
    for (const socket of sockets) socket.destroy();
  });

  it('is refused with headers, which it cannot have', async () => {
    const { caller } = testCaller();
    await assert.rejects(caller.call(planOf(1, { headers: [['x-a', 'b']] })), /no headers/);
  });
});
