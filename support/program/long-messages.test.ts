import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { BytesDigest, bytesOf, PREVIEW_BYTES, storeLongMessages } from '../model/bytes.js';
import { keepLongMessages, LONGEST_KEPT } from './long-messages.js';

describe('a message that is longer than what a journal keeps', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mirrorspec-test-'));
    keepLongMessages(folder);
  });
  afterEach(() => {
    storeLongMessages(undefined);
    rmSync(folder, { recursive: true });
  });

  it('is kept whole, however many pieces it came in', () => {
    const digest = new BytesDigest();
    const data = Buffer.from(Array.from({ length: 50_000 }, (_, index) => index % 251));
    for (let at = 0; at < data.length; at += 7_001) digest.update(data.subarray(at, at + 7_001));
    const { sha256 } = digest.finish();
    assert.deepEqual(readdirSync(folder), [sha256]);
    assert.ok(readFileSync(join(folder, sha256)).equals(data));
    assert.equal(statSync(join(folder, sha256)).mode & 0o777, 0o600);
  });

  it('is one file, whoever saw it, and the longer one where one was cut', () => {
    const data = Buffer.alloc(PREVIEW_BYTES + 1, 'a');
    const { sha256 } = bytesOf(data);
    writeFileSync(join(folder, sha256), 'cut');
    bytesOf(data);
    assert.deepEqual(readdirSync(folder), [sha256]);
    assert.equal(statSync(join(folder, sha256)).size, data.length);
  });

  it('is cut at 8 MiB, and its digest is of all of it', () => {
    const digest = new BytesDigest();
    const piece = Buffer.alloc(1024 * 1024, 'a');
    for (let pieces = 0; pieces < 10; pieces++) digest.update(piece);
    const { sha256, length } = digest.finish();
    assert.equal(length, 10 * piece.length);
    assert.equal(statSync(join(folder, sha256)).size, LONGEST_KEPT);
  });

  it('is not kept where there were enough', () => {
    for (let message = 0; message < 100; message++) bytesOf(Buffer.alloc(PREVIEW_BYTES + 1 + message, 'a'));
    assert.equal(readdirSync(folder).length, 64);
  });

  it('passes although it cannot be kept', () => {
    rmSync(folder, { recursive: true });
    assert.equal(bytesOf(Buffer.alloc(PREVIEW_BYTES + 1)).length, PREVIEW_BYTES + 1);
    mkdirSync(folder);
  });

  it('is not kept where it fits into the journal, or is not complete', () => {
    bytesOf(Buffer.alloc(PREVIEW_BYTES));
    new BytesDigest().update(Buffer.alloc(PREVIEW_BYTES + 1));
    assert.deepEqual(
      readdirSync(folder).filter((name) => !name.endsWith('.part')),
      [],
    );
  });
});
