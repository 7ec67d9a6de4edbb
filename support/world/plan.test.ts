import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../model/errors.js';
import type { Situation } from '../model/situation.js';
import { CallDraft } from './draft.js';
import { type CallRequest, planCalls } from './plan.js';

const target = (port: number) => ({ host: '10.96.0.10', port, authority: `echo:${port}` });
const onEcho: Situation = { mesh: { kind: 'none' }, workload: { kind: 'echo' }, caller: 'unmeshed' };
const onYages: Situation = { ...onEcho, workload: { kind: 'yages' } };
const onOwn = (ports: number[]): Situation => ({
  ...onEcho,
  workload: { kind: 'command', command: { argv: ['true'], cwd: '/', env: {} }, ports },
});
const one = (protocol: CallRequest['protocol'], interaction: CallRequest['interaction'] = 'unary'): CallRequest => ({
  protocol,
  interaction,
  count: 1,
  concurrency: 1,
});

describe('the plan of a batch of calls', () => {
  it('calls the port of echo that speaks the protocol', () => {
    const port = (protocol: CallRequest['protocol']) =>
      planCalls(one(protocol), new CallDraft(), onEcho, target).target.port;
    assert.deepEqual(
      [port('HTTP/1.1'), port('HTTP/2'), port('gRPC-over-HTTP/1.1'), port('gRPC-over-HTTP/2')],
      [8080, 8080, 8080, 9090],
    );
  });

  it('gives every call an id of its own', () => {
    const { ids } = planCalls({ ...one('HTTP/2'), count: 500 }, new CallDraft(), onEcho, target);
    assert.equal(new Set(ids).size, 500);
  });

  it('sends three messages on a stream of which nothing is said', () => {
    assert.equal(
      planCalls(one('gRPC-over-HTTP/2', 'bidi-streaming'), new CallDraft(), onEcho, target).messages.length,
      3,
    );
  });

  it('sends no body with GET', () => {
    const draft = new CallDraft();
    draft.method = 'GET';
    assert.deepEqual(planCalls(one('HTTP/1.1'), draft, onEcho, target).messages, []);
  });

  it('pings yages', () => {
    const { grpc, messages } = planCalls(one('gRPC-over-HTTP/2'), new CallDraft(), onYages, target);
    assert.deepEqual(grpc, { service: 'yages.Echo', method: 'Ping', types: { source: 'builtin' } });
    assert.deepEqual(messages, [{ kind: 'json', value: {} }]);
  });

  const refused: readonly [string, () => unknown, RegExp][] = [
    [
      'HTTP to yages',
      () => planCalls(one('HTTP/1.1'), new CallDraft(), onYages, target),
      /yages speaks gRPC-over-HTTP\/2 only/,
    ],
    [
      'no calls at all',
      () => planCalls({ ...one('HTTP/2'), count: 0 }, new CallDraft(), onEcho, target),
      /give 1 or more/,
    ],
    [
      'none at a time',
      () => planCalls({ ...one('HTTP/2'), concurrency: 0 }, new CallDraft(), onEcho, target),
      /give 1 or more/,
    ],
    [
      'an own workload without a port',
      () => planCalls(one('HTTP/2'), new CallDraft(), onOwn([]), target),
      /no port to call/,
    ],
    [
      'an own workload with two ports',
      () => planCalls(one('HTTP/2'), new CallDraft(), onOwn([1, 2]), target),
      /which one/,
    ],
    [
      'gRPC to an own workload without a method',
      () => planCalls(one('gRPC-over-HTTP/2'), new CallDraft(), onOwn([1]), target),
      /needs a method/,
    ],
  ];
  for (const [what, plan, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(plan, (error) => error instanceof UserError && message.test(error.message));
    });
  }
});
