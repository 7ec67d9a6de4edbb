import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { readYaml } from '../yaml/read.js';
import { type FileToRead, readAhead } from './read-ahead.js';

const CONTENTS = [
  'feature: a\nscenarios: []\n',
  'bytes: !!binary aGVsbG8=\n',
  'one: &one { a: [1, 2] }\ntwo: *one\n',
  'a: 1\na: 2\n',
  '\tx',
  '- 1\n---\n- 2\n',
  '',
];

describe('reading YAML ahead', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-ahead-'));
  after(() => rmSync(folder, { recursive: true }));
  const files = Array.from({ length: 5 * CONTENTS.length }, (_, index): FileToRead => {
    const path = join(folder, `${index}.yaml`);
    writeFileSync(path, CONTENTS[index % CONTENTS.length] ?? '');
    return { path, name: `features/${index}.yaml` };
  });
  const expected = files.map(({ path, name }) => readYaml(readFileSync(path), name));
  const indices = files.map((_, index) => index);

  for (const [when, ms] of [
    ['at once', 0],
    ['when the thread has had time', 500],
  ] as const) {
    test(`gives what reading gives, asked for ${when}, last file first`, async () => {
      const reading = readAhead(files);
      await delay(ms);
      for (const index of [...indices].reverse()) assert.deepEqual(await reading.read(index), expected[index]);
      await reading.dispose();
    });
  }

  test('a file that cannot be read is told to who asks for it, and stops no other', async () => {
    const missing = { path: join(folder, 'nowhere.yaml'), name: 'nowhere' };
    const reading = readAhead([missing, ...files]);
    await delay(300);
    await assert.rejects(reading.read(0), { code: 'ENOENT' });
    for (const index of indices) assert.deepEqual(await reading.read(index + 1), expected[index]);
    await reading.dispose();
  });
});
