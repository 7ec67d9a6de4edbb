import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BodyFraming } from '../model/body-framing.js';
import { bodyCutter, framedMessage, whyNotFramed } from './delimited-body.js';
import { cutAt } from './testing/decoding.js';

const LIMIT = 1000;

/** What a cutter makes of a body: complete messages, and what is left of an unfinished one. */
function messagesIn(framing: BodyFraming, pieces: readonly Uint8Array[], options: { readonly ends?: boolean } = {}) {
  const messages: string[] = [];
  let piecesOfMessage: Uint8Array[] | undefined;
  let malformed: string | undefined;
  let rest = '';
  const text = (parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('latin1');
  const cutter = bodyCutter(
    framing,
    {
      piece(data) {
        piecesOfMessage = [...(piecesOfMessage ?? []), Uint8Array.from(data)];
      },
      complete() {
        messages.push(text(piecesOfMessage ?? []));
        piecesOfMessage = undefined;
      },
      malformed(detail, left) {
        malformed = detail;
        rest = text([left]);
      },
    },
    LIMIT,
  );
  for (const piece of pieces) {
    if (malformed === undefined) cutter.push(piece);
    else rest += text([piece]);
  }
  if (options.ends === false) cutter.cut();
  else cutter.end();
  const unfinished: Uint8Array[] | undefined = piecesOfMessage;
  return { messages, malformed, rest, partial: unfinished === undefined ? undefined : text(unfinished) };
}

const whole = (text: string): Uint8Array[] => [Buffer.from(text)];

describe('messages in a body of plain HTTP', () => {
  for (const framing of ['lines', 'length-prefixed', 'events'] as const) {
    it(`come out as they went in, wherever the bytes are cut (${framing})`, () => {
      const message =
        framing === 'events'
          ? fc.string({ unit: 'binary' }).map((text) => Buffer.from(text))
          : fc.uint8Array({ maxLength: 50 }).map(Buffer.from);
      const possible = message.filter(
        (data) =>
          whyNotFramed(framing, data) === undefined && (framing !== 'events' || !/[\r\n\ufeff]/.test(data.toString())),
      );
      fc.assert(
        fc.property(fc.array(possible), fc.array(fc.nat()), (messages, places) => {
          const body = Buffer.concat(messages.map((data) => framedMessage(framing, data)));
          const found = messagesIn(framing, cutAt(body, places));
          assert.deepEqual(
            found.messages,
            messages.map((data) => data.toString('latin1')),
          );
          assert.equal(found.partial, undefined);
        }),
      );
    });

    it(`are the same, and the same of them is unreadable, wherever hostile bytes are cut (${framing})`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat()), fc.boolean(), (body, places, ends) => {
          assert.deepEqual(
            messagesIn(framing, cutAt(Buffer.from(body), places), { ends }),
            messagesIn(framing, [body], { ends }),
          );
        }),
      );
    });
  }

  it('on lines: empty lines are none, and the last one may lack its end', () => {
    assert.deepEqual(messagesIn('lines', whole('{}\n\n[1]\n2')).messages, ['{}', '[1]', '2']);
    assert.deepEqual(messagesIn('lines', whole('{}\n[1'), { ends: false }), {
      messages: ['{}'],
      malformed: undefined,
      rest: '',
      partial: '[1',
    });
  });

  it('behind their length: an empty one counts, an unfinished one stays unfinished, one beyond the limit is garbage', () => {
    const body = Buffer.from([0, 0, 0, 0, 0, 0, 0, 2, 65, 66, 0, 0, 0, 5, 67]);
    assert.deepEqual(messagesIn('length-prefixed', [body]), {
      messages: ['', 'AB'],
      malformed: undefined,
      rest: '',
      partial: 'C',
    });
    const { malformed, rest } = messagesIn('length-prefixed', [Buffer.from('HTTP/1.1')]);
    assert.equal(
      malformed,
      `a message of ${Buffer.from('HTTP').readUInt32BE()} bytes, more than the ${LIMIT} that are decoded`,
    );
    assert.equal(rest, 'HTTP/1.1');
  });

  it('as events: data lines are joined, comments are none, an event with other fields is kept as its lines', () => {
    const stream =
      ': welcome\n\ndata: one\n\ndata: two\r\ndata: lines\r\n\r\nid: 7\rdata: three\r\rdata\n\ndata:  four\n\ndata: unfin';
    assert.deepEqual(messagesIn('events', whole(`\ufeff${stream}`), { ends: false }), {
      messages: ['one', 'two\nlines', 'id: 7\ndata: three', '', ' four'],
      malformed: undefined,
      rest: '',
      partial: 'unfin',
    });
  });
});
