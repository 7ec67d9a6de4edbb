import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { writeFault } from './write-fault.js';

const folder = mkdtempSync('/tmp/mirrorspec-');
after(() => rmSync(folder, { recursive: true }));

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it succeeded');
}

describe('an error of the file system', () => {
  test('is told as one of the machine where something could not be written', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const inTheWay = writeFault(
      errorOf(() => mkdirSync(join(file, 'reports'))),
      'the reports',
      file,
    );
    assert.equal(inTheWay?.name, 'EnvironmentError');
    assert.equal(
      inTheWay?.message,
      `the reports cannot be written to ${file}: a part of that path is a file, not a folder`,
    );
    const full = errorOf(() => writeSync(openSync('/dev/full', 'w'), 'x'));
    assert.match(writeFault(full, 'it', '/x')?.message ?? '', /no space is left on the device$/);
  });

  test('stays what it is elsewhere', () => {
    const elsewhere = errorOf(() => mkdirSync(join(folder, 'file', 'x')));
    assert.equal(writeFault(elsewhere, 'the reports', join(folder, 'fil')), undefined);
    assert.equal(
      writeFault(
        errorOf(() => readFileSync(join(folder, 'nothing'))),
        'it',
        folder,
      ),
      undefined,
    );
    assert.equal(writeFault(new Error('a bug'), 'it', folder), undefined);
  });
});
