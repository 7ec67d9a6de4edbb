import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lintGherkin } from './testing/linted-gherkin.js';

describe('lint: structure', () => {
  test('a feature without scenarios', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
`,
      }),
      `no-scenarios
error: the feature "f" has no scenarios
 --> a.feature:1:10
  |
1 | Feature: f
  |          ^
  = help: add one, or remove it
`,
    );
  });

  test('a rule without scenarios', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Rule: r
`,
      }),
      `no-scenarios
error: the rule "r" has no scenarios
 --> a.feature:2:9
  |
2 |   Rule: r
  |         ^
  = help: add one, or remove it
`,
    );
  });

  test('a feature that has its scenarios in rules is none', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Rule: r
    Scenario: s
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      '',
    );
  });

  test('a scenario without steps', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Background:
    Given an Istio mesh
  Scenario: s
`,
      }),
      `no-steps
error: the scenario has no steps
 --> a.feature:4:13
  |
4 |   Scenario: s
  |             ^
  = note: nothing is run for it, not even a background, and nothing fails
  = help: say what is given, what happens and what must hold then
`,
    );
  });

  test('a scenario in which nothing happens', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario: s
    Given an Istio mesh
    Then it is mirrored
`,
      }),
      `no-when
error: the scenario has no When-step: nothing happens in it
 --> a.feature:2:13
  |
2 |   Scenario: s
  |             ^
  = help: add the call or event that the scenario is about; \`mirrorspec steps\` lists all steps
`,
    );
  });

  test('a scenario that checks nothing', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Background:
    When it is told
  Scenario: s
    Given an Istio mesh
    And an Istio mesh
`,
      }),
      `no-then
error: the scenario has no Then-step: whatever happens, it passes
 --> a.feature:4:13
  |
4 |   Scenario: s
  |             ^
  = help: add what must hold; \`mirrorspec steps\` lists all steps
`,
    );
  });

  test('a step that begins with * counts as what it is declared to be', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario: s
    * an Istio mesh
    * it is mirrored
`,
      }),
      `no-when
error: the scenario has no When-step: nothing happens in it
 --> a.feature:2:13
  |
2 |   Scenario: s
  |             ^
  = help: add the call or event that the scenario is about; \`mirrorspec steps\` lists all steps
`,
    );
  });

  test('a step that begins with * and is not declared may be anything', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario: s
    Given an Istio mesh
    * it is a miracle
`,
      }),
      `undefined-step
error: no step matches "it is a miracle"
 --> a.feature:4:7
  |
4 |     * it is a miracle
  |       ^^^^^^^^^^^^^^^
  = help: the nearest step is: Then it is mirrored
  = help: \`mirrorspec steps\` lists all steps
`,
    );
  });
});
