import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallPlan } from '../../model/call.js';
import { loadBuiltinTypes } from '../grpc/types.js';
import { prepareCall } from './call-preparation.js';
import { plan } from './test-support.js';

const types = loadBuiltinTypes();
const text = { kind: 'text', text: 'x' } as const;

function prepareGrpc(method: string, changes: Partial<CallPlan>, service = 'mirrorspec.echo.v1.Echo') {
  return prepareCall(plan(1, { protocol: 'gRPC-over-HTTP/2', ...changes }), types.method(service, method));
}

test('a method is called as what it is', () => {
  assert.throws(() => prepareGrpc('ServerStream', { messages: [text] }), {
    name: 'UserError',
    message: 'The method mirrorspec.echo.v1.Echo/ServerStream is server-streaming; it cannot be called as unary.',
  });
});

test('a method without request streaming takes one message, and none means the empty one', () => {
  assert.throws(() => prepareGrpc('Unary', { messages: [text, text] }), {
    message: 'The method mirrorspec.echo.v1.Echo/Unary is unary: it takes one message, not 2.',
  });
  const { messages } = prepareGrpc('Ping', {}, 'yages.Echo');
  assert.deepEqual(
    messages.map(({ data }) => data.length),
    [0],
  );
});

test('a payload that is no JSON needs a message with a field for it', () => {
  assert.throws(() => prepareGrpc('Reverse', { messages: [text] }, 'yages.Echo'), {
    name: 'UserError',
    message: /payload/,
  });
});

test('control rides in the first message only', () => {
  const echo = {
    status: 3,
    statusMessage: 'm',
    headers: [['a', 'b']],
    trailers: [['c', 'd']],
    messages: 2,
    intervalMs: 7,
  } as const;
  const { messages } = prepareGrpc('BidiStream', { interaction: 'bidi-streaming', messages: [text, text], echo });
  const method = types.method('mirrorspec.echo.v1.Echo', 'BidiStream');
  const [first, second] = messages.map(({ data }) => method.decodeRequest(data) as { control?: unknown });
  assert.deepEqual(first?.control, {
    status: 3,
    statusMessage: 'm',
    headers: [{ name: 'a', value: 'b' }],
    trailers: [{ name: 'c', value: 'd' }],
    messages: 2,
    intervalMs: 7,
    failAtOnce: false,
  });
  assert.equal(second?.control, undefined);
});

test('who cannot be told how to answer is not told', () => {
  assert.throws(() => prepareGrpc('Ping', { echo: { status: 1 } }, 'yages.Echo'), {
    message: 'Only mirrorspec.echo.v1.Echo can be told how to answer; yages.Echo cannot.',
  });
  assert.throws(() => prepareCall(plan(1, { echo: { statusMessage: 'x' } }), undefined), {
    message: 'A status message exists in gRPC only; HTTP has just the status.',
  });
});

test('trailers are announced only where there are some', () => {
  const announced: Partial<CallPlan> = { headers: [['Trailer', 'x-sum']], messages: [text] };
  assert.throws(() => prepareCall(plan(1, announced), undefined), {
    name: 'UserError',
    message: /the request has none/,
  });
  prepareCall(plan(1, { ...announced, trailers: [['x-sum', '1']] }), undefined);
  prepareCall(plan(1, { ...announced, protocol: 'HTTP/2' }), undefined);
});
