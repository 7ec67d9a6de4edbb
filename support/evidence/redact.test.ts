import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalRecord } from '../model/journal.js';
import { redactHeaders, redactJournal } from './redact.js';

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
