import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rendered } from '../testing/rendered.js';
import { readYaml } from './read.js';

/** What YAML allows and the tree does not. */
const MISTAKES: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    'the same key twice',
    'a: 1\nb:\n  - c: 1\na: 2\n',
    `
error: the key "a" stands twice in the same mapping
 --> a.yaml:4:1
  |
4 | a: 2
  | ^
  = note: it first stands in line 1, column 1
  = help: remove or rename one of the two
`,
  ],
  [
    'a number as key',
    'given:\n  - 1: x\n',
    `
error: the key 1 is a number, and a key is text
 --> a.yaml:2:5
  |
2 |   - 1: x
  |     ^
  = help: write "1":
`,
  ],
  [
    'null as key',
    '~: y\n',
    `
error: the key ~ is null, and a key is text
 --> a.yaml:1:1
  |
1 | ~: y
  | ^
  = help: write "~":
`,
  ],
  [
    'no key',
    '- : x\n',
    `
error: the key before ":" is missing
 --> a.yaml:1:3
  |
1 | - : x
  |   ^
  = help: write a key before the ":"
`,
  ],
  [
    'a mapping as key',
    'given:\n  - {{ name }}: 1\n',
    `
error: a mapping cannot be a key
 --> a.yaml:2:5
  |
2 |   - {{ name }}: 1
  |     ^^^^^^^^^^
  = help: a key is text; if the text begins with "{", quote all of it
`,
  ],
  [
    'a list as key',
    '? [a]\n: b\n',
    `
error: a list cannot be a key
 --> a.yaml:1:3
  |
1 | ? [a]
  |   ^^^
  = help: a key is text; if the text begins with "[", quote all of it
`,
  ],
  [
    'an alias as key',
    'a: &x b\n*x : c\n',
    `
error: the alias *x cannot be a key
 --> a.yaml:2:1
  |
2 | *x : c
  | ^^
  = help: write the key as text; if it is to begin with a star, quote it: "*x"
`,
  ],
  [
    'a merge key',
    'a: &x { b: 1 }\nc:\n  <<: *x\n',
    `
error: the merge key "<<" does not belong to YAML 1.2 and is not followed
 --> a.yaml:3:3
  |
3 |   <<: *x
  |   ^^
  = help: write the properties out, or name the whole mapping with an anchor: \`a: &name {…}\`, then \`b: *name\`
`,
  ],
  [
    'what is no base64',
    'a: !!binary aGk§\n',
    `
error: !!binary is followed by base64, and this is none: "§" does not occur in base64
 --> a.yaml:1:13
  |
1 | a: !!binary aGk§
  |             ^^^^
  = help: \`base64 <file>\` prints the bytes of a file as base64
`,
  ],
  [
    'base64 that is cut off',
    'a: !!binary aGkaa\n',
    `
error: !!binary is followed by base64, and this is none: it is cut off
 --> a.yaml:1:13
  |
1 | a: !!binary aGkaa
  |             ^^^^^
  = help: \`base64 <file>\` prints the bytes of a file as base64
`,
  ],
  [
    'an alias without anchor',
    'a: &caller b\nc: *calller\n',
    `
error: *calller repeats what &calller names, and there is no &calller above
 --> a.yaml:2:4
  |
2 | c: *calller
  |    ^^^^^^^^
  = help: did you mean *caller?
  = help: if text is meant that begins with a star, quote it: "*calller"
`,
  ],
  [
    'an alias inside of what it repeats',
    'a: &x [*x]\n',
    `
error: *x stands inside of what &x names, which would never end
 --> a.yaml:1:8
  |
1 | a: &x [*x]
  |        ^^
  = help: write out what is meant here
`,
  ],
  [
    'a list item that becomes text',
    'given:\n  - a\n    - b\n',
    `
error: this "-" is indented so deep that it goes on with the text above
 --> a.yaml:3:5
  |
3 |     - b
  |     ^^^
  = help: start it in the column of the "-" above, or quote the whole text if it is one
`,
  ],
  [
    'a number too large',
    'a: 12345678901234567890\n',
    `
error: 12345678901234567890 is larger than a number can be without losing digits
 --> a.yaml:1:4
  |
1 | a: 12345678901234567890
  |    ^^^^^^^^^^^^^^^^^^^^
  = help: write "12345678901234567890" with quotes where text is meant
`,
  ],
  [
    'an empty document',
    'a: 1\n---\n---\nb: 1\n',
    `
error: there is nothing between this "---" and the next, or the end of the file
 --> a.yaml:2:1
  |
2 | ---
  | ^^^
  = help: remove the "---": it separates documents, and each holds something
`,
  ],
  [
    'an empty file',
    '# nothing yet\n',
    `
error: this file is empty, or holds comments only
 --> a.yaml:1
  = help: remove it, or write what it is to hold
`,
  ],
  [
    'a file of no bytes',
    '',
    `
error: this file is empty, or holds comments only
 --> a.yaml:1
  = help: remove it, or write what it is to hold
`,
  ],
  [
    'a document end too many',
    '...\na: 1\n',
    `
error: there is nothing between this "..." and the next, or the end of the file
 --> a.yaml:1:1
  |
1 | ...
  | ^^^
  = help: remove the "...": it separates documents, and each holds something
`,
  ],
];

for (const [name, text, message] of MISTAKES) {
  test(`${name} is told`, () => {
    assert.equal(rendered(readYaml(Buffer.from(text), 'a.yaml').mistakes), message);
  });
}
