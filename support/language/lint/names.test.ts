import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lintGherkin } from './testing/linted-gherkin.js';

describe('lint: names', () => {
  test('two scenarios of one name', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario: s
    When a HTTP/2 call is made
    Then it is mirrored
  Scenario: s
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `duplicate-scenario
error: two scenarios are named "s"
 --> a.feature:5:13
  |
5 |   Scenario: s
  |             ^
  = note: the first one is at a.feature:2
  = help: give each scenario of a feature a name of its own: reports tell them apart by it
`,
    );
  });

  test('a scenario and a row of an outline that come to the same name', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario: over HTTP/2
    When a HTTP/2 call is made
    Then it is mirrored
  Scenario Outline: over <p>
    When a <p> call is made
    Then it is mirrored
    Examples:
      | p      |
      | HTTP/1 |
      | HTTP/2 |
`,
      }),
      `duplicate-scenario
error: two scenarios are named "over HTTP/2"
 --> a.feature:5:21
  |
5 |   Scenario Outline: over <p>
  |                     ^^^^^^^^
  = note: the first one is at a.feature:2
  = help: give each scenario of a feature a name of its own: reports tell them apart by it
`,
    );
  });

  test('rows of an outline may have one name, and so may scenarios of two rules', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Rule: a
    Scenario Outline: s
      When a <p> call is made
      Then it is mirrored
      Examples:
        | p      |
        | HTTP/1 |
        | HTTP/2 |
  Rule: b
    Scenario: s
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      '',
    );
  });

  test('scenarios without a name', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario:
    When a HTTP/2 call is made
    Then it is mirrored
  Scenario:
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `duplicate-scenario
error: two scenarios have no name
 --> a.feature:5:3
  |
5 |   Scenario:
  |   ^^^^^^^^
  = note: the first one is at a.feature:2
  = help: give each scenario of a feature a name of its own: reports tell them apart by it
`,
    );
  });

  test('features of one name in two files', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario: s
    When a HTTP/2 call is made
    Then it is mirrored
`,
        'b.feature': `Feature: f
  Scenario: s
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `duplicate-feature
error: two features are named "f"
 --> b.feature:1:10
  |
1 | Feature: f
  |          ^
  = note: the first one is at a.feature:1
  = help: give each feature of a project a name of its own: reports tell them apart by it
`,
    );
  });
});
