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

/** Mistakes in values, one of each kind. */
const MISTAKES: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    'a number for text',
    'version: 1.10\n',
    `
error: text is needed here, and this is the number 1.10
 --> a.yaml:1:10
  |
1 | version: 1.10
  |          ^^^^
  = help: quote it: "1.10"
`,
  ],
  [
    'a boolean for text',
    'version: true\n',
    `
error: text is needed here, and this is the boolean true
 --> a.yaml:1:10
  |
1 | version: true
  |          ^^^^
  = help: for example: 1.10, 1.9
`,
  ],
  [
    'nothing for text',
    'version:\n',
    `
error: text is needed here, and this is nothing
 --> a.yaml:1:9
  |
1 | version:
  |         ^
  = help: for example: 1.10, 1.9
`,
  ],
  [
    'a mapping for text',
    'version: { a: 1 }\n',
    `
error: text is needed here, and this is a mapping
 --> a.yaml:1:10
  |
1 | version: { a: 1 }
  |          ^^^^^^^^
  = help: for example: 1.10, 1.9
`,
  ],
  [
    'text for a number',
    'call: { protocol: HTTP/2, count: many }\n',
    `
error: a whole number is needed here, and this is the text "many"
 --> a.yaml:1:34
  |
1 | call: { protocol: HTTP/2, count: many }
  |                                  ^^^^
  = help: count: How many calls.
`,
  ],
  [
    'a number in quotes',
    'call: { protocol: HTTP/2, count: "3" }\n',
    `
error: a whole number is needed here, and this is the text "3"
 --> a.yaml:1:34
  |
1 | call: { protocol: HTTP/2, count: "3" }
  |                                  ^^^
  = help: take the quotes away: 3
  = help: count: How many calls.
`,
  ],
  [
    'a fraction for a whole number',
    'call: { protocol: HTTP/2, count: 1.5 }\n',
    `
error: a whole number is needed here, and this is the number 1.5
 --> a.yaml:1:34
  |
1 | call: { protocol: HTTP/2, count: 1.5 }
  |                                  ^^^
  = help: count: How many calls.
`,
  ],
  [
    'yes for true',
    'keep: yes\n',
    `
error: true or false is needed here, and this is the text "yes"
 --> a.yaml:1:7
  |
1 | keep: yes
  |       ^^^
  = help: write true, without quotes
  = help: keep: Whether a failed lab is kept.
`,
  ],
  [
    'text for a list',
    'tags: smoke\n',
    `
error: a list is needed here, and this is the text "smoke"
 --> a.yaml:1:7
  |
1 | tags: smoke
  |       ^^^^^
  = help: write a list: [smoke]
`,
  ],
  [
    'text for a mapping',
    'call: HTTP/2\n',
    `
error: a mapping is needed here, and this is the text "HTTP/2"
 --> a.yaml:1:7
  |
1 | call: HTTP/2
  |       ^^^^^^
  = help: it can be: protocol, count, method, path
`,
  ],
  [
    'no number',
    'call: { protocol: HTTP/2, count: .nan }\n',
    `
error: a whole number is needed here, and this is the number .nan
 --> a.yaml:1:34
  |
1 | call: { protocol: HTTP/2, count: .nan }
  |                                  ^^^^
  = help: count: How many calls.
`,
  ],
  [
    'bytes for a number',
    'call: { protocol: HTTP/2, count: !!binary AQID }\n',
    `
error: a whole number is needed here, and this is binary
 --> a.yaml:1:43
  |
1 | call: { protocol: HTTP/2, count: !!binary AQID }
  |                                           ^^^^
  = help: count: How many calls.
`,
  ],
  [
    'a word that is misspelt',
    'call: { protocol: HTTPS/2 }\n',
    `
error: "HTTPS/2" cannot stand here
 --> a.yaml:1:19
  |
1 | call: { protocol: HTTPS/2 }
  |                   ^^^^^^^
  = help: did you mean HTTP/2?
  = help: it can be: HTTP/1.1, HTTP/2
`,
  ],
  [
    'a word that is none',
    'mode: fast\n',
    `
error: "fast" cannot stand here
 --> a.yaml:1:7
  |
1 | mode: fast
  |       ^^^^
  = help: it can be: quick, thorough
`,
  ],
  [
    'a number that is a word',
    'revision: 1\n',
    `
error: 1 cannot stand here
 --> a.yaml:1:11
  |
1 | revision: 1
  |           ^
  = help: quote it: "1"
  = help: it can be: 1, 2
`,
  ],
  [
    'a word that is a number',
    'level: "2"\n',
    `
error: "2" cannot stand here
 --> a.yaml:1:8
  |
1 | level: "2"
  |        ^^^
  = help: take the quotes away: 2
  = help: it can be: 1, 2
`,
  ],
  [
    'the only word',
    'kind: Feature\n',
    `
error: "Feature" cannot stand here
 --> a.yaml:1:7
  |
1 | kind: Feature
  |       ^^^^^^^
  = help: did you mean feature?
  = help: it can be: feature
`,
  ],
  [
    'text of the wrong look',
    'version: latest\n',
    `
error: "latest" cannot stand here
 --> a.yaml:1:10
  |
1 | version: latest
  |          ^^^^^^
  = help: version: The version of the mesh.
  = help: for example: 1.10, 1.9
`,
  ],
  [
    'text of the wrong look without any description',
    'secret: abc\n',
    `
error: "abc" cannot stand here
 --> a.yaml:1:9
  |
1 | secret: abc
  |         ^^^
  = help: it has to match /^[0-9]+$/
`,
  ],
  [
    'empty text',
    'name: ""\n',
    `
error: the text is empty
 --> a.yaml:1:7
  |
1 | name: ""
  |       ^^
  = help: name: What it is called.
`,
  ],
  [
    'a duration without unit',
    'timeouts: { call: 3 }\n',
    `
error: a duration is needed here, and this is the number 3
 --> a.yaml:1:19
  |
1 | timeouts: { call: 3 }
  |                   ^
  = help: write it with its unit: 3 ms, 3 s or 3 min
`,
  ],
  [
    'a duration that is none',
    'timeouts: { call: soon }\n',
    `
error: "soon" is no duration
 --> a.yaml:1:19
  |
1 | timeouts: { call: soon }
  |                   ^^^^
  = help: write a number and its unit, for example 100 ms, 5 s or 2 min
`,
  ],
  [
    'too little',
    'call: { protocol: HTTP/2, count: 0 }\n',
    `
error: 0 is too little
 --> a.yaml:1:34
  |
1 | call: { protocol: HTTP/2, count: 0 }
  |                                  ^
  = help: give 1 or more
`,
  ],
  [
    'too much',
    'call: { protocol: HTTP/2, count: 1001 }\n',
    `
error: 1001 is too much
 --> a.yaml:1:34
  |
1 | call: { protocol: HTTP/2, count: 1001 }
  |                                  ^^^^
  = help: give 1000 or less
`,
  ],
  [
    'an empty list',
    'tags: []\n',
    `
error: the list is empty
 --> a.yaml:1:7
  |
1 | tags: []
  |       ^^
  = help: remove it, or add an item
`,
  ],
  [
    'a list that is too long',
    'tags: [a, b, c, d]\n',
    `
error: the list has 4 items, and no more than 3 can stand here
 --> a.yaml:1:7
  |
1 | tags: [a, b, c, d]
  |       ^^^^^^^^^^^^
`,
  ],
  [
    'an item twice',
    'tags:\n  - a\n  - b\n  - a\n',
    `
error: the list has this item twice
 --> a.yaml:4:5
  |
4 |   - a
  |     ^
  = help: remove it here or in line 2
`,
  ],
  [
    'a word that no form has',
    'mesh: istoi\n',
    `
error: "istoi" cannot stand here
 --> a.yaml:1:7
  |
1 | mesh: istoi
  |       ^^^^^
  = help: did you mean istio?
  = help: it can be: none, istio, a mapping with kind and mtls
`,
  ],
  [
    'a form that is a mapping',
    'mesh: { kind: linkerd, mtls: strict }\n',
    `
error: "linkerd" cannot stand here
 --> a.yaml:1:15
  |
1 | mesh: { kind: linkerd, mtls: strict }
  |               ^^^^^^^
  = help: it can be: none, istio

error: "strict" cannot stand here
 --> a.yaml:1:30
  |
1 | mesh: { kind: linkerd, mtls: strict }
  |                              ^^^^^^
  = help: did you mean STRICT?
  = help: it can be: STRICT, PERMISSIVE
`,
  ],
  [
    'a form that is a list',
    'mesh: [istio]\n',
    `
error: a list cannot stand here
 --> a.yaml:1:7
  |
1 | mesh: [istio]
  |       ^^^^^^^
  = help: it can be: none, istio, a mapping with kind and mtls
`,
  ],
  [
    'a number in place of forms',
    'mesh: 2\n',
    `
error: 2 cannot stand here
 --> a.yaml:1:7
  |
1 | mesh: 2
  |       ^
  = help: it can be: none, istio, a mapping with kind and mtls
`,
  ],
  [
    'the form with the most keys in common',
    'target: { run: node server.js, prt: 80 }\n',
    `
error: there is no "prt" here
 --> a.yaml:1:32
  |
1 | target: { run: node server.js, prt: 80 }
  |                                ^^^
  = help: did you mean "port"?
  = help: it can be: run, port
`,
  ],
  [
    'the form with the same kind',
    'target: { kind: file, host: a }\n',
    `
error: "path" is missing here
 --> a.yaml:1:9
  |
1 | target: { kind: file, host: a }
  |         ^
  = help: path: Where the file is.

error: there is no "host" here
 --> a.yaml:1:23
  |
1 | target: { kind: file, host: a }
  |                       ^^^^
  = help: it can be: kind, path
`,
  ],
  [
    'a placeholder in place of a number',
    'size: big\n',
    `
error: "big" cannot stand here
 --> a.yaml:1:7
  |
1 | size: big
  |       ^^^
  = help: it can be: a whole number of 1 or more, a <placeholder>
`,
  ],
];

for (const [name, text, message] of MISTAKES) {
  test(`${name} is told`, () => {
    assert.equal(rendered(check(text)), message);
  });
}
