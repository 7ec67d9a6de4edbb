import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { featureSchema, featureStructure } from './feature-schema.js';
import { plainValue } from './node.js';
import { readYaml } from './read.js';
import { compileActions, STEPS, TYPES } from './testing/vocabulary.js';

const validatorOf = (schema: object): ValidateFunction =>
  new Ajv2020({ allErrors: true, strict: true }).compile(schema);
const validate = validatorOf(featureSchema(STEPS, TYPES));
const validateStructure = validatorOf(featureStructure());

function dataOf(yaml: string): unknown {
  const { documents, mistakes } = readYaml(Buffer.from(yaml), 'a.yaml');
  assert.deepEqual(mistakes, []);
  return documents[0] === undefined ? undefined : plainValue(documents[0].root);
}

/** Places of what is wrong, without the alternatives of which each says so. */
function refusals(check: ValidateFunction, yaml: string): readonly string[] {
  if (check(dataOf(yaml))) return [];
  return (check.errors ?? [])
    .filter(({ schemaPath }) => !/\/anyOf\/\d/.test(schemaPath))
    .map(({ instancePath, keyword, params }) => {
      const key = params.additionalProperty ?? params.missingProperty ?? '';
      return `${instancePath} ${keyword}${key === '' ? '' : ` ${key}`}`;
    });
}

const FEATURE = `feature: cats
description: |
  Cats are quiet.
language: de
tags: [smoke, '@limitation:L4']
background:
  name: at home
  given: [house: quiet]
scenarios:
  - scenario: a cat <protocol>
    description: free text
    matrix:
      protocol: [HTTP/2, gRPC]
      door: [1, 2]
      quick: [true]
      exclude: [{ door: 1, protocol: gRPC }]
      include:
        - { protocol: unary, door: 3, quick: false }
    given:
      - house: { speaks: <protocol> }
      - cat: { listens: lo, doors: [<door>, 4] }
      - says: |
          several
          lines
      - says: [1, { a: null }]
      - says: !!binary AP8=
      - says-json: 5
      - scratches: 00 ff
      - weight: 3 KiB
      - room: 107
      - called: tom
      - runs: 1.5
      - names: { a: b, c: [d, e], f: }
      - surnames: [[a, b], [c, d]]
    when:
      - call: { protocol: <protocol> }
      - call: { protocol: gRPC, count: 3 }
    then:
      - heard: true
      - heard: false
      - step: anything
  - scenario: rows
    examples: [{ a: 1 }, { a: x }]
    then: [step: { text: it is <a>, table: [[a, b]] }]
  - scenario: blocks
    examples:
      - { examples: small, description: d, tags: [quick], rows: [{ a: 1 }] }
      - { rows: [{ a: 2 }] }
    steps:
      - given: [house: loud]
      - '*': [heard: true, house: quiet]
      - then: [step: { text: it is <a>, doc: b, mediaType: json }]
rules:
  - rule: at night
    tags: [slow]
    background: { given: [house: quiet] }
    scenarios: [{ scenario: s, then: [heard: true] }]
`;

test('a feature that uses everything is taken', () => {
  assert.deepEqual(refusals(validate, FEATURE), []);
  assert.deepEqual(refusals(validateStructure, FEATURE), []);
});

describe('what is wrong around actions is refused by both schemas:', () => {
  const cases: readonly (readonly [string, ...string[]])[] = [
    ['scenarios: []', ' required feature', '/scenarios minItems'],
    ['{ feature: f, scenario: s }', ' additionalProperties scenario'],
    ['{ feature: f, scenarios: [{ scenario: s, gven: [] }] }', '/scenarios/0 additionalProperties gven'],
    ['{ feature: f, scenarios: [{ then: [step: s] }] }', '/scenarios/0 required scenario'],
    ['{ feature: 2.0, tags: smoke }', '/feature type', '/tags type'],
    ['{ feature: f, tags: [a b] }', '/tags/0 pattern'],
    ['{ feature: f, rules: [{ rule: r, rules: [] }] }', '/rules/0 additionalProperties rules'],
    ['{ feature: f, background: { given: [] } }', '/background/given minItems'],
    ['{ feature: f, scenarios: [{ scenario: s, matrix: { a: 1 } }] }', '/scenarios/0/matrix/a type'],
    ['{ feature: f, scenarios: [{ scenario: s, matrix: { a: [[1]] } }] }', '/scenarios/0/matrix/a/0 anyOf'],
    [
      '{ feature: f, scenarios: [{ scenario: s, steps: [{ given: [step: a], when: [step: b] }] }] }',
      '/scenarios/0/steps/0 maxProperties',
    ],
  ];
  for (const [yaml, ...expected] of cases) {
    test(yaml, () => {
      assert.deepEqual(refusals(validate, yaml), expected);
      assert.deepEqual(refusals(validateStructure, yaml), expected);
    });
  }
});

test('an unknown key in a block of rows is found by the schema of the structure', () => {
  const yaml = '{ feature: f, scenarios: [{ scenario: s, examples: [{ rows: [{ a: 1 }], titel: t }] }] }';
  assert.deepEqual(refusals(validateStructure, yaml), ['/scenarios/0/examples/0 additionalProperties titel']);
  assert.notDeepEqual(refusals(validate, yaml), []);
});

describe('what the schema refuses in an action, the compiler refuses:', () => {
  const cases = [
    'given: [hous: quiet]',
    'given: [heard: true]',
    'given: [house: laud]',
    'given: [house: { speaks: gRCP }]',
    'given: [house: { speaks: gRPC, more: 1 }]',
    'given: [{ house: quiet, says: x }]',
    'given: [says: 5]',
    'given: [says: true]',
    'given: [cat: { doors: 0 }]',
    'given: [cat: { doors: "3" }]',
    'given: [cat: { doors: [] }]',
    'given: [cat: {}]',
    'given: [scratches: 00 FG]',
    'given: [weight: 3 kb]',
    'given: [called: Tom Cat]',
    'given: [names: x]',
    'given: [names: { a: 1 }]',
    'given: [runs: far]',
    'given: [house]',
    'when: [call: { count: 3 }]',
    'then: [heard: "true"]',
    'then: [step: { table: [[a]] }]',
    'then: [step: { text: a, tabel: [[a]] }]',
  ];
  for (const yaml of cases) {
    test(yaml, () => {
      assert.notDeepEqual(refusals(validate, `{ feature: f, scenarios: [{ scenario: s, ${yaml} }] }`), []);
      assert.notEqual(compileActions(yaml).told, '');
    });
  }
});

test('an editor is offered keys, words and properties, each with a title', () => {
  const { $defs } = featureSchema(STEPS, TYPES) as {
    readonly $defs: Readonly<Record<string, Record<string, unknown>>>;
  };
  assert.deepEqual(Object.keys($defs.given?.properties ?? {}), [
    'called', 'cat', 'house', 'names', 'room', 'runs', 'says', 'says-json', 'scratches', 'surnames', 'weight', 'step',
  ]); // biome-ignore format: a list of words
  const { anyOf = [] } = ($defs['given-house'] ?? {}) as { readonly anyOf?: readonly Record<string, unknown>[] };
  assert.deepEqual(
    anyOf.map(({ title, const: word, properties }) => [title, word ?? Object.keys(properties ?? {})]),
    [
      ['title of a quiet house', 'quiet'],
      ['title of a loud house', 'loud'],
      ['title of a {protocol} house', ['speaks']],
    ],
  );
  assert.deepEqual($defs['parameter-protocol'], {
    title: 'protocol',
    description: 'A protocol.',
    anyOf: [
      { title: 'a protocol', type: 'string', enum: ['HTTP/2', 'gRPC', 'unary'] },
      { $ref: '#/$defs/placeholder' },
    ],
  });
  assert.deepEqual($defs['when-call']?.required, ['protocol']);
});
