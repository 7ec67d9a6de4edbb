import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Chalk } from 'chalk';
import { renderDiagnostics } from '../render-diagnostics.js';
import { compileText } from './testing/feature-compilation.js';

const plain = new Chalk({ level: 0 });

describe('mistakes in a feature, as the reader sees them', () => {
  const cases: readonly { readonly name: string; readonly yaml: string; readonly told: string }[] = [
    {
      name: 'a feature without a name',
      yaml: `scenarios:
  - scenario: s
    then: [step: t]
`,
      told: `error: "feature" is missing here
 --> features/a.yaml:1:1
  |
1 | scenarios:
  | ^
  = help: name of the feature: One line.
`,
    },
    {
      name: 'names that Gherkin cannot hold',
      yaml: `feature: |
  f
  g
scenarios:
  - scenario: ' s'
    then: [step: t]
`,
      told: `error: the name under "feature" must be one line
 --> features/a.yaml:1:10
  |
1 | feature: |
  |          ^
  = help: write it on one line, or let YAML join the lines with ">-"

error: the name under "scenario" begins or ends with a blank
 --> features/a.yaml:5:15
  |
5 |   - scenario: ' s'
  |               ^^^^
  = help: remove the blank: Gherkin does not keep it
`,
    },
    {
      name: 'a language that Gherkin does not have',
      yaml: `feature: f
language: ed
scenarios:
  - scenario: s
    then: [step: t]
`,
      told: `error: Gherkin has no language "ed"
 --> features/a.yaml:2:11
  |
2 | language: ed
  |           ^^
  = help: the nearest is: de
`,
    },
    {
      name: 'what is no tag',
      yaml: `feature: f
tags: [a b, '@', ok]
scenarios:
  - scenario: s
    then: [step: t]
`,
      told: `error: "a b" is no tag
 --> features/a.yaml:2:8
  |
2 | tags: [a b, '@', ok]
  |        ^^^
  = help: a tag is one word without blanks, with or without "@" before it, for example: smoke

error: "@" is no tag
 --> features/a.yaml:2:13
  |
2 | tags: [a b, '@', ok]
  |             ^^^
  = help: a tag is one word without blanks, with or without "@" before it, for example: smoke
`,
    },
    {
      name: 'descriptions with lines that Gherkin would take for something else',
      yaml: `feature: f
description: |
  Some text.

  Scenario: not this
scenarios:
  - scenario: s
    description: '* a list'
    then: [step: t]
`,
      told: `error: the description has a line that begins with "Scenario:", which Gherkin would not take for text
 --> features/a.yaml:5:1
  |
5 |   Scenario: not this
  | ^
  = help: begin the line with another word; lists can be written with "-"

error: the description has a line that begins with "*", which Gherkin would not take for text
 --> features/a.yaml:8:18
  |
8 |     description: '* a list'
  |                  ^^^^^^^^^^
  = help: begin the line with another word; lists can be written with "-"
`,
    },
    {
      name: 'a scenario without steps',
      yaml: `feature: f
scenarios:
  - scenario: s
  - scenario: t
    given: []
`,
      told: `error: there is no step
 --> features/a.yaml:3:5
  |
3 |   - scenario: s
  |     ^^^^^^^^
  = help: add actions under "given", "when" or "then"

error: there is no action under "given"
 --> features/a.yaml:5:5
  |
5 |     given: []
  |     ^^^^^
  = help: add an action, or remove it
`,
    },
    {
      name: 'steps in two orders, and mistaken items of "steps"',
      yaml: `feature: f
scenarios:
  - scenario: s
    given: [step: a]
    steps: [given: [step: b]]
  - scenario: t
    steps:
      - given: [step: a]
        when: [step: b]
      - gven: [step: c]
`,
      told: `error: "given" and "steps" cannot stand side by side
 --> features/a.yaml:4:5
  |
4 |     given: [step: a]
  |     ^^^^^
  = help: write all steps under "steps", which is a list of given, when and then, or none

error: "when" needs a "- " of its own
 --> features/a.yaml:9:9
  |
9 |         when: [step: b]
  |         ^^^^
  = help: each item of "steps" is one of: given, when, then or "*", with a list of actions

error: "gven" cannot stand in "steps"
  --> features/a.yaml:10:9
   |
10 |       - gven: [step: c]
   |         ^^^^
   = help: each item of "steps" is one of: given, when, then or "*", with a list of actions
`,
    },
    {
      name: 'an axis without values, a matrix without axes',
      yaml: `feature: f
scenarios:
  - scenario: s <a>
    matrix: { a: [] }
    then: [step: t]
  - scenario: u
    matrix: {}
    then: [step: t]
`,
      told: `error: the axis "a" has no values
 --> features/a.yaml:4:15
  |
4 |     matrix: { a: [] }
  |               ^
  = help: give it values, or remove it

error: the matrix has no axis
 --> features/a.yaml:7:5
  |
7 |     matrix: {}
  |     ^^^^^^
  = help: add one, for example "protocol: [HTTP/1.1, HTTP/2]"; rows alone belong under "examples"
`,
    },
    {
      name: 'a matrix with too many cells, whatever is excluded',
      yaml: `feature: f
scenarios:
  - scenario: s <a> <b> <c>
    matrix:
      a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
      b: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
      c: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
      include: [{ a: x, b: x, c: x }]
      exclude: [{ a: 0 }]
    then: [step: t]
`,
      told: `error: a matrix of 1,001 cells is too large: one scenario may have 1,000
 --> features/a.yaml:4:5
  |
4 |     matrix:
  |     ^^^^^^
  = note: a has 10, b has 10, c has 10
  = help: leave out values, or make several scenarios of it; "exclude" does not count
`,
    },
    {
      name: 'an exclusion without effect',
      yaml: `feature: f
scenarios:
  - scenario: s <a>
    matrix: { a: [x, y], exclude: [{ a: z }] }
    then: [step: t]
`,
      told: `error: this excludes nothing: no cell of the matrix has these values
 --> features/a.yaml:4:36
  |
4 |     matrix: { a: [x, y], exclude: [{ a: z }] }
  |                                    ^^^^^^^^
  = help: correct the values, or remove it
`,
    },
    {
      name: 'nothing left of a matrix',
      yaml: `feature: f
scenarios:
  - scenario: s <a>
    matrix: { a: [x], exclude: [{ a: x }] }
    then: [step: t]
`,
      told: `error: every cell of the matrix is excluded
 --> features/a.yaml:4:5
  |
4 |     matrix: { a: [x], exclude: [{ a: x }] }
  |     ^^^^^^
  = help: remove what excludes too much, or the scenario
`,
    },
    {
      name: 'rows of include and exclude that do not fit the axes',
      yaml: `feature: f
scenarios:
  - scenario: s <a> <bb>
    matrix:
      a: [x]
      bb: [y]
      include: [{ a: z }, { a: q, bc: r }]
      exclude: [{ c: x }]
    then: [step: t]
`,
      told: `error: "include" has no value for "bb"
 --> features/a.yaml:7:17
  |
7 |       include: [{ a: z }, { a: q, bc: r }]
  |                 ^^^^^^^^
  = help: every row has the same columns; write "" for the empty text

error: "include" has no value for "bb"
 --> features/a.yaml:7:27
  |
7 |       include: [{ a: z }, { a: q, bc: r }]
  |                           ^^^^^^^^^^^^^^^
  = help: every row has the same columns; write "" for the empty text

error: "include" has a column "bc", which the others have not
 --> features/a.yaml:7:35
  |
7 |       include: [{ a: z }, { a: q, bc: r }]
  |                                   ^^
  = help: the nearest column is: bb

error: "exclude" has a column "c", which the others have not
 --> features/a.yaml:8:19
  |
8 |       exclude: [{ c: x }]
  |                   ^
  = help: the columns are: "a", "bb"
`,
    },
    {
      name: 'examples with other columns than the matrix',
      yaml: `feature: f
scenarios:
  - scenario: s <a>
    matrix: { a: [x] }
    examples: [{ b: y }]
    then: [step: t]
`,
      told: `error: the row has no value for "a"
 --> features/a.yaml:5:16
  |
5 |     examples: [{ b: y }]
  |                ^^^^^^^^
  = help: every row has the same columns; write "" for the empty text

error: the row has a column "b", which the others have not
 --> features/a.yaml:5:18
  |
5 |     examples: [{ b: y }]
  |                  ^
  = help: the columns are: "a"
`,
    },
    {
      name: 'values that cannot stand in a table',
      yaml: `feature: f
scenarios:
  - scenario: s <a>
    matrix: { a: [[x], { y: z }, null, ' b '] }
    then: [step: t]
`,
      told: `error: a value of "a" must be one word, text or number, not a list
 --> features/a.yaml:4:19
  |
4 |     matrix: { a: [[x], { y: z }, null, ' b '] }
  |                   ^^^
  = help: what is the same in all rows can stand in the step itself; a row holds only what differs

error: a value of "a" must be one word, text or number, not a mapping
 --> features/a.yaml:4:24
  |
4 |     matrix: { a: [[x], { y: z }, null, ' b '] }
  |                        ^^^^^^^^
  = help: what is the same in all rows can stand in the step itself; a row holds only what differs

error: a value of "a" is empty
 --> features/a.yaml:4:34
  |
4 |     matrix: { a: [[x], { y: z }, null, ' b '] }
  |                                  ^^^^
  = help: write the value, or "" for the empty text

error: a value of "a" begins or ends with a blank
 --> features/a.yaml:4:40
  |
4 |     matrix: { a: [[x], { y: z }, null, ' b '] }
  |                                        ^^^^^
  = help: remove the blank: a table does not keep it
`,
    },
    {
      name: 'values and rows that are there already',
      yaml: `feature: f
scenarios:
  - scenario: s <a>
    matrix: { a: [x, x], include: [{ a: x }] }
    then: [step: t]
`,
      told: `error: "x" is a value of "a" already
 --> features/a.yaml:4:22
  |
4 |     matrix: { a: [x, x], include: [{ a: x }] }
  |                      ^
  = help: remove one of them

error: this cell is there already: the same scenario would run twice
 --> features/a.yaml:4:36
  |
4 |     matrix: { a: [x, x], include: [{ a: x }] }
  |                                    ^^^^^^^^
  = help: remove one of them
`,
    },
    {
      name: 'a column that is never used',
      yaml: `feature: f
scenarios:
  - scenario: s
    examples: [{ size: 1 }, { size: 2 }]
    then: [step: t]
`,
      told: `error: the scenario never uses the column "size"
 --> features/a.yaml:4:18
  |
4 |     examples: [{ size: 1 }, { size: 2 }]
  |                  ^^^^
  = help: write <size> where its value belongs, in the scenario's name or in a step; or remove the column
`,
    },
    {
      name: 'a placeholder that is nearly a column',
      yaml: `feature: f
scenarios:
  - scenario: s
    examples: [{ protocol: 1 }, { protocol: 2 }]
    then: [step: a <protocl> call]
`,
      told: `error: there is no column "protocl" for <protocl>
 --> features/a.yaml:5:12
  |
5 |     then: [step: a <protocl> call]
  |            ^^^^
  = help: the nearest column is: <protocol>
`,
    },
    {
      name: 'a column that could not be referred to',
      yaml: `feature: f
scenarios:
  - scenario: s
    examples: [{ 'a>': 1 }]
    then: [step: t]
`,
      told: `error: "a>" cannot be the name of a column
 --> features/a.yaml:4:18
  |
4 |     examples: [{ 'a>': 1 }]
  |                  ^^^^
  = help: a name is one line without "<", ">" and blanks around it, for example: listen interface
`,
    },
    {
      name: 'a value that refers to another column',
      yaml: `feature: f
scenarios:
  - scenario: s <a> <b>
    examples: [{ a: <b>, b: 1 }]
    then: [step: t]
`,
      told: `error: a value cannot contain <b>
 --> features/a.yaml:4:16
  |
4 |     examples: [{ a: <b>, b: 1 }]
  |                ^^^^^^^^^^^^^^^^
  = help: write what is meant: values do not refer to other columns
`,
    },
    {
      name: 'examples without rows',
      yaml: `feature: f
scenarios:
  - scenario: s <a>
    examples: []
    then: [step: t]
  - scenario: s <a>
    examples: [{ rows: [{ a: 1 }, {}] }, { a: 2 }]
    then: [step: t]
  - scenario: s <a>
    examples: [{ a: 1 }, { a: 1 }]
    then: [step: t]
`,
      told: `error: "examples" has no rows
 --> features/a.yaml:4:5
  |
4 |     examples: []
  |     ^^^^^^^^
  = help: add a row, for example "- { size: 1 MiB }"

error: this row is empty
 --> features/a.yaml:7:35
  |
7 |     examples: [{ rows: [{ a: 1 }, {}] }, { a: 2 }]
  |                                   ^^
  = help: name columns and their values

error: this block of examples has no "rows"
 --> features/a.yaml:7:42
  |
7 |     examples: [{ rows: [{ a: 1 }, {}] }, { a: 2 }]
  |                                          ^^^^^^^^
  = help: either all items of "examples" are rows, or all are blocks with "rows"

error: this row is there already: the same scenario would run twice
  --> features/a.yaml:10:26
   |
10 |     examples: [{ a: 1 }, { a: 1 }]
   |                          ^^^^^^^^
   = help: remove one of them
`,
    },
    {
      name: 'steps that Gherkin cannot hold',
      yaml: `feature: f
scenarios:
  - scenario: s
    given:
      - step: ''
      - step: 'a '
      - step: { text: t, doc: '\\"\\"\\" \\\`\\\`\\\`' }
      - step: { text: t, table: [] }
      - step: { text: t, table: [[a, b], [c]] }
      - step: { text: t, table: [[' a']] }
`,
      told: `error: the text of this step is empty
 --> features/a.yaml:5:9
  |
5 |       - step: ''
  |         ^^^^
  = help: write what the step does

error: the text of this step begins or ends with a blank
 --> features/a.yaml:6:9
  |
6 |       - step: 'a '
  |         ^^^^
  = help: remove the blank: Gherkin does not keep it

error: the text below this step contains both \\"\\"\\" and \\\`\\\`\\\`
 --> features/a.yaml:7:9
  |
7 |       - step: { text: t, doc: '\\"\\"\\" \\\`\\\`\\\`' }
  |         ^^^^
  = help: Gherkin can hold a text with either of them, but not with both

error: the table below this step has no cells
 --> features/a.yaml:8:9
  |
8 |       - step: { text: t, table: [] }
  |         ^^^^
  = help: write at least one row

error: row 2 of the table below this step has 1 cells, the first 2
 --> features/a.yaml:9:9
  |
9 |       - step: { text: t, table: [[a, b], [c]] }
  |         ^^^^
  = help: give all rows the same number of cells

error: the cell " a" of this step's table begins or ends with a blank
  --> features/a.yaml:10:9
   |
10 |       - step: { text: t, table: [[' a']] }
   |         ^^^^
   = help: remove the blank: a table does not keep it
`,
    },
    {
      name: 'nodes of the wrong kind',
      yaml: `feature: 12
tags: smoke
scenarios:
  - s
  - scenario: t
    given: x
`,
      told: `error: text is needed here, and this is the number 12
 --> features/a.yaml:1:10
  |
1 | feature: 12
  |          ^^
  = help: quote it: "12"

error: a list is needed here, and this is the text "smoke"
 --> features/a.yaml:2:7
  |
2 | tags: smoke
  |       ^^^^^
  = help: write a list: [smoke]

error: a mapping is needed here, and this is the text "s"
 --> features/a.yaml:4:5
  |
4 |   - s
  |     ^
  = help: it can be: scenario, description, tags, matrix, examples, given, when, then, steps

error: a list is needed here, and this is the text "x"
 --> features/a.yaml:6:12
  |
6 |     given: x
  |            ^
  = help: write a list: [x]
`,
    },
    {
      name: 'mistakes in actions, with the section they stand in',
      yaml: `feature: f
background: { when: [wrong: 1] }
scenarios:
  - scenario: t
    given: [wrong: 2]
`,
      told: `error: wrong under When
 --> features/a.yaml:2:22
  |
2 | background: { when: [wrong: 1] }
  |                      ^^^^^

error: wrong under Given
 --> features/a.yaml:5:13
  |
5 |     given: [wrong: 2]
  |             ^^^^^
`,
    },
    {
      name: 'keys that are none',
      yaml: `fetaure: f
scenarios:
  - scenario: s
    scenario-tags: [a]
    then: [step: t]
  - scenario: t
    given: [step: a]
    wehn: [step: b]
    examples: [{ examples: b, row: [] }]
`,
      told: `error: there is no "fetaure" here
 --> features/a.yaml:1:1
  |
1 | fetaure: f
  | ^^^^^^^
  = help: did you mean "feature"?
  = help: it can be: feature, description, language, tags, background, scenarios, rules

error: there is no "scenario-tags" here
 --> features/a.yaml:4:5
  |
4 |     scenario-tags: [a]
  |     ^^^^^^^^^^^^^
  = help: did you mean "scenario"?
  = help: it can be: scenario, description, tags, matrix, examples, given, when, then, steps

error: there is no "wehn" here
 --> features/a.yaml:8:5
  |
8 |     wehn: [step: b]
  |     ^^^^
  = help: did you mean "when"?
  = help: it can be: scenario, description, tags, matrix, examples, given, when, then, steps

error: the value of "row" must be one word, text or number, not a list
 --> features/a.yaml:9:36
  |
9 |     examples: [{ examples: b, row: [] }]
  |                                    ^^
  = help: what is the same in all rows can stand in the step itself; a row holds only what differs
`,
    },
  ];
  for (const { name, yaml, told } of cases) {
    test(name, () => {
      const rendered = renderDiagnostics(compileText(yaml).mistakes, plain);
      assert.equal(rendered.slice(0, rendered.lastIndexOf('\n\n') + 1), told);
    });
  }
});
