import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lintGherkin } from './testing/linted-gherkin.js';

describe('lint: examples', () => {
  test('examples without rows', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario Outline: a
    When a <p> call is made
    Then it is mirrored
    Examples:
      | p |
`,
      }),
      `no-rows
error: these examples have no rows: nothing is run for them
 --> a.feature:5:5
  |
5 |     Examples:
  |     ^^^^^^^^
  = help: add a row below the names of the columns, or remove the examples
`,
    );
  });

  test('an outline without examples', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario Outline: a
    When a HTTP/2 call is made
    Then it is mirrored
`,
      }),
      `no-rows
error: the Scenario Outline has no Examples: its placeholders stay as they are
 --> a.feature:2:3
  |
2 |   Scenario Outline: a
  |   ^^^^^^^^^^^^^^^^
  = help: add "Examples:" with a table, or make it a "Scenario:"
`,
    );
  });

  test('a column that is never used, and a row that stands there twice', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario Outline: a
    When a <p> call is made
    Then it is mirrored
    Examples:
      | p      | q |
      | HTTP/2 | x |
      | HTTP/2 | x |
`,
      }),
      `unused-column repeated-row
error: the column "q" is never used
 --> a.feature:6:18
  |
6 |       | p      | q |
  |                  ^
  = help: write <q> in a step where its value belongs, or remove the column

error: the same row stands twice in these examples
 --> a.feature:8:7
  |
8 |       | HTTP/2 | x |
  |       ^^^^^^^^^^^^^^
  = note: the first one is in line 7
  = help: remove one of them: the same scenario would be run twice
`,
    );
  });

  test('a misspelt placeholder', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario Outline: a <protcol>
    When a <p> call is made
    Then it is mirrored
    Examples:
      | p      | protocol |
      | HTTP/2 | HTTP/1   |
`,
      }),
      `unknown-placeholder unused-column
error: the examples have no column "protcol": <protcol> stays as it is
 --> a.feature:2:23
  |
2 |   Scenario Outline: a <protcol>
  |                       ^^^^^^^^^
  = help: did you mean <protocol>?

error: the column "protocol" is never used
 --> a.feature:6:18
  |
6 |       | p      | protocol |
  |                  ^^^^^^^^
  = help: write <protocol> in a step where its value belongs, or remove the column
`,
    );
  });

  test('a placeholder like no column', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario Outline: a <colour>
    When a <p> call is made
    Then it is mirrored
    Examples:
      | p      |
      | HTTP/2 |
`,
      }),
      `unknown-placeholder
error: the examples have no column "colour": <colour> stays as it is
 --> a.feature:2:23
  |
2 |   Scenario Outline: a <colour>
  |                       ^^^^^^^^
  = help: the columns are p
`,
    );
  });

  test('a column that only some of the examples have', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario Outline: <r>
    When a <p> call is made
    Then it is mirrored
    Examples:
      | p      |
      | HTTP/2 |

    Examples:
      | p      | r |
      | HTTP/1 | 1 |
`,
      }),
      `unknown-placeholder
error: the examples in line 5 have no column "r": <r> stays as it is
 --> a.feature:2:21
  |
2 |   Scenario Outline: <r>
  |                     ^^^
  = help: the columns are p, r
`,
    );
  });

  test('an element with its end tag is no placeholder', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario Outline: <b>x</b> and <p>
    When a <p> call is made
    Then it is mirrored
    Examples:
      | p      |
      | HTTP/2 |
`,
      }),
      '',
    );
  });

  test('markup in a table or doc string is no placeholder, but a misspelt column is', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario Outline: s
    When it is told
      | <b>x</b> |
    And it is told
      """
      <p>text</p> and <sice>
      """
    Then it is mirrored
    Examples:
      | size |
      | 1    |
`,
      }),
      `unknown-placeholder unused-column
error: the examples have no column "sice": <sice> stays as it is
 --> a.feature:5:9
  |
5 |     And it is told
  |         ^^^^^^^^^^
  = help: did you mean <size>?

error: the column "size" is never used
  --> a.feature:11:9
   |
11 |       | size |
   |         ^^^^
   = help: write <size> in a step where its value belongs, or remove the column
`,
    );
  });

  test('a placeholder may stand in a name, a table, a doc string and its media type', () => {
    assert.equal(
      lintGherkin({
        'a.feature': `Feature: f
  Scenario Outline: <a>
    When it is told
      | <b> |
    And it is told
      """<c>
      <d>
      """
    Then it is mirrored
    Examples:
      | a | b | c | d |
      | 1 | 2 | 3 | 4 |
`,
      }),
      '',
    );
  });
});
