import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rendered } from '../testing/rendered.js';
import { readYaml } from './read.js';

/** Mistakes within values, tags and names, one of each kind. */
const MISTAKES: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    'an unknown tag',
    'a: !secret b\n',
    `
error: the tag "!secret" is not known
 --> a.yaml:1:4
  |
1 | a: !secret b
  |    ^^^^^^^
  = help: known are !!binary, which base64 follows, and !!str, !!int, !!float, !!bool, !!null, !!map, !!seq
  = help: if text is meant that begins with "!", quote it
`,
  ],
  [
    'a tag of YAML 1.1',
    'a: !!set { b, c }\n',
    `
error: the tag "!!set" is not known
 --> a.yaml:1:4
  |
1 | a: !!set { b, c }
  |    ^^^^^
  = help: known are !!binary, which base64 follows, and !!str, !!int, !!float, !!bool, !!null, !!map, !!seq
  = help: if text is meant that begins with "!", quote it
`,
  ],
  [
    'a tag that does not fit',
    'a: !!int b\n',
    `
error: the tag !!int says that an integer follows, and none does
 --> a.yaml:1:4
  |
1 | a: !!int b
  |    ^^^^^
  = help: remove the tag, or mend the value
`,
  ],
  [
    'a star alone',
    'a: *\n',
    `
error: "*" repeats what "&name" names, and no name follows it
 --> a.yaml:1:4
  |
1 | a: *
  |    ^
  = help: if text is meant, quote it: "*"
`,
  ],
  [
    'a star as key',
    'steps:\n  - *: [a]\n',
    `
error: a key cannot begin with "*" unless it is quoted
 --> a.yaml:2:5
  |
2 |   - *: [a]
  |     ^
  = help: write "*":
`,
  ],
  [
    'a name that is missing',
    'a: & b\n',
    `
error: "&" names a value, and no name follows it
 --> a.yaml:1:4
  |
1 | a: & b
  |    ^
  = help: if text is meant, quote it: "&"
`,
  ],
  [
    'an alias with a tag',
    'a: &x 1\nb: !!str *x\n',
    `
error: an alias has neither tag nor anchor: it repeats a value as it is
 --> a.yaml:2:10
  |
2 | b: !!str *x
  |          ^^
  = help: remove what stands before the "*", or quote it if text is meant
`,
  ],
  [
    'two anchors',
    'a: &x &y 1\n',
    `
error: a value has one anchor, and this is the second
 --> a.yaml:1:7
  |
1 | a: &x &y 1
  |       ^^
  = help: remove one of them
`,
  ],
  [
    'an at sign without quotes',
    'tags: [@smoke, slow]\n',
    `
error: text cannot begin with "@" unless it is quoted
 --> a.yaml:1:8
  |
1 | tags: [@smoke, slow]
  |        ^^^^^^
  = help: write "@smoke"
  = help: a tag may also stand without the "@": smoke
`,
  ],
  [
    'an at sign before text',
    'a: @ home\n',
    `
error: text cannot begin with "@" unless it is quoted
 --> a.yaml:1:4
  |
1 | a: @ home
  |    ^^^^^^
  = help: write "@ home"
`,
  ],
  [
    'a backtick without quotes',
    'a: `b` c # d\n',
    `
error: text cannot begin with "\`" unless it is quoted
 --> a.yaml:1:4
  |
1 | a: \`b\` c # d
  |    ^^^^^
  = help: write "\`b\` c"
`,
  ],
  [
    'a percent sign without quotes',
    'a: %b\n',
    `
error: text cannot begin with "%" unless it is quoted
 --> a.yaml:1:4
  |
1 | a: %b
  |    ^^
  = help: write "%b"
`,
  ],
  [
    'block text with a deep empty line',
    'a: |\n     \n  b\n',
    `
error: the empty lines before this text have more spaces than the text
 --> a.yaml:3:3
  |
3 |   b
  |   ^
  = help: remove the spaces on the empty lines
`,
  ],
  [
    'text on the line of a block sign',
    'a: > b\n',
    `
error: text cannot follow "|" or ">" on its line
 --> a.yaml:1:6
  |
1 | a: > b
  |      ^
  = help: put the text on the next line, indented deeper than the key
  = help: if the value begins with that sign, quote all of it
`,
  ],
  [
    'text after a block sign',
    'a: |b\n  c\n',
    `
error: text cannot follow "|" or ">" on its line
 --> a.yaml:1:5
  |
1 | a: |b
  |     ^
  = help: put the text on the next line, indented deeper than the key
  = help: if the value begins with that sign, quote all of it
`,
  ],
  [
    'text after the end of a value',
    'a: "b" c\n',
    `
error: the value has ended before "c"
 --> a.yaml:1:8
  |
1 | a: "b" c
  |        ^
  = help: if it belongs to the value, quote all of the value
  = help: if it is a comment, begin it with a space and "#"
`,
  ],
  [
    'a comment without space',
    'a: "b"#c\n',
    `
error: a space is missing before "#"
 --> a.yaml:1:7
  |
1 | a: "b"#c
  |       ^^
  = help: a comment begins with a space and "#"; where "#" belongs to the value, quote all of the value
`,
  ],
  [
    'an escape that does not exist',
    'a: "C:\\dir"\n',
    `
error: "\\d" means nothing in double quotes
 --> a.yaml:1:7
  |
1 | a: "C:\\dir"
  |       ^^
  = help: write "\\\\" for a backslash, or quote with ', where a backslash stands for itself
`,
  ],
  [
    'a directive',
    '%YAML 1.1\n---\na: 1\n',
    `
error: "%YAML 1.1" is a directive of YAML, and none is followed here
 --> a.yaml:1:1
  |
1 | %YAML 1.1
  | ^^^^^^^^^
  = help: remove the line: files are read as YAML 1.2
`,
  ],
];

for (const [name, text, message] of MISTAKES) {
  test(`${name} is told`, () => {
    assert.equal(rendered(readYaml(Buffer.from(text), 'a.yaml').mistakes), message);
  });
}
