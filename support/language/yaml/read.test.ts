import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainValue } from './node.js';
import { readYaml } from './read.js';

const read = (text: string) => readYaml(Buffer.from(text), 'a.yaml');
const dataOf = (text: string) => {
  const { documents, mistakes } = read(text);
  assert.deepEqual(mistakes, []);
  return documents.map(({ root }) => plainValue(root));
};

test('values are read as the core schema of YAML 1.2 has them', () => {
  assert.deepEqual(dataOf('[yes, true, null, ~, 012, 0x10, 1.10, 2001-01-01, "1", !!str 1, 1_000]'), [
    ['yes', true, null, null, 12, 16, 1.1, '2001-01-01', '1', '1', '1_000'],
  ]);
});

test('what was written is kept beside what was read', () => {
  const { documents } = read('[1.10, "a\\tb", |]');
  const root = documents[0]?.root;
  assert.equal(root, undefined);
  const items = read('- 1.10\n- "a\\tb"\n- |\n  c\n').documents[0]?.root;
  assert.ok(items?.kind === 'sequence');
  assert.deepEqual(items.items, [
    { kind: 'scalar', value: 1.1, source: '1.10', style: 'plain', at: { line: 1, column: 3, length: 4 } },
    { kind: 'scalar', value: 'a\tb', source: 'a\tb', style: 'quoted', at: { line: 2, column: 3, length: 6 } },
    { kind: 'scalar', value: 'c\n', source: 'c\n', style: 'block', at: { line: 3, column: 3, length: 1 } },
  ]);
});

test('documents, anchors and binary values', () => {
  assert.deepEqual(dataOf('a: &x [1]\nb: *x\n---\nc: !!binary aGk=\n'), [{ a: [1], b: [1] }, { c: 'aGk=' }]);
});

test('line ends of Windows and a byte order mark change neither values nor places', () => {
  const { documents, mistakes, text } = read('\ufeffa: |\r\n  x\r\n  y\r\nb: "c\r\n  d"\r\n');
  assert.deepEqual(mistakes, []);
  assert.equal(text.slice(0, 3), 'a: ');
  const root = documents[0]?.root;
  assert.ok(root?.kind === 'mapping');
  assert.deepEqual(plainValue(root), { a: 'x\ny\n', b: 'c d' });
  assert.deepEqual(root.entries[1]?.keyAt, { line: 4, column: 1, length: 1 });
});
