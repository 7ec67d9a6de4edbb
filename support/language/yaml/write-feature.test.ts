import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGherkin } from '../gherkin/parse.js';
import { featureAsYaml, type WriteOptions } from './write-feature.js';

function asYaml(gherkin: string, options: Partial<WriteOptions> = {}): string {
  const { document, mistakes } = parseGherkin(gherkin, 'a.feature');
  assert.deepEqual(mistakes, []);
  assert.ok(document);
  return featureAsYaml(document, { actionOf: () => undefined, ...options }).text;
}

test('keywords become lists, And and But continue the list before', () => {
  assert.equal(
    asYaml(`
@smoke @limitation:L4
Feature: Mirroring
  What it is
    about.

  Background:
    Given an Istio mesh

  @slow
  Scenario: a call
    And the workload "yages"
    When a call is made
    Then it is mirrored
    But "eth0" carried nothing

  Scenario: without steps
`),
    `feature: Mirroring
description: |-
  What it is
    about.
tags: [smoke, limitation:L4]

background:
  given:
    - step: an Istio mesh

scenarios:
  - scenario: a call
    tags: [slow]
    given:
      - step: the workload "yages"
    when:
      - step: a call is made
    then:
      - step: it is mirrored
      - step: '"eth0" carried nothing'

  - scenario: without steps
`,
  );
});

test('steps in another order than given, when, then stand under steps, and so do those with *', () => {
  assert.equal(
    asYaml(`Feature: a
  Scenario: rounds
    When b
    And c
    Given d
    When e
  Scenario: star
    * f
    And g
    Then h
`),
    `feature: a

scenarios:
  - scenario: rounds
    steps:
      - when:
          - step: b
          - step: c
      - given:
          - step: d
      - when:
          - step: e

  - scenario: star
    steps:
      - "*":
          - step: f
          - step: g
      - then:
          - step: h
`,
  );
});

test('actions are written where there are some, on one line where they fit', () => {
  const actionOf: WriteOptions['actionOf'] = ({ text, argument }, section, sampleRow) => {
    if (text === 'a <protocol> call' && section === 'When') {
      return { key: 'call', value: { protocol: '<protocol>', sample: sampleRow?.get('protocol') } };
    }
    if (text === 'bytes') return { key: 'payload', value: new Uint8Array([0, 255]) };
    if (text === 'headers' && argument?.kind === 'table')
      return { key: 'headers', value: Object.fromEntries(argument.rows) };
    return text === 'long' ? { key: 'payload', value: { text: 'x'.repeat(99), more: ['a', { b: 1 }] } } : undefined;
  };
  assert.equal(
    asYaml(
      `Feature: a
  Scenario Outline: b
    Given bytes
    And headers
      | x-tenant | blue |
    And long
    When a <protocol> call
    Examples:
      | protocol |
      | HTTP/2   |
`,
      { actionOf, schema: '../schemas/feature.schema.json' },
    ),
    `# yaml-language-server: $schema=../schemas/feature.schema.json
feature: a

scenarios:
  - scenario: b
    examples:
      - { protocol: HTTP/2 }
    given:
      - payload: !!binary AP8=
      - headers: { x-tenant: blue }
      - payload:
          text: ${'x'.repeat(99)}
          more: [a, { b: 1 }]
    when:
      - call: { protocol: <protocol>, sample: HTTP/2 }
`,
  );
});

test('a table of examples that is a full cross product becomes a matrix, any other stays a list of rows', () => {
  const outline = (rows: string): string =>
    `Feature: a\n  Scenario Outline: <x> <y>\n    Given b\n    Examples:\n${rows}`;
  const written = (rows: string): string => asYaml(outline(rows)).split('\n').slice(4, -3).join('\n');
  assert.equal(
    written('| x | y |\n| 1 | a |\n| 1 | b |\n| 2 | a |\n| 2 | b |\n'),
    '    matrix: { x: [1, 2], y: [a, b] }',
  );
  const rows = (...lines: readonly string[]): string =>
    ['    examples:', ...lines.map((line) => `      - ${line}`)].join('\n');
  // Not in order, not complete, a row twice, one row, an axis with one value, the keys of a matrix.
  assert.equal(
    written('| x | y |\n| 1 | a |\n| 2 | a |\n| 1 | b |\n| 2 | b |\n'),
    rows('{ x: 1, y: a }', '{ x: 2, y: a }', '{ x: 1, y: b }', '{ x: 2, y: b }'),
  );
  assert.equal(
    written('| x | y |\n| 1 | a |\n| 1 | b |\n| 2 | a |\n'),
    rows('{ x: 1, y: a }', '{ x: 1, y: b }', '{ x: 2, y: a }'),
  );
  assert.equal(written('| x |\n| a |\n| a |\n'), rows('{ x: a }', '{ x: a }'));
  assert.equal(written('| x |\n| a |\n'), rows('{ x: a }'));
  assert.equal(written('| x | y |\n| a | c |\n| b | c |\n'), rows('{ x: a, y: c }', '{ x: b, y: c }'));
  assert.equal(written('| include |\n| a |\n| b |\n'), rows('{ include: a }', '{ include: b }'));
  // Values that need quotes, and those that do not.
  assert.equal(
    written('| x | y |\n| 01 | 1.5 |\n| true | null |\n'),
    rows('{ x: "01", y: 1.5 }', '{ x: true, y: "null" }'),
  );
  // Names that JavaScript would put first.
  assert.equal(
    written('| x | 1 |\n| a | c |\n| a | d |\n| b | c |\n| b | d |\n'),
    '    matrix: { x: [a, b], "1": [c, d] }',
  );
  // A column that a block of rows has as its key.
  assert.equal(written('| rows |\n| a |\n'), '    examples:\n      - rows:\n          - { rows: a }');
  // A comment needs a row to stand before.
  assert.equal(
    written('| x |\n| a |\n# why\n| b |\n'),
    rows('{ x: a }\n      # why', '{ x: b }').replace('- # why', '# why'),
  );
});

test('a table of more combinations than a matrix may have stays a list of rows', () => {
  const values = Array.from({ length: 32 }, (_, index) => `v${index}`);
  const rows = values.flatMap((x) => values.map((y) => `      | ${x} | ${y} |`)).join('\n');
  const yaml = asYaml(
    `Feature: a\n  Scenario Outline: <x> <y>\n    Given b\n    Examples:\n      | x | y |\n${rows}\n`,
  );
  assert.equal(yaml.match(/- \{ x: v\d+, y: v\d+ \}/g)?.length, 1024);
});

test('blocks of examples keep their names, descriptions and tags', () => {
  assert.equal(
    asYaml(`Feature: a
  Scenario Outline: b
    Given <c>

    @quick
    Examples: small ones
      Those that fit.
      | c |
      | 1 |

    Examples:
      | c |
      | 2 |
`),
    `feature: a

scenarios:
  - scenario: b
    examples:
      - examples: small ones
        description: Those that fit.
        tags: [quick]
        rows:
          - { c: 1 }
      - rows:
          - { c: 2 }
    given:
      - step: <c>
`,
  );
});

test('rules have backgrounds and scenarios of their own', () => {
  assert.equal(
    asYaml(`Feature: a
  Background:
    When b
  @r
  Rule: c
    Why.
    Background: d
      And e
    Scenario: f
      And g
`),
    `feature: a

background:
  when:
    - step: b

rules:
  - rule: c
    description: Why.
    tags: [r]
    background:
      name: d
      when:
        - step: e
    scenarios:
      - scenario: f
        when:
          - step: g
`,
  );
});

test('tables and doc strings of steps without an action', () => {
  assert.equal(
    asYaml(`Feature: a
  Scenario: b
    Given c:
      | 1 | a\\|b |
      | 2 | x\\ny |
    And d
      """json
      {}
      """
    And e
      \`\`\`
      one
        two

      \`\`\`
`),
    `feature: a

scenarios:
  - scenario: b
    given:
      - step:
          text: "c:"
          table:
            - ["1", a|b]
            - - "2"
              - |-
                x
                y
      - step: { text: d, doc: "{}", mediaType: json }
      - step:
          text: e
          doc: |
            one
              two
`,
  );
});

test('comments go before what follows them', () => {
  assert.equal(
    asYaml(
      `# language: de
# copyright

# why
@a
# tagged
Funktionalität: b
  # situation
  Grundlage:
    Angenommen c
  # first
  #
  Szenario: d
    # step
    Angenommen e
#\u0007last
`,
      { schema: 'feature.schema.json' },
    ),
    `# yaml-language-server: $schema=feature.schema.json
# copyright
# why
# tagged
feature: b
language: de
tags: [a]

# situation
background:
  given:
    - step: c

scenarios:
  # first
  #
  - scenario: d
    given:
      # step
      - step: e

# last
`,
  );
});

test('text that YAML would take for something else is quoted or escaped', () => {
  assert.equal(
    asYaml(
      'Feature: yes: no # maybe\n  Scenario: 1e3\n    Given null\n    And *x\n    And a\u0085b\u007fc\n    And \u{ffff}\n',
    ),
    `feature: "yes: no # maybe"

scenarios:
  - scenario: "1e3"
    given:
      - step: "null"
      - step: "*x"
      - step: "a\u0085b\\u007fc"
      - step: "\\uffff"
`,
  );
});

test('a line of the YAML leads back to the Gherkin that it came from', () => {
  const gherkin = `# top
Feature: a

  Background:
    Given b

  # first
  Scenario Outline: c
    # why
    Given <d>
      """
      e

      f
      """
    Then g
    Examples:
      | d |
      | 1 |
      # two
      | 2 |
`;
  const { document } = parseGherkin(gherkin, 'a.feature');
  assert.ok(document);
  const { text, gherkinLine } = featureAsYaml(document, { actionOf: () => undefined });
  const lines = text.split('\n').flatMap((line, index) => [[gherkinLine(index + 1), line]]);
  assert.deepEqual(
    lines.filter(([, line]) => /[b-g12]/.test(String(line).replace(/[a-z]{3,}/g, ''))),
    [
      [5, '    - step: b'],
      [8, '  - scenario: c'],
      [19, '      - { d: 1 }'],
      [21, '      - { d: 2 }'],
      [10, '          text: <d>'],
      [10, '            e'],
      [10, '            f'],
      [16, '      - step: g'],
    ],
  );
  assert.equal(gherkinLine(1), 2);
  assert.equal(gherkinLine(4), 4);
});
