import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseErrorDiagnostic } from './parse-error.js';

const SOURCES = new Map([['a.feature', 'Feature: f\r\n  Scenario: s\r\n    When x\r\n']]);
const parse = (message: string, line: number, column: number) =>
  parseErrorDiagnostic({ source: { uri: 'a.feature', location: { line, column } }, message }, SOURCES);

test('the tokens of the parser become words; those that may stand anywhere are not listed', () => {
  const { message, help, at } = parse("(2:3): expected: #EOF, #StepLine, #Comment, #Empty, got 'Szenario: s'", 2, 3);
  assert.equal(message, 'unexpected "Szenario: s"');
  assert.deepEqual(help, ['expected here: the end of the file or a step']);
  assert.deepEqual(at, { file: 'a.feature', line: 2, column: 3, length: 1, source: '  Scenario: s' });
});

test('the end of the file can be unexpected too', () => {
  const { message, help } = parse('(4:0): unexpected end of file, expected: #DocStringSeparator, #Other', 4, 0);
  assert.equal(message, 'unexpected end of the file');
  assert.deepEqual(help, ['expected here: """']);
});

test('any other message stays as it is', () => {
  assert.equal(
    parse('(3:5): inconsistent cell count within the table', 3, 5).message,
    'inconsistent cell count within the table',
  );
  assert.equal(parse('(1:1): Language not supported: xx', 1, 1).message, 'Language not supported: xx');
});
