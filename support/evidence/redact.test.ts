import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesOf, previewOf } from '../model/bytes.js';
import type { JournalRecord } from '../model/journal.js';
import { redactBytes, redactHeaders, redactJournal } from './redact.js';

describe('redactHeaders', () => {
  it('replaces the values of credentials, whatever their case, and nothing else', () => {
    assert.deepEqual(
      redactHeaders([
        ['Authorization', 'Bearer s3cret'],
        ['cookie', 'sid=1'],
        ['set-cookie', 'sid=1'],
        ['proxy-authorization', 'Basic eA=='],
        ['x-api-key', 'k'],
        ['x-tenant', 'blue'],
      ]),
      [
        ['Authorization', '[redacted]'],
        ['cookie', '[redacted]'],
        ['set-cookie', '[redacted]'],
        ['proxy-authorization', '[redacted]'],
        ['x-api-key', '[redacted]'],
        ['x-tenant', 'blue'],
      ],
    );
  });
});

describe('redactBytes', () => {
  it('leaves a body without credentials as it is', () => {
    for (const body of ['{"id":1}', Buffer.from([0xff, 0xd8, 0x00, 0x41])]) {
      const bytes = bytesOf(Buffer.from(body));
      assert.equal(redactBytes(bytes), bytes);
    }
  });
  it('takes credentials out of text and of what is no text, and keeps lengths and what is equal', () => {
    for (const lead of [Buffer.from('ä'), Buffer.from([0xff, 0x00, 0x0a])]) {
      const of = (secret: string) => redactBytes(bytesOf(Buffer.concat([lead, Buffer.from(` password=${secret}`)])));
      const [one, same, other] = [of('hunter2'), of('hunter2'), of('hunter3')];
      assert.deepEqual(previewOf(one), Buffer.concat([lead, Buffer.from(' password=[redacted]')]));
      assert.equal(one.length, lead.length + ' password=hunter2'.length);
      assert.equal(one.redacted, 'whole');
      assert.deepEqual(one, same);
      assert.notEqual(one.sha256, other.sha256);
      assert.notEqual(one.sha256, bytesOf(Buffer.concat([lead, Buffer.from(' password=hunter2')])).sha256);
    }
  });
});

describe('redactJournal', () => {
  it('redacts heads and trailers, and leaves the journal itself unchanged', () => {
    const place = { at: 1, connection: 1, exchange: 1 };
    const journal: JournalRecord[] = [
      { kind: 'response', ...place, status: 200, headers: [['set-cookie', 'sid=1']] },
      { kind: 'trailers', ...place, direction: 'response', headers: [['x-api-key', 'k']] },
      { kind: 'end', ...place, direction: 'response' },
    ];
    const text = JSON.stringify(redactJournal(journal));
    assert.doesNotMatch(text, /sid=1|"k"/);
    assert.match(JSON.stringify(journal), /sid=1/);
    assert.deepEqual(redactJournal(journal)[2], journal[2]);
  });
});
