import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exchangesOf } from '../model/exchanges.js';
import type { JournalRecord } from '../model/journal.js';
import { tcpCallLine, withCallId } from '../model/tcp-call.js';
import { RequestDecoder } from './request-decoder.js';
import { decodePieces, octetByOctet, summaryOf } from './testing/decoding.js';

const ID = '0123456789abcdef';
const LINE = tcpCallLine(ID, 'unary length=5');

function decoder(): { readonly decoder: RequestDecoder; readonly records: JournalRecord[] } {
  const records: JournalRecord[] = [];
  const options = { connection: 1, nextExchange: () => 1, journal: (record: JournalRecord) => records.push(record) };
  return { decoder: new RequestDecoder(options), records };
}

describe('a call over raw TCP', () => {
  it('is one message, from the line with its id to the end of the connection', () => {
    const bytes = Buffer.concat([LINE, Buffer.from('hello')]);
    const whole = decodePieces([bytes]);
    assert.deepEqual(
      whole.map(({ kind }) => kind),
      ['request', 'message', 'end', 'connection-closed'],
    );
    const [request, message] = whole;
    assert.ok(request?.kind === 'request' && message?.kind === 'message');
    assert.deepEqual(
      [request.call, request.protocol, request.method, request.path],
      [ID, 'TCP', 'TCP', 'unary length=5'],
    );
    assert.equal(Buffer.from(message.body.preview, 'base64').toString(), 'hello');
    assert.deepEqual(decodePieces(octetByOctet(bytes)), whole, 'octet by octet');
  });

  it('keeps its id within its message where that has a place for it', () => {
    const message = withCallId(Buffer.from('SET {call-id} 1\r\n'), ID);
    const records = decodePieces([message]);
    const kept = records.find((record) => record.kind === 'message');
    assert.ok(kept?.kind === 'message');
    assert.equal(kept.body.length, message.length);
  });

  it('has no message where nothing was said', () => {
    assert.deepEqual(
      decodePieces([LINE]).map(({ kind }) => kind),
      ['request', 'end', 'connection-closed'],
    );
  });

  it('is broken off with its connection', () => {
    const { decoder: reset, records } = decoder();
    reset.push(Buffer.concat([LINE, Buffer.from('hel')]));
    reset.end('rst');
    assert.deepEqual(
      records.map(({ kind }) => kind),
      ['request', 'partial-message', 'reset', 'connection-closed'],
    );
  });

  it('is not taken for raw bytes while its line is on its way', () => {
    const { decoder: slow, records } = decoder();
    slow.push(LINE.subarray(0, 10));
    slow.flush();
    slow.push(LINE.subarray(10));
    slow.end('fin');
    assert.equal(records[0]?.kind, 'request');
  });

  it('is none without an id', () => {
    assert.deepEqual(summaryOf(decodePieces([Buffer.from('<mirrorspec-call'), Buffer.from(' nobody>\n')])), [
      'raw no-http "<mirrorspec-call nobody>\\n"',
      'closed fin',
    ]);
  });
});

describe('a call over raw TCP that goes on', () => {
  it('is told as far as it is there, until it is complete', () => {
    const { decoder: open, records } = decoder();
    open.push(Buffer.concat([LINE, Buffer.from('hel')]));
    open.flush();
    open.flush();
    assert.equal(exchangesOf(records)[0]?.request.partial?.body.length, 3);
    open.push(Buffer.from('lo'));
    open.end('fin');
    const [exchange] = exchangesOf(records);
    assert.equal(exchange?.request.partial, undefined);
    assert.equal(exchange?.request.messages[0]?.body.length, 5);
    assert.equal(records.filter(({ kind }) => kind === 'partial-message').length, 1);
  });
});
