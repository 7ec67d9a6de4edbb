import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rendered } from '../testing/rendered.js';
import { readYaml } from './read.js';
import { yamlSource } from './read-source.js';
import { checkAgainstSchema } from './schema-check.js';
import { SCHEMA } from './testing/sample-schema.js';

function check(text: string) {
  const { documents, mistakes } = readYaml(Buffer.from(text), 'a.yaml');
  assert.deepEqual(mistakes, []);
  const place = yamlSource('a.yaml', text).diagnosticPlace;
  return documents.flatMap(({ root }) => checkAgainstSchema(SCHEMA, root, place));
}

/** Mistakes in keys, one of each kind. */
const MISTAKES: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    'an unknown key',
    'meshh: istio\n',
    `
error: there is no "meshh" here
 --> a.yaml:1:1
  |
1 | meshh: istio
  | ^^^^^
  = help: did you mean "mesh"?
  = help: it can be: name, kind, version, secret, keep, tags, mode, revision, level, headers, call, one, mirror, timeouts, mesh, target, size
`,
  ],
  [
    'a key that is no other',
    'colour: red\n',
    `
error: there is no "colour" here
 --> a.yaml:1:1
  |
1 | colour: red
  | ^^^^^^
  = help: it can be: name, kind, version, secret, keep, tags, mode, revision, level, headers, call, one, mirror, timeouts, mesh, target, size
`,
  ],
  [
    'a misspelt key that is required',
    'call: { protocl: HTTP/2 }\n',
    `
error: there is no "protocl" here
 --> a.yaml:1:9
  |
1 | call: { protocl: HTTP/2 }
  |         ^^^^^^^
  = help: did you mean "protocol"?
  = help: it can be: protocol, count, method, path
`,
  ],
  [
    'a key without space after its colon',
    'call: {protocol:HTTP/2}\n',
    `
error: there is no "protocol:HTTP/2" here
 --> a.yaml:1:8
  |
1 | call: {protocol:HTTP/2}
  |        ^^^^^^^^^^^^^^^
  = help: a space follows the ":": write protocol: HTTP/2
  = help: it can be: protocol, count, method, path
`,
  ],
  [
    'keys with dots',
    'timeouts.call: 3 s\n',
    `
error: there is no "timeouts.call" here
 --> a.yaml:1:1
  |
1 | timeouts.call: 3 s
  | ^^^^^^^^^^^^^
  = help: write one mapping in the other: timeouts: { call: … }
  = help: it can be: name, kind, version, secret, keep, tags, mode, revision, level, headers, call, one, mirror, timeouts, mesh, target, size
`,
  ],
  [
    'a missing key',
    'call: { count: 1 }\n',
    `
error: "protocol" is missing here
 --> a.yaml:1:7
  |
1 | call: { count: 1 }
  |       ^
  = help: it can be: HTTP/1.1, HTTP/2
`,
  ],
  [
    'a key that belongs to another',
    'call: { protocol: HTTP/2, method: GET }\n',
    `
error: "path" is missing here
 --> a.yaml:1:7
  |
1 | call: { protocol: HTTP/2, method: GET }
  |       ^
  = help: it belongs to "method"
  = help: path: What is called.
  = help: for example: /
`,
  ],
  [
    'an empty mapping',
    'mirror: {}\n',
    `
error: something is missing here
 --> a.yaml:1:9
  |
1 | mirror: {}
  |         ^
  = help: it can be: listen, ports
`,
  ],
  [
    'two keys for one',
    'one: { a: 1, b: 2, c: 3 }\n',
    `
error: one key can stand here, and these are 3
 --> a.yaml:1:14
  |
1 | one: { a: 1, b: 2, c: 3 }
  |              ^
  = help: keep one of: a, b, c
`,
  ],
  [
    'a key of the wrong look',
    'headers: { "a b": c }\n',
    `
error: "a b" cannot be a key here
 --> a.yaml:1:12
  |
1 | headers: { "a b": c }
  |            ^^^^^
  = help: Names of headers have no spaces.
`,
  ],
];

for (const [name, text, message] of MISTAKES) {
  test(`${name} is told`, () => {
    assert.equal(rendered(check(text)), message);
  });
}
