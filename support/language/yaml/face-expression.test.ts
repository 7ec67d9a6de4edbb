import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expressionReader, takesAn } from './face-expression.js';
import { TYPES } from './testing/vocabulary.js';

describe('an expression is written', () => {
  const read = expressionReader(TYPES);
  const cases: readonly (readonly [string, string, readonly string[], string])[] = [
    ['without its optional text', 'a caller outside (of )the mesh', [], 'a caller outside the mesh'],
    ['with the first of its alternatives', 'the cat sleeps/rests on {word}', ['it'], 'the cat sleeps on it'],
    ['with escaped characters as they are', '\\{a\\} \\(b\\) c\\/d', [], '{a} (b) c/d'],
    ['with "an" before a vowel', 'a(n) {protocol} call', ['HTTP/2'], 'an HTTP/2 call'],
    ['with "a" before others', 'a(n) {protocol} call', ['gRPC'], 'a gRPC call'],
    ['with "an" in the middle', 'see a(n) {word}', ['egg'], 'see an egg'],
    ['with what is no article left out', 'la(n) {word}', ['egg'], 'la egg'],
    ['with the plural of several', '{int} box(es) and {word} message(s)', ['2', 'x'], '2 boxes and x messages'],
    ['with the singular of one', '{int} message(s)', ['1'], '1 message'],
    ['with the plural of a placeholder', '{int} message(s)', ['<n>'], '<n> messages'],
    ['with no plural where nothing is counted', 'message(s) of {word}', ['x'], 'message of x'],
  ];
  for (const [name, source, parameters, expected] of cases) {
    test(`${name}: ${source}`, () => assert.equal(read(source).write(parameters), expected));
  }
});

test('a text is matched, and each parameter has its place in it', () => {
  const read = expressionReader(TYPES);
  assert.deepEqual(read('a(n) {protocol} call to {string}').match('an HTTP/2 call to "a b"'), [
    { text: 'HTTP/2', start: 3, end: 9 },
    { text: '"a b"', start: 18, end: 23 },
  ]);
  assert.equal(read('a(n) {protocol} call').match('an HTTP/3 call'), undefined);
});

test('a parameter type that nobody declares takes anything', () => {
  const read = expressionReader([]);
  assert.equal(read('a {colour} cat').match('a light grey cat')?.[0]?.text, 'light grey');
});

test('English decides by the sound', () => {
  const an = [
    'HTTP/1.1',
    'SSE',
    'mTLS',
    'egg',
    'Istio',
    'unusual',
    'update',
    '8 KiB',
    '11',
    '18-part',
    '800',
    'umbrella',
  ];
  const a = ['gRPC', 'TCP', 'unary', 'user', 'unit', 'URL', 'one-way', 'European', '1 MiB', '110', 'cat', '<x>', ''];
  assert.deepEqual([...an, ...a].filter(takesAn), an);
});
