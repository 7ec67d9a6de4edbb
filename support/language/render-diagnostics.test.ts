import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chalk } from 'chalk';
import { renderDiagnostics } from './render-diagnostics.js';

const plain = new Chalk({ level: 0 });

test('the caret stands below what is meant, also after tabs and in high line numbers', () => {
  const text = renderDiagnostics(
    [
      {
        message: 'no such word',
        at: { file: 'a.feature', line: 120, column: 8, source: '\tGiven nonsense', length: 8 },
        notes: ['also at b.feature:1'],
        help: ['write something else'],
      },
    ],
    plain,
  );
  assert.equal(
    text,
    `error: no such word
   --> a.feature:120:8
    |
120 | \tGiven nonsense
    | \t      ^^^^^^^^
    = note: also at b.feature:1
    = help: write something else

error: 1 mistake was found, nothing was run
`,
  );
});

test('a length beyond the end of the line is cut, and a place without its line shows no line', () => {
  const at = { file: 'a.feature', line: 1, column: 3, source: 'abc', length: 99 };
  const text = renderDiagnostics(
    [
      { message: 'one', at },
      { message: 'two', at: { file: 'b', line: 2 } },
    ],
    plain,
  );
  assert.equal(
    text,
    'error: one\n --> a.feature:1:3\n  |\n1 | abc\n  |   ^\n\nerror: two\n --> b:2\n\nerror: 2 mistakes were found, nothing was run\n',
  );
});

test('who runs nothing ends the closing line in another way', () => {
  const text = renderDiagnostics([{ message: 'one' }], plain, ' in 3 files');
  assert.equal(text, 'error: one\n\nerror: 1 mistake was found in 3 files\n');
});

test('of a long line as much is shown as surrounds what is meant', () => {
  const source = `${'a'.repeat(300)}WRONG${'b'.repeat(300)}`;
  const text = renderDiagnostics(
    [{ message: 'one', at: { file: 'a', line: 1, column: 301, source, length: 5 } }],
    plain,
  );
  const [, , , line = '', caret = ''] = text.split('\n');
  assert.equal(line, `1 | …${'a'.repeat(79)}WRONG${'b'.repeat(76)}…`);
  assert.equal(caret.indexOf('^'), line.indexOf('WRONG'));
  assert.equal(caret.trimEnd().length, line.indexOf('WRONG') + 5);
});

test('a line that would act on the terminal does not', () => {
  const source = '\tred: \u001b[31m \u202e x';
  const text = renderDiagnostics([{ message: 'one', at: { file: 'a', line: 1, column: 14, source } }], plain);
  const [, , , line = '', caret = ''] = text.split('\n');
  assert.equal(line, '1 | \tred: \ufffd[31m \ufffd x');
  assert.equal(caret.indexOf('^'), line.indexOf(' x'));
});
