import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestExpression } from './nearest-step.js';

const EXPRESSIONS = [
  'an Istio mesh',
  'an Istio mesh with {policy} mutual TLS',
  'the mirror listens on {string}',
  'a/an {protocol} call is made',
  '{int} call(s) are made',
  'it is mirrored',
  'it is not mirrored',
];

const cases = [
  ['an Istoi mesh', 'an Istio mesh'],
  ['An istio mesh', 'an Istio mesh'],
  ['a Istio mesh with STRICT mutual TLS', 'an Istio mesh with {policy} mutual TLS'],
  ['the mirror listen on "lo"', 'the mirror listens on {string}'],
  ['the mirror listens on lo', 'the mirror listens on {string}'],
  ['a gRPC over HTTP/2 call is made', 'a/an {protocol} call is made'],
  ['a HTTP/2 cal is made', 'a/an {protocol} call is made'],
  ['20 calls are mad', '{int} call(s) are made'],
  ['it is mirored', 'it is mirrored'],
  ["it isn't mirrored", 'it is mirrored'],
  ['it is not mirored', 'it is not mirrored'],
  ['the weather is fine', undefined],
  ['', undefined],
] as const;

for (const [text, expected] of cases) {
  test(`"${text}" was meant as ${expected === undefined ? 'nothing known' : `"${expected}"`}`, () => {
    assert.equal(nearestExpression(text, EXPRESSIONS), expected);
  });
}

test('a parameter of one word does not stand for several, so that no short step is near to every text', () => {
  assert.equal(
    nearestExpression('frobnicate 12 "cats" (and/or so)', ['mirrord {word}', 'it holds for {word}']),
    undefined,
  );
});
