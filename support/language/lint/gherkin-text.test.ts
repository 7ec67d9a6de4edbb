import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lintGherkin } from './testing/linted-gherkin.js';

describe('lint: gherkin text', () => {
  test('a misspelt keyword', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenaro: a
    When a HTTP/2 call is made
    Then it is mirrored

  Scenario: b
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `misread-line
error: "Scenaro: a" is read as description, not as a keyword
 --> a.feature:2:3
  |
2 |   Scenaro: a
  |   ^^^^^^^^^^
  = note: it and 2 lines below it are never run
  = help: did you mean "Scenario:"?
`,
    );
  });

  test('a keyword in another case, with a blank before the colon', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Some prose.

  scenario : a
    When a HTTP/2 call is made

  Scenario: b
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `misread-line
error: "scenario : a" is read as description, not as a keyword
 --> a.feature:4:3
  |
4 |   scenario : a
  |   ^^^^^^^^^^^^
  = note: it and the line below it are never run
  = help: did you mean "Scenario:"?
`,
    );
  });

  test('a keyword without its colon', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario a
    When a HTTP/2 call is made
    Then it is mirrored

  Scenario: b
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `misread-line
error: "Scenario a" is read as description, not as a keyword
 --> a.feature:2:3
  |
2 |   Scenario a
  |   ^^^^^^^^^^
  = note: it and 2 lines below it are never run
  = help: write a colon: "Scenario:"
`,
    );
  });

  test('a background where none can stand', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario: b
    Background:
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `misread-line
error: "Background:" is read as description, not as a keyword
 --> a.feature:3:5
  |
3 |     Background:
  |     ^^^^^^^^^^^
  = note: it is never run
  = help: "Background:" cannot stand here
`,
    );
  });

  test('a step that no keyword stands above', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Some prose.
  # a comment
  Given an Istoi mesh

  Scenario: b
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `misread-line
error: "Given an Istoi mesh" is read as description, not as a step
 --> a.feature:4:3
  |
4 |   Given an Istoi mesh
  |   ^^^^^^^^^^^^^^^^^^^
  = note: it is never run
  = help: steps stand below "Scenario:" or "Background:"
`,
    );
  });

  test('a misspelt keyword of a step', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario: b
    Givn an Istio mesh
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `misread-line
error: "Givn an Istio mesh" is read as description, not as a step
 --> a.feature:3:5
  |
3 |     Givn an Istio mesh
  |     ^^^^^^^^^^^^^^^^^^
  = note: it is never run
  = help: did you mean "Given an Istio mesh"?
`,
    );
  });

  test('a step without its keyword', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario: b
    an Istio mesh
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `misread-line
error: "an Istio mesh" is read as description, not as a step
 --> a.feature:3:5
  |
3 |     an Istio mesh
  |     ^^^^^^^^^^^^^
  = note: it is never run
  = help: begin it with a keyword: Given, When, Then
`,
    );
  });

  test('another language', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `# language: de
Funktionalität: f
  Szenaro: a
    Wenn a HTTP/2 call is made
    Dann it is mirrored

  Szenario: b
    Wenn a HTTP/2 call is made
    Dann it is mirrored
`,
      }),
      `misread-line
error: "Szenaro: a" is read as description, not as a keyword
 --> a.feature:3:3
  |
3 |   Szenaro: a
  |   ^^^^^^^^^^
  = note: it and 2 lines below it are never run
  = help: did you mean "Szenario:"?
`,
    );
  });

  test('prose is left alone, whatever words it begins with', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Role: QA
  When mirrord runs on a mesh, things are hard.
  Stability: good
  Given that, features help.

  Scenario: b
    Scenarios like this are rare.
    Note: it is short.
    Giving up is none.
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      '',
    );
  });

  test('Examples may be described, but steps below them are lost', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario Outline: a
    When a <p> call is made
    Then it is mirrored
    Examples:
      Given an Istio mesh

      | p      |
      | HTTP/2 |
`,
      }),
      `misread-line
error: "Given an Istio mesh" is read as description, not as a step
 --> a.feature:6:7
  |
6 |       Given an Istio mesh
  |       ^^^^^^^^^^^^^^^^^^^
  = note: it is never run
  = help: steps stand below "Scenario:" or "Background:"
`,
    );
  });
});
