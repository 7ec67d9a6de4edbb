import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rendered } from '../testing/rendered.js';
import { LIMITS } from './limits.js';
import { readYaml } from './read.js';
import { yamlSource } from './read-source.js';
import { checkAgainstSchema } from './schema-check.js';
import { SCHEMA } from './testing/sample-schema.js';

function check(text: string) {
  const { documents, mistakes } = readYaml(Buffer.from(text), 'a.yaml');
  assert.deepEqual(mistakes, []);
  const place = yamlSource('a.yaml', text).diagnosticPlace;
  return documents.flatMap(({ root }) => checkAgainstSchema(SCHEMA, root, place));
}

test('what a schema admits is no mistake', () => {
  assert.deepEqual(
    check(`name: a
kind: feature
version: "1.10"
tags: [a, b]
call: { protocol: HTTP/2, count: 3 }
mesh: { kind: istio }
target: { run: node server.js, port: 80 }
size: <size>
`),
    [],
  );
});

test('everything is told at once and in the order of the file, also what stands beside values of several forms', () => {
  const rules = check(`name: ""
mesh: 2
size: big
target: { run: a, port: b }
call: { protocol: HTTP/3, count: 0, mesh: { kind: none } }
tags: [a, a]
mirror: { ports: [1, x, 2, y] }
`).map(({ rule, at }) => `${rule} ${at?.line}:${at?.column}`);
  assert.deepEqual(rules, [
    'value 1:7',
    'unknown-value 2:7',
    'unknown-value 3:7',
    'wrong-type 4:25',
    'unknown-value 5:19',
    'out-of-range 5:34',
    'unknown-key 5:37',
    'item-twice 6:11',
    'wrong-type 7:22',
    'wrong-type 7:28',
  ]);
});

test('what an alias repeats is told once', () => {
  const mistakes = check('target: &port { run: a, port: b }\nmesh: none\n');
  assert.equal(mistakes.length, 1);
  const text = 'call: &call { protocol: HTTP/3 }\n---\ncall: { protocol: &p HTTP/3, path: *p }\n';
  assert.deepEqual(
    check(text).map(({ at }) => at?.line),
    [1, 3],
  );
});

test('of very many mistakes the first are told', () => {
  const headers = (count: number) =>
    `headers:\n${Array.from({ length: count }, (_, index) => `  a${index}: 1\n`).join('')}`;
  assert.deepEqual(
    check(headers(1000)).map(({ at }) => at?.line),
    Array.from({ length: LIMITS.mistakes }, (_, index) => index + 2),
  );
  // Ajv cannot be told to stop after some, only after the first.
  assert.equal(check(headers(50_000)).length, 1);
});

test('an empty document and one of another kind are told', () => {
  assert.equal(
    rendered(check('- a\n')),
    `
error: a mapping is needed here, and this is a list
 --> a.yaml:1:1
  |
1 | - a
  | ^^^
  = help: it can be: name, kind, version, secret, keep, tags, mode, revision, level, headers, call, one, mirror, timeouts, mesh, target, size
`,
  );
});
