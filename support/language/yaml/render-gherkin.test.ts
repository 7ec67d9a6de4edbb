import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseGherkin } from '../gherkin/parse.js';
import { renderGherkin } from './render-gherkin.js';
import { compileText } from './testing/feature-compilation.js';

const YAML = `feature: Mirroring on an Istio mesh
description: |

  What holds for
    every protocol.

tags: [smoke, '@limitation:L4']
background:
  given:
    - step: an Istio mesh
scenarios:
  - scenario: a <protocol> call on <interface>
    tags: [slow]
    matrix:
      interface: [lo, auto]
      protocol:
        - HTTP/1.1
        - HTTP/2
      exclude: [{ protocol: HTTP/2, interface: auto }]
      include:
        - { protocol: gRPC-over-HTTP/2, interface: lo }
    examples:
      - examples: more
        tags: [quick]
        rows: [{ interface: eth0, protocol: 1|2 }]
    given:
      - step: [the mirror listens on "<interface>", there are settings]
    when:
      - step: { text: a <protocol> call is made with, doc: "a\\n  \\"\\"\\"b", mediaType: json }
    then:
      - step: { text: it has headers, table: [[name, value], [a\\b, "c\\nd"]] }
rules:
  - rule: In rounds
    scenarios:
      - scenario: twice
        steps:
          - when: [step: one]
          - then: [step: two]
          - "*": [step: three, step: four]
          - when: [step: five]
`;

const GHERKIN = `@smoke
@limitation:L4
Feature: Mirroring on an Istio mesh
What holds for
  every protocol.

  Background:
    Given an Istio mesh

  @slow
  Scenario Outline: a <protocol> call on <interface>
    Given the mirror listens on "<interface>"
    And there are settings
    When a <protocol> call is made with
      """json
      a
        \\"\\"\\"b
      """
    Then it has headers
      | name | value |
      | a\\\\b | c\\nd  |

    Examples:
      | interface | protocol         |
      | lo        | HTTP/1.1         |
      | lo        | HTTP/2           |
      | auto      | HTTP/1.1         |
      | lo        | gRPC-over-HTTP/2 |

    @quick
    Examples: more
      | interface | protocol |
      | eth0      | 1\\|2     |

  Rule: In rounds

    Scenario: twice
      When one
      Then two
      * three
      * four
      When five
`;

describe('a feature as Gherkin', () => {
  const { feature, mistakes } = compileText(YAML);
  test('everything that a feature can have', () => {
    assert.deepEqual(mistakes, []);
    assert.equal(feature === undefined ? '' : renderGherkin(feature).text, GHERKIN);
  });

  test('lines lead to the keys, items and values of the YAML', () => {
    assert.ok(feature !== undefined);
    const { text, places } = renderGherkin(feature);
    const lines = YAML.split('\n');
    const shown = text.split('\n').flatMap((line, index) => {
      const at = places.get(index + 1);
      const word = at === undefined ? '' : lines[at.line - 1]?.slice(at.column - 1, at.column - 1 + at.length);
      return at === undefined ? [] : [`${line.trim().slice(0, 24).trim()} → ${at.line} ${word}`];
    });
    assert.deepEqual(shown, [
      '@smoke → 7 smoke',
      "@limitation:L4 → 7 '@limitation:L4'",
      'Feature: Mirroring on an → 1 feature',
      'Background: → 8 background',
      'Given an Istio mesh → 10 step',
      '@slow → 13 slow',
      'Scenario Outline: a <pro → 12 scenario',
      'Given the mirror listens → 27 step',
      'And there are settings → 27 step',
      'When a <protocol> call i → 29 step',
      '"""json → 29 step',
      'a → 29 step',
      '\\"\\"\\"b → 29 step',
      '""" → 29 step',
      'Then it has headers → 31 step',
      '| name | value | → 31 step',
      '| a\\\\b | c\\nd  | → 31 step',
      'Examples: → 14 matrix',
      '| interface | protocol → 14 matrix',
      '| lo        | HTTP/1.1 → 17 HTTP/1.1',
      '| lo        | HTTP/2 → 18 HTTP/2',
      '| auto      | HTTP/1.1 → 17 HTTP/1.1',
      '| lo        | gRPC-over- → 21 { protocol: gRPC-over-HTTP/2, interface: lo }',
      '@quick → 24 quick',
      'Examples: more → 23 examples',
      '| interface | protocol | → 23 examples',
      '| eth0      | 1\\|2     | → 25 { interface: eth0, protocol: 1|2 }',
      'Rule: In rounds → 33 rule',
      'Scenario: twice → 35 scenario',
      'When one → 37 step',
      'Then two → 38 step',
      '* three → 39 step',
      '* four → 39 step',
      'When five → 40 step',
    ]);
  });
});

test('keywords are those of the language, and none of them takes the beginning of a text', () => {
  const { feature } = compileText(
    'feature: f\nlanguage: fr\nscenarios:\n  - scenario: s\n    given: [step: a, step: que la mesh existe]\n    then: [step: b]\n',
  );
  assert.ok(feature !== undefined);
  const { text } = renderGherkin(feature);
  assert.match(text, /^# language: fr\nFonctionnalité: f\n/);
  const { pickles } = parseGherkin(text, 'a.feature');
  assert.deepEqual(
    pickles[0]?.steps.map((step) => step.text),
    ['a', 'que la mesh existe', 'b'],
  );
});

test('a reader with another default language is told that this is English', () => {
  const { feature } = compileText('feature: f\nscenarios:\n  - scenario: s\n    given: [step: a]\n');
  assert.ok(feature !== undefined);
  assert.match(renderGherkin(feature, { sayLanguage: true }).text, /^# language: en\nFeature: f\n/);
  assert.match(renderGherkin(feature).text, /^Feature: f\n/);
});

test('texts with separators of doc strings and ends of lines of every kind stay as they are', () => {
  const texts = [
    '"""',
    '```\n"""',
    'a """ b',
    '  """',
    '\\"\\"\\"',
    '""" \\"\\"\\"',
    '\\`\\`\\`',
    'a\r\nb\r',
    '\r',
    '\n',
    '',
    ' ',
    '$&',
  ];
  for (const doc of texts) {
    const step = JSON.stringify({ step: { text: 't', doc } });
    const { feature, mistakes } = compileText(`feature: f\nscenarios:\n  - scenario: s\n    given: [${step}]\n`);
    assert.deepEqual(mistakes, []);
    assert.ok(feature !== undefined);
    const { pickles } = parseGherkin(renderGherkin(feature).text, 'a.feature');
    assert.equal(pickles[0]?.steps[0]?.argument?.docString?.content, doc);
  }
});
