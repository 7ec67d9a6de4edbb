import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lintGherkin } from './testing/linted-gherkin.js';

const LIMITATIONS = [
  { id: 'L4', at: { file: 'features/limitations/L4.yaml', line: 1 }, needsScenario: true, expectsVerdict: true },
  { id: 'L0', at: { file: 'features/limitations/L0.yaml', line: 1 }, needsScenario: true, expectsVerdict: true },
  { id: 'L9', at: { file: 'features/limitations/L9.yaml', line: 1 }, needsScenario: false, expectsVerdict: true },
];

describe('lint: limitations', () => {
  test('a limitation that nobody declares, and limitations that no scenario has', () => {
    assert.equal(
      lintGherkin(
        {
          'a.feature': `@limitation:L5
Feature: f
  @limitation:
  Scenario: b
    When a HTTP/2 call is made
    Then it is mirrored
`,
        },
        LIMITATIONS,
      ),
      `unknown-limitation unknown-limitation unused-limitation unused-limitation
error: there is no limitation "L5"
 --> a.feature:1:1
  |
1 | @limitation:L5
  | ^^^^^^^^^^^^^^
  = help: did you mean @limitation:L4?

error: the tag @limitation: names no limitation
 --> a.feature:3:3
  |
3 |   @limitation:
  |   ^^^^^^^^^^^^
  = help: the limitations are L4, L0, L9

error: no scenario has the limitation "L0"
 --> features/limitations/L0.yaml:1
  = help: tag the scenario that it is about with @limitation:L0, or remove the file

error: no scenario has the limitation "L4"
 --> features/limitations/L4.yaml:1
  = help: tag the scenario that it is about with @limitation:L4, or remove the file
`,
    );
  });

  test('a limitation where none is declared', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `@limitation:L5
Feature: f
  Scenario: b
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `unknown-limitation
error: there is no limitation "L5"
 --> a.feature:1:1
  |
1 | @limitation:L5
  | ^^^^^^^^^^^^^^
  = help: a limitation is declared in features/limitations/<id>.yaml; there is none yet
`,
    );
  });

  test('a tag that was meant to name a limitation; other tags are left alone', () => {
    assert.equal(
      lintGherkin(
        {
          'a.feature': `@limitations:L4 @limited @limitation-L4
Feature: f
  @Limitation @wip
  Scenario: b
    When a HTTP/2 call is made
    Then it is mirrored
  @limitation:L4
  Rule: r
    Scenario Outline: c
      When a <p> call is made
      Then it is mirrored
      @limitation:L0
      Examples:
        | p      |
        | HTTP/2 |
`,
        },
        LIMITATIONS,
      ),
      `misspelt-limitation-tag misspelt-limitation-tag misspelt-limitation-tag
error: the tag @limitations:L4 is no @limitation:<id>: it means nothing
 --> a.feature:1:1
  |
1 | @limitations:L4 @limited @limitation-L4
  | ^^^^^^^^^^^^^^^
  = help: did you mean @limitation:L4?

error: the tag @limitation-L4 is no @limitation:<id>: it means nothing
 --> a.feature:1:26
  |
1 | @limitations:L4 @limited @limitation-L4
  |                          ^^^^^^^^^^^^^^
  = help: did you mean @limitation:L4?

error: the tag @Limitation is no @limitation:<id>: it means nothing
 --> a.feature:3:3
  |
3 |   @Limitation @wip
  |   ^^^^^^^^^^^
  = help: did you mean @limitation:<id>?
`,
    );
  });
});
