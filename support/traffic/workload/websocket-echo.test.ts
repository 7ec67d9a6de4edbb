import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { type Bytes, previewOf } from '../../model/bytes.js';
import type { CallPlan, Payload } from '../../model/call.js';
import { UserError } from '../../model/errors.js';
import { type Exchange, exchangesOf } from '../../model/exchanges.js';
import { plan, testCaller } from '../caller/test-support.js';
import { outline, testEcho, until } from './testing/running-echo.js';

const text = (content: string): Payload => ({ kind: 'text', text: content });
const bytes = (...content: number[]): Payload => ({ kind: 'base64', base64: Buffer.from(content).toString('base64') });
const said = (messages: readonly { readonly body: Bytes; readonly form?: string }[]): string[] =>
  messages.map(({ body, form }) => `${form} ${previewOf(body)}`);

/** A WebSocket to echo, as the caller and as the workload saw it. */
async function call(t: TestContext, changes: Partial<CallPlan>) {
  const { ports, journal: served } = await testEcho(t);
  const { caller, journal } = testCaller(t);
  const echo = { interaction: changes.interaction ?? 'bidi-streaming', ...changes.echo };
  const interaction = changes.interaction ?? 'bidi-streaming';
  const [outcome] = await caller.call(plan(ports.http, { protocol: 'WebSocket', ...changes, interaction, echo }));
  await until(served, 'connection-closed fin');
  const [sent] = exchangesOf(journal);
  const [arrived] = exchangesOf(served);
  assert.ok(outcome !== undefined && sent !== undefined && arrived !== undefined);
  return { outcome, sent, arrived };
}

/** What both saw must be the same. */
function assertSame(sent: Exchange, arrived: Exchange): void {
  for (const direction of ['request', 'response'] as const) {
    assert.deepEqual(said(sent[direction].messages), said(arrived[direction].messages));
    assert.deepEqual(sent[direction].trailers, arrived[direction].trailers);
    assert.ok(sent[direction].complete && arrived[direction].complete);
  }
  assert.deepEqual([sent.protocol, arrived.protocol], ['WebSocket', 'WebSocket']);
  const header = (name: string, { headers }: Exchange) => headers.find(([key]) => key === name)?.[1];
  assert.equal(header('sec-websocket-key', sent), header('sec-websocket-key', arrived));
  assert.ok(header('sec-websocket-key', sent) !== undefined);
}

describe('a WebSocket between caller and echo', () => {
  test('each message comes back in its form, and the close with its code', async (t) => {
    const { outcome, sent, arrived } = await call(t, {
      messages: [text('grüße'), bytes(0, 255), text('')],
      close: { code: 4001, reason: 'enough' },
    });

    assert.deepEqual([outcome.ok, outcome.httpStatus], [true, 101]);
    assertSame(sent, arrived);
    assert.deepEqual(said(sent.response.messages), ['text grüße', `binary ${Buffer.from([0, 255])}`, 'text ']);
    assert.deepEqual(sent.request.trailers, [
      ['close-code', '4001'],
      ['close-reason', 'enough'],
    ]);
  });

  test('a message in fragments is one message', async (t) => {
    const { outcome, sent, arrived } = await call(t, {
      interaction: 'unary',
      messages: [text('one'), text(', '), text('two')],
    });

    assert.equal(outcome.ok, true);
    assertSame(sent, arrived);
    assert.deepEqual(said(sent.response.messages), ['text one, two']);
  });

  test('one message is answered with several, and the workload closes', async (t) => {
    const { outcome, sent, arrived } = await call(t, {
      interaction: 'server-streaming',
      messages: [text('again')],
      echo: { messages: 4, intervalMs: 5 },
    });

    assert.equal(outcome.ok, true);
    assertSame(sent, arrived);
    assert.deepEqual(said(sent.response.messages), ['text again', 'text again', 'text again', 'text again']);
    assert.deepEqual(sent.request.trailers, [['close-code', '1000']]);
  });

  test('the workload closes when it was told to, and the caller answers with the same code', async (t) => {
    const { outcome, sent, arrived } = await call(t, {
      messages: [text('one'), text('two')],
      echo: { close: { code: 4900, reason: 'no more', afterMessages: 2 } },
    });

    assert.deepEqual([outcome.ok, outcome.error], [false, 'the WebSocket was closed with 4900 (no more)']);
    assertSame(sent, arrived);
    assert.deepEqual(sent.response.trailers, [
      ['close-code', '4900'],
      ['close-reason', 'no more'],
    ]);
  });

  test('pings are answered, and are no messages', async (t) => {
    const messages = [text('one'), text('two')];
    const { outcome, sent, arrived } = await call(t, { messages, intervalMs: 60, pingMs: 10 });
    assert.deepEqual([outcome.ok, outcome.error], [true, undefined]);
    assertSame(sent, arrived);
    assert.deepEqual(said(arrived.request.messages), ['text one', 'text two']);

    const hasty = await call(t, { messages, pingMs: 5000 });
    assert.equal(hasty.outcome.error, 'the WebSocket was closed before the first ping');
  });

  test('a workload that answers with another status than 101 refuses it', async (t) => {
    const { outcome, sent, arrived } = await call(t, { messages: [text('one')], echo: { status: 403 } });

    assert.deepEqual([outcome.ok, outcome.httpStatus], [false, 403]);
    assert.equal(outcome.error, 'the WebSocket was refused with status 403');
    assert.deepEqual([sent.request.messages, arrived.response.status], [[], 403]);
    assert.ok(sent.request.complete && sent.response.complete && arrived.request.complete);
  });

  test('a handshake that is none is refused; another offer is ignored', async (t) => {
    const { ports, journal } = await testEcho(t);
    const socket = connect(ports.http, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await until(journal, 'connection-closed fin');
    const lines = outline(journal);
    assert.ok(lines.includes('request HTTP/1.1 GET /') && lines.includes('request WebSocket GET /'));
    assert.ok(lines.includes('response 400'));
  });

  test('what a WebSocket cannot do is told', async (t) => {
    const { caller } = testCaller(t);
    const refused = (changes: Partial<CallPlan>, message: string) =>
      assert.rejects(caller.call(plan(1, { protocol: 'WebSocket', ...changes })), new UserError(message));
    await refused(
      { interaction: 'client-streaming' },
      'A client-streaming call cannot be made over WebSocket: who closes a WebSocket gets no answer any more. Use bidi-streaming.',
    );
    await refused({ method: 'POST' }, 'A WebSocket begins with a GET, not with a POST (RFC 6455 §4.1).');
  });
});
