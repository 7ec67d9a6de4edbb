import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesOf } from './bytes.js';
import { connectionsOf, exchangesOf, foldJournal } from './exchanges.js';
import type { JournalRecord } from './journal.js';

const hello = bytesOf(Buffer.from('hello'));
const half = bytesOf(Buffer.from('he'));

function request(exchange: number, connection = 1, at = 10): JournalRecord {
  return {
    kind: 'request',
    at,
    connection,
    exchange,
    call: `c${exchange}`,
    protocol: 'HTTP/2',
    method: 'POST',
    path: '/',
    authority: 'a',
    headers: [['x-a', '1']],
  };
}

describe('exchangesOf', () => {
  it('gathers both directions of an exchange', () => {
    const place = { connection: 1, exchange: 1 };
    const [exchange] = exchangesOf([
      request(1),
      { kind: 'message', at: 11, ...place, direction: 'request', index: 0, body: hello },
      { kind: 'trailers', at: 12, ...place, direction: 'request', headers: [['x-sum', '7']] },
      { kind: 'end', at: 13, ...place, direction: 'request' },
      { kind: 'response', at: 14, ...place, status: 200, headers: [['x-b', '2']] },
      { kind: 'message', at: 15, ...place, direction: 'response', index: 0, body: hello, compressed: true },
      { kind: 'trailers', at: 16, ...place, direction: 'response', headers: [['grpc-status', '0']] },
      { kind: 'end', at: 17, ...place, direction: 'response' },
    ]);
    assert.deepEqual(exchange, {
      number: 1,
      connection: 1,
      call: 'c1',
      protocol: 'HTTP/2',
      method: 'POST',
      path: '/',
      authority: 'a',
      headers: [['x-a', '1']],
      openedAt: 10,
      endedAt: 17,
      request: {
        messages: [{ at: 11, body: hello, compressed: false }],
        trailers: [['x-sum', '7']],
        complete: true,
        endedAt: 13,
      },
      response: {
        status: 200,
        headers: [['x-b', '2']],
        messages: [{ at: 15, body: hello, compressed: true }],
        trailers: [['grpc-status', '0']],
        complete: true,
        endedAt: 17,
      },
    });
  });

  it('keeps interleaved exchanges apart and in the order of their requests', () => {
    const message = (exchange: number): JournalRecord => ({
      kind: 'message',
      at: 20,
      connection: 1,
      exchange,
      direction: 'request',
      index: 0,
      body: bytesOf(Buffer.from(String(exchange))),
    });
    const exchanges = exchangesOf([request(2), request(1), message(1), message(2), message(1)]);
    assert.deepEqual(
      exchanges.map(({ number, request: { messages } }) => [number, messages.length]),
      [
        [2, 1],
        [1, 2],
      ],
    );
  });

  it('tells a message that never completed and why the exchange broke off', () => {
    const [exchange] = exchangesOf([
      request(1),
      {
        kind: 'partial-message',
        at: 11,
        connection: 1,
        exchange: 1,
        direction: 'request',
        index: 0,
        body: half,
        expectedLength: 5,
      },
      { kind: 'reset', at: 12, connection: 1, exchange: 1, code: 'CANCEL', detail: 'by the client' },
    ]);
    assert.deepEqual(exchange?.request.partial, { at: 11, body: half, expectedLength: 5 });
    assert.deepEqual(exchange?.reset, { at: 12, code: 'CANCEL', detail: 'by the client' });
    assert.equal(exchange?.endedAt, 12);
    assert.equal(exchange?.request.complete, false);
  });

  it('has no end for an exchange that is under way', () => {
    const [exchange] = exchangesOf([
      request(1),
      { kind: 'end', at: 11, connection: 1, exchange: 1, direction: 'request' },
    ]);
    assert.equal(exchange?.endedAt, undefined);
    assert.equal(exchange?.request.complete, true);
    assert.equal(exchange?.response.status, undefined);
  });

  it('lets the final response replace an informational one', () => {
    const place = { connection: 1, exchange: 1, at: 11 };
    const [exchange] = exchangesOf([
      request(1),
      { kind: 'response', ...place, status: 103, headers: [['link', 'x']] },
      { kind: 'response', ...place, status: 204, headers: [] },
    ]);
    assert.equal(exchange?.response.status, 204);
    assert.deepEqual(exchange?.response.headers, []);
  });

  it('sets records without a request aside', () => {
    const stray: JournalRecord = { kind: 'end', at: 1, connection: 1, exchange: 9, direction: 'request' };
    const folded = foldJournal([stray, request(1)]);
    assert.deepEqual(folded.strays, [stray]);
    assert.equal(folded.exchanges.length, 1);
  });

  it('folds 20,000 calls in linear time', () => {
    const journal: JournalRecord[] = [];
    for (let exchange = 1; exchange <= 20_000; exchange++) {
      const place = { connection: exchange % 50, exchange, at: exchange };
      journal.push(request(exchange, exchange % 50));
      for (let index = 0; index < 3; index++) {
        journal.push({ kind: 'message', ...place, direction: 'request', index, body: hello });
      }
      journal.push({ kind: 'end', ...place, direction: 'request' });
    }
    const started = process.cpuUsage();
    assert.equal(exchangesOf(journal).length, 20_000);
    // A generous bound: it takes some 30 ms of the processor, and a quadratic fold takes minutes.
    assert.ok(process.cpuUsage(started).user < 1_000_000);
  });
});

describe('connectionsOf', () => {
  it('tells when a connection opened and how it ended, with what was on it', () => {
    const raw: JournalRecord = { kind: 'raw', at: 5, connection: 2, body: hello, reason: 'tls', tls: { alpn: ['h2'] } };
    const connections = connectionsOf([
      { kind: 'connection-opened', at: 1, connection: 1, local: '10.0.0.1:8080', remote: '10.0.0.2:4711' },
      { kind: 'connection-opened', at: 2, connection: 2 },
      request(1),
      raw,
      { kind: 'connection-closed', at: 9, connection: 1, how: 'rst' },
      { kind: 'connection-closed', at: 9, connection: 2, how: 'lost', detail: 'EPIPE' },
    ]);
    assert.deepEqual(
      connections.map(({ exchanges, ...rest }) => ({ ...rest, exchanges: exchanges.map(({ number }) => number) })),
      [
        {
          number: 1,
          openedAt: 1,
          local: '10.0.0.1:8080',
          remote: '10.0.0.2:4711',
          closed: { at: 9, how: 'rst' },
          raw: [],
          exchanges: [1],
        },
        { number: 2, openedAt: 2, closed: { at: 9, how: 'lost', detail: 'EPIPE' }, raw: [raw], exchanges: [] },
      ],
    );
  });

  it('knows a connection that the journal only mentions', () => {
    const [connection] = connectionsOf([request(1, 7)]);
    assert.equal(connection?.number, 7);
    assert.equal(connection?.openedAt, undefined);
  });
});
