import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rendered } from '../testing/rendered.js';
import { LIMITS } from './limits.js';
import { readYaml } from './read.js';

/** Characters that no YAML file holds. */
const MISTAKES: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    'a control character',
    'a: "b\u0007"\n',
    `
error: the control character U+0007 is not allowed in YAML
 --> a.yaml:1:6
  |
1 | a: "b�"
  |      ^
  = help: remove it, or write it in double quotes as "\\x07"; bytes are written as !!binary with base64
`,
  ],
  [
    'a carriage return alone',
    'a: 1\rb: 2\r',
    `
error: a carriage return without a line feed is no end of a line
 --> a.yaml:1:5
  |
1 | a: 1�b: 2
  |     ^
  = help: save the file with line ends LF or CRLF
`,
  ],
  [
    'NUL',
    'a: 1\nb: \u0000\n',
    `
error: the control character U+0000 is not allowed in YAML
 --> a.yaml:2:4
  |
2 | b: �
  |    ^
  = help: remove it, or write it in double quotes as "\\x00"; bytes are written as !!binary with base64
`,
  ],
];

for (const [name, text, message] of MISTAKES) {
  test(`${name} is told`, () => {
    assert.equal(rendered(readYaml(Buffer.from(text), 'a.yaml').mistakes), message);
  });
}

test('a file in Latin-1 is told with the line of its first bad byte', () => {
  const bytes = Buffer.concat([
    Buffer.from('feature: a\n# \ufffd is fine\ndescription: caf'),
    Buffer.from([0xe9, 0x0a]),
  ]);
  assert.equal(
    rendered(readYaml(bytes, 'a.yaml').mistakes),
    `
error: this file is not UTF-8: the byte 0xe9 is no character here
 --> a.yaml:3:17
  |
3 | description: caf�
  |                 ^
  = help: save it as UTF-8: editors offer that as "Save with encoding" or "File encoding"
`,
  );
});

test('a character that is cut off at the end of the file is told', () => {
  const { mistakes } = readYaml(Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xe2, 0x82]), 'a.yaml');
  assert.deepEqual(
    mistakes.map(({ rule, at }) => [rule, at?.line, at?.column]),
    [['not-utf8', 1, 2]],
  );
});

test('UTF-16 and UTF-32 are told by name, with their marks and without', () => {
  const message = (bytes: Uint8Array) => readYaml(bytes, 'a.yaml').mistakes[0]?.message;
  const utf16 = 'this file is encoded as UTF-16, and UTF-8 is expected';
  const little = Buffer.from('feature: a\n', 'utf16le');
  const big = Buffer.from(little).swap16();
  assert.equal(message(little), utf16);
  assert.equal(message(big), utf16);
  assert.equal(message(Buffer.from([0xff, 0xfe, ...little])), utf16);
  assert.equal(message(Buffer.from([0xfe, 0xff, ...big])), utf16);
  assert.equal(message(Buffer.from([0xff, 0xfe, 0, 0])), 'this file is encoded as UTF-32, and UTF-8 is expected');
  assert.equal(message(Buffer.from([0, 0, 0xfe, 0xff])), 'this file is encoded as UTF-32, and UTF-8 is expected');
});

test('a file above the limit is refused before it is read', () => {
  const { mistakes, text } = readYaml(Buffer.alloc(LIMITS.fileBytes + 1, 'a'), 'a.yaml');
  assert.equal(text, '');
  assert.equal(
    rendered(mistakes),
    `
error: this file has 1.1 MiB, and no more than 1 MiB are read
 --> a.yaml:1
  = help: split it into several files; a large payload can stand in a file of its own
`,
  );
  assert.equal(readYaml(Buffer.alloc(LIMITS.fileBytes, 'a'), 'a.yaml').mistakes.length, 0);
});
