import assert from 'node:assert/strict';
import { it } from 'node:test';
import { connectionsOf } from './exchanges.js';
import { joinJournals } from './join-journals.js';
import type { Journal } from './journal.js';

const journal = (call: string): Journal => [
  { kind: 'connection-opened', at: 1, connection: 1 },
  {
    kind: 'request',
    at: 2,
    connection: 1,
    exchange: 1,
    call,
    protocol: 'HTTP/1.1',
    method: 'GET',
    path: '/',
    headers: [],
  },
  { kind: 'end', at: 3, connection: 1, exchange: 1, direction: 'request' },
];

it('joined journals keep their connections and exchanges apart', () => {
  const connections = connectionsOf(joinJournals(journal('a'), journal('b')));
  assert.deepEqual(
    connections.map(({ number, exchanges }) => [number, exchanges.map(({ number: n, call }) => [n, call])]),
    [
      [1, [[1, 'a']]],
      [2, [[2, 'b']]],
    ],
  );
  assert.ok(connections.every(({ exchanges: [exchange] }) => exchange?.request.complete));
});
