import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type bytesOf, previewOf } from '../../model/bytes.js';
import type { CallPlan, Payload } from '../../model/call.js';
import { UserError } from '../../model/errors.js';
import { exchangesOf } from '../../model/exchanges.js';
import { plan, testCaller } from '../caller/test-support.js';
import { testEcho } from './testing/running-echo.js';

const texts = (...all: string[]): Payload[] => all.map((text) => ({ kind: 'text', text }));

/** A call to echo, as the caller and as the workload saw it. */
async function call(t: TestContext, changes: Partial<CallPlan>) {
  const { ports, journal: served } = await testEcho(t);
  const { caller, journal } = testCaller(t);
  const interaction = changes.interaction ?? 'unary';
  const echo = { ...changes.echo, ...(changes.protocol === 'SSE' ? {} : { interaction }) };
  const [outcome] = await caller.call(plan(ports.http, { ...changes, echo }));
  const [sent] = exchangesOf(journal);
  const [arrived] = exchangesOf(served);
  assert.ok(outcome !== undefined && sent !== undefined && arrived !== undefined);
  return { outcome, sent, arrived };
}

const textsOf = (messages: readonly { readonly body: ReturnType<typeof bytesOf> }[]): string[] =>
  messages.map(({ body }) => previewOf(body).toString());

describe('streams of messages over plain HTTP', () => {
  for (const protocol of ['HTTP/1.1', 'HTTP/2'] as const) {
    test(`client-streaming: one answer for all messages (${protocol})`, async (t) => {
      const { outcome, sent, arrived } = await call(t, {
        protocol,
        interaction: 'client-streaming',
        messages: texts('a', '', 'bc'),
        trailers: [['x-sum', '3']],
      });

      assert.equal(outcome.ok, true);
      assert.deepEqual(textsOf(sent.request.messages), ['a', '', 'bc']);
      assert.deepEqual(textsOf(arrived.request.messages), ['a', '', 'bc']);
      assert.deepEqual(arrived.request.trailers, [['x-sum', '3']]);
      assert.deepEqual(sent.request.trailers, [['x-sum', '3']]);
      assert.deepEqual(textsOf(sent.response.messages), ['abc']);
    });

    test(`bidi-streaming: each message is answered when it comes (${protocol})`, async (t) => {
      const { outcome, sent } = await call(t, {
        protocol,
        interaction: 'bidi-streaming',
        messages: texts('one', 'two', 'three'),
        intervalMs: 50,
        echo: { trailers: [['x-all', 'yes']] },
      });

      assert.equal(outcome.ok, true);
      assert.deepEqual(textsOf(sent.response.messages), ['one', 'two', 'three']);
      const [first, , last] = sent.request.messages;
      const [answer] = sent.response.messages;
      assert.ok(first !== undefined && last !== undefined && answer !== undefined);
      assert.ok(answer.at >= first.at && answer.at < last.at);
      assert.deepEqual(sent.response.trailers, [['x-all', 'yes']]);
    });

    test(`server-streaming: several answers to one message (${protocol})`, async (t) => {
      const { sent, arrived } = await call(t, {
        protocol,
        interaction: 'server-streaming',
        messages: texts('again'),
        echo: { messages: 4, intervalMs: 5, status: 201 },
      });

      assert.equal(sent.response.status, 201);
      assert.deepEqual(textsOf(sent.response.messages), ['again', 'again', 'again', 'again']);
      assert.deepEqual(textsOf(arrived.response.messages), textsOf(sent.response.messages));
    });
  }

  test('JSON messages go on lines, both ways', async (t) => {
    const messages: Payload[] = [
      { kind: 'json', value: { order: 7 } },
      { kind: 'json', value: [8] },
    ];
    const { sent, arrived } = await call(t, { interaction: 'bidi-streaming', messages });

    assert.deepEqual(textsOf(arrived.request.messages), ['{"order":7}', '[8]']);
    assert.deepEqual(textsOf(sent.response.messages), ['{"order":7}', '[8]']);
    assert.ok(arrived.headers.some(([name, value]) => name === 'content-type' && value === 'application/x-ndjson'));
  });

  test('a content type that delimits nothing makes one message of the body', async (t) => {
    const { sent, arrived } = await call(t, {
      interaction: 'client-streaming',
      headers: [['content-type', 'text/plain']],
      messages: texts('a', 'b'),
    });

    assert.deepEqual(textsOf(sent.request.messages), ['ab']);
    assert.deepEqual(textsOf(arrived.request.messages), ['ab']);
  });

  test('of a unary call, too, the content type says what the messages are', async (t) => {
    const headers = [['content-type', 'application/x-ndjson']] as const;
    const { sent, arrived } = await call(t, { headers, messages: texts('1\n2') });

    assert.deepEqual(textsOf(sent.request.messages), ['1', '2']);
    assert.deepEqual(textsOf(arrived.request.messages), ['1', '2']);
  });

  test('more than one message to answer several times is refused', async (t) => {
    const { outcome, sent } = await call(t, { interaction: 'server-streaming', messages: texts('a', 'b') });

    assert.equal(outcome.httpStatus, 400);
    assert.deepEqual(textsOf(sent.response.messages), ['This method takes one request message, but got more.\n']);
  });

  test('a message that is no line cannot be sent on one', async (t) => {
    const { ports } = await testEcho(t);
    const { caller } = testCaller(t);
    const headers = [['content-type', 'application/x-ndjson']] as const;
    const calling = caller.call(
      plan(ports.http, { interaction: 'client-streaming', headers, messages: texts('a\nb') }),
    );

    await assert.rejects(
      calling,
      new UserError('A message cannot be sent in a body of this content type: a message with a line end is no line.'),
    );
  });
});

describe('server-sent events', () => {
  test('are the payloads, begun again when there are to be more', async (t) => {
    const { outcome, sent, arrived } = await call(t, {
      protocol: 'SSE',
      interaction: 'server-streaming',
      messages: texts('grüße', 'two\nlines'),
      echo: { messages: 3, intervalMs: 20 },
    });

    assert.deepEqual([outcome.ok, sent.protocol, arrived.protocol], [true, 'SSE', 'SSE']);
    assert.deepEqual([arrived.method, arrived.request.messages], ['GET', []]);
    assert.deepEqual(textsOf(sent.response.messages), ['grüße', 'two\nlines', 'grüße']);
    const [first, , last] = sent.response.messages;
    assert.ok((last?.at ?? 0) - (first?.at ?? 0) >= 30);
  });

  test('are text, and come from the server only', async (t) => {
    const { caller } = testCaller(t);
    const binary: Payload = { kind: 'base64', base64: '/w==' };
    await assert.rejects(
      caller.call(plan(1, { protocol: 'SSE', interaction: 'server-streaming', messages: [binary] })),
      new UserError(
        'A message cannot be sent in a body of this content type: a server-sent event is text, and the message is no UTF-8.',
      ),
    );
    await assert.rejects(
      caller.call(plan(1, { protocol: 'SSE', interaction: 'bidi-streaming', messages: [] })),
      new UserError('A bidi-streaming call cannot be made over SSE: events come from the server only.'),
    );
  });
});
