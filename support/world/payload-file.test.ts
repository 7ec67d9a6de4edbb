import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bytesOf, PREVIEW_BYTES } from '../model/bytes.js';
import { differenceOf, readPayloadFile } from './payload-file.js';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'mirrorspec-payload-'));
});
after(() => rmSync(folder, { recursive: true }));

function refusal(name: string): string {
  try {
    readPayloadFile(join(folder, name));
  } catch (error) {
    assert.equal((error as Error).name, 'UserError');
    return (error as Error).message.replaceAll(folder, '.');
  }
  return assert.fail('the file was read');
}

test('a file is read as bytes, through a link too', () => {
  writeFileSync(join(folder, 'order.bin'), Buffer.from([0, 255, 13, 10]));
  symlinkSync('order.bin', join(folder, 'link.bin'));
  assert.deepEqual(readPayloadFile(join(folder, 'link.bin')), Buffer.from([0, 255, 13, 10]));
});

test('a file that is missing is told with the place and the nearest name', () => {
  assert.equal(
    refusal('ordr.bin'),
    'there is no file "./ordr.bin": ./ordr.bin was looked for; did you mean "order.bin"?',
  );
  assert.equal(refusal('nowhere/a'), 'there is no file "./nowhere/a": ./nowhere/a was looked for');
});

test('a folder, something that is no file, and a file that is too long are refused', () => {
  mkdirSync(join(folder, 'orders'));
  assert.equal(refusal('orders'), '"./orders" is a folder: a payload is one file');
  symlinkSync('/dev/null', join(folder, 'null'));
  assert.equal(refusal('null'), '"./null" is no regular file');
  writeFileSync(join(folder, 'large'), '');
  truncateSync(join(folder, 'large'), 100 * 1024 * 1024 + 1);
  assert.equal(refusal('large'), '"./large" has 104857601 bytes; a message may have 104857600 (100 MiB) at most');
});

test('a difference is told with lengths, digests and the first byte that differs', () => {
  assert.equal(
    differenceOf('a', bytesOf(Buffer.from('abc')), bytesOf(Buffer.from('abd'))),
    `the mirrored payload is not the file "a"
  expected: 3 bytes, SHA-256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
  found:    3 bytes, SHA-256 a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9
  the first byte that differs is number 3`,
  );
});

test('what differs behind the part that journals keep is told without a place', () => {
  const long = Buffer.alloc(PREVIEW_BYTES + 1);
  const other = Buffer.from(long);
  other[PREVIEW_BYTES] = 1;
  assert.doesNotMatch(differenceOf('a', bytesOf(long), bytesOf(other)), /first byte/);
  assert.match(differenceOf('a', bytesOf(long), undefined), /found: {4}no message/);
  assert.match(
    differenceOf('a', bytesOf(long), bytesOf(other), true),
    /is not the file "a", compared as gRPC messages\n/,
  );
});
