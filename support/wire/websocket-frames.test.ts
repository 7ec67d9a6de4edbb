import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { previewOf } from '../model/bytes.js';
import { exchangesOf } from '../model/exchanges.js';
import type { JournalRecord } from '../model/journal.js';
import { RequestDecoder } from './request-decoder.js';
import { cutAt } from './testing/decoding.js';

const OFFER = [
  'GET /live HTTP/1.1',
  'Host: echo',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '',
  '',
].join('\r\n');

interface FrameOptions {
  readonly final?: boolean;
  readonly mask?: readonly number[];
  readonly bits?: number;
}

/** A frame as clients send it: masked. */
function frame(
  opcode: number,
  payload: Uint8Array,
  { final = true, mask = [1, 2, 3, 4], bits = 0 }: FrameOptions = {},
) {
  const { length } = payload;
  const head =
    length < 126
      ? [0x80 | length]
      : length < 65_536
        ? [0x80 | 126, length >> 8, length & 0xff]
        : [0x80 | 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff];
  const masked = Uint8Array.from(payload, (byte, index) => byte ^ (mask[index & 3] ?? 0));
  return Buffer.concat([Buffer.from([(final ? 0x80 : 0) | bits | opcode, ...head, ...mask]), masked]);
}

const text = (content: string) => frame(1, Buffer.from(content));
const close = (code: number, reason = '') =>
  frame(8, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));

/** The journal of a client that offers to become a WebSocket and says this behind it. */
function journalOf(pieces: readonly Uint8Array[], how: 'fin' | 'rst' = 'fin'): JournalRecord[] {
  const journal: JournalRecord[] = [];
  let exchanges = 0;
  const decoder = new RequestDecoder({
    connection: 1,
    nextExchange: () => exchanges++,
    journal: (record) => journal.push(record),
    now: () => 0,
  });
  for (const piece of pieces) decoder.push(piece);
  decoder.end(how);
  return journal;
}

function conversation(...frames: Uint8Array[]) {
  const journal = journalOf([Buffer.from(OFFER), ...frames]);
  const [exchange, ...others] = exchangesOf(journal);
  assert.ok(exchange !== undefined);
  const said = exchange.request.messages.map(({ body, form }) => `${form} ${previewOf(body)}`);
  return { exchange, others, said, raw: journal.filter(({ kind }) => kind === 'raw') };
}

describe('the frames that a client sends on a WebSocket', () => {
  it('are messages, text or binary, of any length, and the close is the end of the request', () => {
    const long = Buffer.alloc(70_000, 'x');
    const { exchange, said } = conversation(
      text('grüße'),
      frame(2, Buffer.from([1])),
      frame(1, long),
      close(4001, 'enough'),
    );

    assert.deepEqual(said.slice(0, 2), ['text grüße', 'binary \u0001']);
    assert.deepEqual([exchange.request.messages[2]?.body.length, exchange.protocol], [70_000, 'WebSocket']);
    assert.deepEqual(exchange.request.trailers, [
      ['close-code', '4001'],
      ['close-reason', 'enough'],
    ]);
    assert.deepEqual([exchange.request.complete, exchange.reset], [true, undefined]);
  });

  it('in fragments are one message, with control frames between them', () => {
    const { said, exchange } = conversation(
      frame(1, Buffer.from('one, '), { final: false }),
      frame(9, Buffer.from('are you there?')),
      frame(0, Buffer.from('two'), { final: false, mask: [9, 9, 9, 9] }),
      frame(10, Buffer.alloc(0)),
      frame(0, Buffer.alloc(0)),
      frame(8, Buffer.alloc(0)),
    );
    assert.deepEqual(said, ['text one, two']);
    assert.deepEqual([exchange.request.trailers, exchange.request.complete], [undefined, true]);
  });

  it('that were compressed stay so', () => {
    const { exchange } = conversation(frame(1, Buffer.from([7]), { bits: 0x40 }));
    assert.equal(exchange.request.messages[0]?.compressed, true);
  });

  it('without a close are broken off with their connection, and an unfinished message stays unfinished', () => {
    const { exchange } = conversation(text('whole'), text('in parts').subarray(0, 10));
    assert.equal(exchange.request.messages.length, 1);
    assert.deepEqual(
      [previewOf(exchange.request.partial?.body ?? assert.fail()).toString(), exchange.request.partial?.expectedLength],
      ['in p', 8],
    );
    assert.deepEqual([exchange.request.complete, exchange.reset?.code], [false, 'closed']);
  });

  for (const [name, bytes, detail] of [
    ['is not masked', Buffer.from([0x81, 0x01, 0x61]), 'a frame of a client that is not masked'],
    ['is of an unknown kind', frame(3, Buffer.alloc(0)), 'a frame of an unknown kind'],
    ['continues nothing', frame(0, Buffer.alloc(0)), 'fragments of a message out of order'],
    ['controls in parts', frame(9, Buffer.alloc(0), { final: false }), 'a control frame that is too long or in parts'],
  ] as const) {
    it(`break the conversation off where one ${name}`, () => {
      const { exchange, said, raw } = conversation(text('before'), bytes, text('behind'));
      assert.deepEqual([said, exchange.reset?.code, exchange.reset?.detail], [['text before'], 'malformed', detail]);
      assert.equal(raw.length, 1);
    });
  }

  it('do not come where the server declined: the client goes on in HTTP/1.1', () => {
    const { exchange, others } = conversation(Buffer.from('GET /next HTTP/1.1\r\nHost: echo\r\n\r\n'));
    assert.deepEqual([exchange.path, exchange.request.complete, exchange.request.messages], ['/live', true, []]);
    assert.deepEqual(
      others.map(({ path, protocol }) => [path, protocol]),
      [['/next', 'HTTP/1.1']],
    );
  });

  it('make the same journal wherever they are cut, hostile ones too', () => {
    const anyFrame = fc
      .record({
        opcode: fc.nat({ max: 15 }),
        payload: fc.uint8Array({ maxLength: 200 }),
        final: fc.boolean(),
        bits: fc.constantFrom(0, 0, 0, 0x40, 0x10),
      })
      .map(({ opcode, payload, final, bits }) => frame(opcode, payload, { final, bits }));
    const bytes = fc.oneof(fc.array(anyFrame).map(Buffer.concat), fc.uint8Array({ maxLength: 100 }).map(Buffer.from));
    fc.assert(
      fc.property(bytes, fc.array(fc.nat()), fc.constantFrom('fin', 'rst'), (behind, places, how) => {
        const all = Buffer.concat([Buffer.from(OFFER), behind]);
        assert.deepEqual(journalOf(cutAt(all, places), how), journalOf([all], how));
      }),
    );
  });
});
