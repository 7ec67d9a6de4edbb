import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rendered } from '../testing/rendered.js';
import { LIMITS } from './limits.js';
import { readYaml } from './read.js';

const read = (text: string) => readYaml(Buffer.from(text), 'a.yaml');
const rulesOf = (text: string) => read(text).mistakes.map(({ rule, at }) => `${rule} ${at?.line}:${at?.column}`);

/** Each line names a list of nine times the one above it: 9¹⁵ values in half a kilobyte. */
const BOMB = [...'abcdefghijklmnop'].map((name, index, all) => {
  const item = index === 0 ? 'x' : `*${all[index - 1]}`;
  return `${name}: &${name} [${Array(9).fill(item).join(', ')}]\n`;
});

test('aliases of aliases that multiply are refused where there are too many', () => {
  const { mistakes, documents } = read(BOMB.join(''));
  assert.deepEqual(documents, []);
  assert.equal(
    rendered(mistakes),
    `
error: this holds more than 250,000 values, counting each alias as what it names
 --> a.yaml:6:7
  |
6 | f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]
  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = help: split the file, or use fewer aliases of aliases
`,
  );
});

test('all documents of a file share one budget of values', () => {
  const quarter = `[${'1,'.repeat(LIMITS.nodes / 4)}]\n`;
  assert.deepEqual(rulesOf(`---\n${quarter}`.repeat(3)), []);
  assert.deepEqual(rulesOf(`---\n${quarter}`.repeat(4)), ['too-many-values 8:1']);
});

test('a million levels of nesting are refused where they begin to be too many', () => {
  for (const unit of ['[', '{a: ', '- ', '? ']) {
    const [mistake, ...others] = read(unit.repeat(1_000_000 / unit.length)).mistakes;
    assert.equal(mistake?.rule, 'nested-too-deep');
    assert.deepEqual(others, []);
    const levels = ((mistake.at?.column ?? 0) - 1) / unit.length;
    assert.ok(levels >= LIMITS.depth && levels <= LIMITS.depth + 2, `${unit} ${levels}`);
  }
  const stairs = Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('');
  assert.deepEqual(rulesOf(stairs), ['nested-too-deep 66:66']);
});

test('what is nested as deep as allowed is read, and nothing deeper', () => {
  assert.deepEqual(rulesOf('['.repeat(LIMITS.depth + 1) + ']'.repeat(LIMITS.depth + 1)), ['nested-too-deep 1:1']);
  const { mistakes, documents } = read('['.repeat(LIMITS.depth) + ']'.repeat(LIMITS.depth));
  assert.deepEqual(mistakes, []);
  assert.equal(documents.length, 1);
});

test('aliases that nest deeper than allowed are refused', () => {
  const chain = Array.from(
    { length: LIMITS.depth + 1 },
    (_, index) => `- &a${index} [${index === 0 ? '' : `*a${index - 1}`}]\n`,
  );
  assert.deepEqual(rulesOf(chain.slice(0, LIMITS.depth - 1).join('')), []);
  assert.deepEqual(rulesOf(chain.join('')), ['nested-too-deep 65:8']);
});

test('more documents than allowed are refused', () => {
  assert.deepEqual(rulesOf('--- a\n'.repeat(LIMITS.documents)), []);
  assert.deepEqual(rulesOf('--- a\n'.repeat(LIMITS.documents * 100)), [`too-many-documents ${LIMITS.documents + 1}:1`]);
});

test('of very many mistakes the first are told', () => {
  const { mistakes } = read('- @a\n'.repeat(10_000));
  assert.equal(mistakes.length, LIMITS.mistakes);
  assert.equal(mistakes.at(-1)?.at?.line, LIMITS.mistakes);
  assert.equal(read('a: 1\n'.repeat(10_000)).mistakes.length, LIMITS.mistakes);
});

test('a mistake on a very long line does not carry the line along', () => {
  const [mistake] = read(`a: [${'b, '.repeat(10_000)} @c]\n`).mistakes;
  assert.equal(mistake?.rule, 'reserved-character');
  assert.equal(mistake?.at?.source, undefined);
});
