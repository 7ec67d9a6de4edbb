import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rendered } from '../testing/rendered.js';
import { readYaml } from './read.js';

/** Mistakes of indentation, brackets, colons and commas, one of each kind. */
const MISTAKES: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    'a tab that indents',
    'feature: a\nscenarios:\n\t- scenario: b\n',
    `
error: a tab indents this line, and YAML takes spaces only
 --> a.yaml:3:1
  |
3 | 	- scenario: b
  | ^
  = help: replace the tabs at the beginning of lines by spaces, two for each level
`,
  ],
  [
    'a tab in a list in brackets',
    'a: [\n\t1,\n]\n',
    `
error: a tab indents this line, and YAML takes spaces only
 --> a.yaml:2:1
  |
2 | 	1,
  | ^
  = help: replace the tabs at the beginning of lines by spaces, two for each level
`,
  ],
  [
    'a tab after a dash',
    '- a\n-\tb: c\n',
    `
error: a tab stands where YAML takes spaces only
 --> a.yaml:2:2
  |
2 | -	b: c
  |  ^
  = help: replace it by one space
`,
  ],
  [
    'a colon in a value',
    'scenarios:\n  - scenario: it works: well # really\n',
    `
error: a second ": " follows on this line, and a line holds one key
 --> a.yaml:2:15
  |
2 |   - scenario: it works: well # really
  |               ^^^^^^^^^^^^^^
  = help: if the value holds the ":", quote it: "it works: well"
  = help: if a mapping is meant, put it on the next lines, indented deeper
`,
  ],
  [
    'a value before a mapping',
    'a: b\n  c: d\n',
    `
error: this line is indented deeper than the one above, which has its value already
 --> a.yaml:2:3
  |
2 |   c: d
  |   ^^^^
  = help: start it in column 1 like "a: b" in line 1
  = help: if it goes on with the text above, put "|" after the ":" there and all of the text on the lines below
`,
  ],
  [
    'a quote that is not closed',
    "a: 'it is\nb: 1\n",
    `
error: the quote ' opens here and is not closed
 --> a.yaml:1:4
  |
1 | a: 'it is
  |    ^
  = help: close it with '; lines that go on with it are indented deeper than its key
`,
  ],
  [
    'a quote that is not closed before the end',
    'a: "b\\"',
    `
error: the quote " opens here and is not closed
 --> a.yaml:1:4
  |
1 | a: "b\\"
  |    ^
  = help: close it with "; lines that go on with it are indented deeper than its key
`,
  ],
  [
    'a list that is not closed',
    'a: [1, 2\nb: 3\n',
    `
error: the list "[" opens here and is not closed
 --> a.yaml:1:4
  |
1 | a: [1, 2
  |    ^
  = help: close it with ]; lines that go on with it are indented deeper than its key
`,
  ],
  [
    'a mapping that is not closed',
    'given:\n  - call: { protocol: HTTP/1.1\n  - mirrored: true\n',
    `
error: the mapping "{" opens here and is not closed
 --> a.yaml:2:11
  |
2 |   - call: { protocol: HTTP/1.1
  |           ^
  = help: close it with }; lines that go on with it are indented deeper than its key
`,
  ],
  [
    'a list that is closed as a mapping',
    'a: [1, 2}\n',
    `
error: the list "[" opens here, and line 1, column 9 closes it with "}"
 --> a.yaml:1:4
  |
1 | a: [1, 2}
  |    ^
  = help: "[" is closed with "]", and "{" with "}"
`,
  ],
  [
    'a bracket that closes nothing',
    'a: [1, 2]]\n',
    `
error: "]" closes nothing: no "[" is open
 --> a.yaml:1:10
  |
1 | a: [1, 2]]
  |          ^
  = help: remove it, or put "[" where the list or mapping begins
`,
  ],
  [
    'a comma too many',
    'a: [1,, 2]\n',
    `
error: there is nothing before this ","
 --> a.yaml:1:7
  |
1 | a: [1,, 2]
  |       ^
  = help: remove the ",", or write a value before it
`,
  ],
  [
    'a comma too few',
    'a: { b: 1 c: 2 }\n',
    `
error: "," is missing between the entries here
 --> a.yaml:1:9
  |
1 | a: { b: 1 c: 2 }
  |         ^^^^^^^
  = help: between "[" and "]" or "{" and "}" a "," separates the entries
  = help: a value that holds ": " is quoted
`,
  ],
  [
    'a comma too few between quotes',
    'a: ["b" "c"]\n',
    `
error: "," is missing before this
 --> a.yaml:1:9
  |
1 | a: ["b" "c"]
  |         ^
  = help: between "[" and "]" or "{" and "}" a "," separates the entries
  = help: a value that holds ": " is quoted
`,
  ],
  [
    'a line that is indented too little',
    'a:\n    b: 1\n  c: 2\n',
    `
error: this line starts in a column in which nothing above it does
 --> a.yaml:3:3
  |
3 |   c: 2
  |   ^^^^
  = help: start it in column 5 like "b: 1" in line 2, or in column 1 like "a:" in line 1
`,
  ],
  [
    'a line between dash and item',
    'scenarios:\n  - scenario: a\n   given: []\n',
    `
error: this line starts in a column in which nothing above it does
 --> a.yaml:3:4
  |
3 |    given: []
  |    ^^^^^^^^^
  = help: start it in column 5 like "scenario: a" in line 2, or in column 1 like "scenarios:" in line 1
`,
  ],
  [
    'a list item that is indented too deep',
    'given:\n- mesh: istio\n  - call: 1\n',
    `
error: a list item starts here, where a key is expected
 --> a.yaml:3:3
  |
3 |   - call: 1
  |   ^^^^^^^^^
  = help: start it in column 1 like "- mesh: istio" in line 2
`,
  ],
  [
    'block text that is indented too little',
    'a:\n  b: |\n  c\n',
    `
error: ":" is missing after "c"
 --> a.yaml:3:3
  |
3 |   c
  |   ^
  = help: a key is followed by ":" and its value
  = help: if it is text of the key above, indent it deeper than that key
`,
  ],
  [
    'a key without colon',
    'feature: a\nscenarios\n',
    `
error: ":" is missing after "scenarios"
 --> a.yaml:2:1
  |
2 | scenarios
  | ^^^^^^^^^
  = help: a key is followed by ":" and its value
`,
  ],
  [
    'a key without colon before a mapping',
    'feature\ndescription: a\n',
    `
error: ":" is missing after "feature"
 --> a.yaml:1:1
  |
1 | feature
  | ^^^^^^^
  = help: a key is followed by ":" and its value
  = help: if it is text that goes on below, quote all of it
`,
  ],
  [
    'a key without space after its colon',
    'feature: a\nlanguage:en\n',
    `
error: a space is missing after ":"
 --> a.yaml:2:1
  |
2 | language:en
  | ^^^^^^^^^^^
  = help: write language: en
`,
  ],
  [
    'a list on the line of its key',
    'given: - mesh: istio\n',
    `
error: a list cannot begin on the line of its key
 --> a.yaml:1:8
  |
1 | given: - mesh: istio
  |        ^^^^^^^^^^^^^
  = help: put the "-" on the next line, or write the list as [one, two]
  = help: if text is meant that begins with "-", quote it
`,
  ],
  [
    'content on the line of a marker',
    '--- a: 1\n',
    `
error: keys and list items cannot follow "---" on its line
 --> a.yaml:1:5
  |
1 | --- a: 1
  |     ^
  = help: start them on the next line
`,
  ],
];

for (const [name, text, message] of MISTAKES) {
  test(`${name} is told`, () => {
    assert.equal(rendered(readYaml(Buffer.from(text), 'a.yaml').mistakes), message);
  });
}
