import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readGate } from './gates.js';
import { folderWith, rendered } from './testing/written-files.js';

async function read(text: string) {
  const folder = folderWith({ 'release.yaml': text });
  try {
    return await readGate({ path: join(folder.path, 'release.yaml'), shown: 'release.yaml' });
  } finally {
    folder.dispose();
  }
}

describe('a gate', () => {
  it('says what a run must have reached', async () => {
    const { gate, mistakes } = await read(`# yaml-language-server: $schema=../../schemas/gate.schema.json
gate: release
description: Before a mesh upgrade.
require:
  - { tags: "@smoke and not @wip", at-least: 8 }
  - { tags: "@mtls" }
  - { scenario: a <protocol> call is mirrored, file: features/protocols.feature }
allow-limitations:
  - { id: L4, until: 2027-03-31, reason: an upgrade of mirrord is planned }
at-most: { failed: 0, flaky: 2, not-tested: 0, known-limitations: 3 }
at-least: { passed: 100 }
cells:
  - environment: [embedded]
    mesh: [none, istio]
    mtls: [STRICT]
    protocol: [HTTP/2, gRPC-over-HTTP/2]
    interaction: [unary, bidi-streaming]
    interface: [lo]
    profile: [sniffer]
    state: [pass, known-limitation]
  - { mesh: [istio], protocol: [HTTP/1.1] }
baseline: { results: ../../baseline/results.json, slower-by: 20 % }
`);
    assert.deepEqual(mistakes, []);
    assert.deepEqual(gate, {
      name: 'release',
      file: 'release.yaml',
      description: 'Before a mesh upgrade.',
      require: [
        { kind: 'tags', expression: '@smoke and not @wip', atLeast: 8, line: 5 },
        { kind: 'tags', expression: '@mtls', atLeast: 1, line: 6 },
        { kind: 'scenario', name: 'a <protocol> call is mirrored', file: 'features/protocols.feature', line: 7 },
      ],
      allowLimitations: {
        line: 8,
        allowed: [{ id: 'L4', until: '2027-03-31', reason: 'an upgrade of mirrord is planned', line: 9 }],
      },
      atLeast: { passed: 100, line: 11 },
      atMost: [
        { count: 'failed', most: 0, line: 10 },
        { count: 'flaky', most: 2, line: 10 },
        { count: 'not-tested', most: 0, line: 10 },
        { count: 'known-limitations', most: 3, line: 10 },
      ],
      cells: [
        {
          environments: ['embedded'],
          meshes: ['none', 'istio'],
          mtls: ['STRICT'],
          protocols: ['HTTP/2', 'gRPC-over-HTTP/2'],
          interactions: ['unary', 'bidi-streaming'],
          interfaces: ['lo'],
          profiles: ['sniffer'],
          states: ['pass', 'known-limitation'],
          line: 13,
        },
        {
          environments: [],
          meshes: ['istio'],
          mtls: [],
          protocols: ['HTTP/1.1'],
          interactions: ['unary'],
          interfaces: [],
          profiles: [],
          states: ['pass'],
          line: 21,
        },
      ],
      baseline: { results: '../../baseline/results.json', slowerByPercent: 20, line: 22 },
    });
  });

  it('allows every known limitation unless it lists them', async () => {
    assert.equal((await read('gate: release\nat-most: { failed: 0 }\n')).gate?.allowLimitations, undefined);
    assert.deepEqual((await read('gate: release\nallow-limitations: []\n')).gate?.allowLimitations, {
      line: 2,
      allowed: [],
    });
  });

  it('that demands nothing is a mistake', async () => {
    assert.equal(
      rendered((await read('gate: release\n')).mistakes),
      `error: something is missing here
 --> release.yaml:1:1
  |
1 | gate: release
  | ^
  = help: it can be: description, require, allow-limitations, at-least, at-most, cells, baseline
`,
    );
  });

  it('tells what its schema does not admit', async () => {
    const { gate, mistakes } = await read(`gate: release
require: [{ tag: "@smoke" }]
allow-limitations: [L4]
at-most: { failed: few }
cells: [{ mesh: [linkred], protocol: HTTP/2, state: [not-tested] }]
baseline: { results: r.json, slower-by: 20 }
`);
    assert.equal(gate, undefined);
    assert.equal(
      rendered(mistakes),
      `error: there is no "tag" here
 --> release.yaml:2:13
  |
2 | require: [{ tag: "@smoke" }]
  |             ^^^
  = help: did you mean "tags"?
  = help: it can be: tags, at-least, scenario, file

error: a mapping is needed here, and this is the text "L4"
 --> release.yaml:3:21
  |
3 | allow-limitations: [L4]
  |                     ^^
  = help: it can be: id, until, reason

error: a whole number is needed here, and this is the text "few"
 --> release.yaml:4:20
  |
4 | at-most: { failed: few }
  |                    ^^^
  = help: failed: Scenarios that failed. Default: any number.

error: "linkred" cannot stand here
 --> release.yaml:5:18
  |
5 | cells: [{ mesh: [linkred], protocol: HTTP/2, state: [not-tested] }]
  |                  ^^^^^^^
  = help: did you mean linkerd?
  = help: it can be: none, istio, istio-ambient, linkerd

error: a list is needed here, and this is the text "HTTP/2"
 --> release.yaml:5:38
  |
5 | cells: [{ mesh: [linkred], protocol: HTTP/2, state: [not-tested] }]
  |                                      ^^^^^^
  = help: write a list: [HTTP/2]

error: "not-tested" cannot stand here
 --> release.yaml:5:54
  |
5 | cells: [{ mesh: [linkred], protocol: HTTP/2, state: [not-tested] }]
  |                                                      ^^^^^^^^^^
  = help: it can be: pass, fail, known-limitation, fixed, flaky, not-applicable

error: text is needed here, and this is the number 20
 --> release.yaml:6:41
  |
6 | baseline: { results: r.json, slower-by: 20 }
  |                                         ^^
  = help: for example: 20 %
`,
    );
  });

  it('tells what does not go together', async () => {
    const { gate, mistakes } = await read(`gate: nightly
require:
  - { tags: "@a", scenario: b }
  - { at-least: 2 }
  - { scenario: c, at-least: 2 }
  - { tags: "@d", file: d.feature }
allow-limitations: [{ id: L4, until: 2027-02-29, reason: r }]
`);
    assert.equal(gate, undefined);
    assert.equal(
      rendered(mistakes),
      `error: the gate is called "nightly", and its file "release": --gate would not find it
 --> release.yaml:1:7
  |
1 | gate: nightly
  |       ^^^^^^^
  = help: write "gate: release", or call the file nightly.yaml

error: a requirement is a tag expression or a scenario
 --> release.yaml:3:5
  |
3 |   - { tags: "@a", scenario: b }
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = help: give "tags" or "scenario", one of them; several requirements are several items of the list

error: a requirement is a tag expression or a scenario
 --> release.yaml:4:5
  |
4 |   - { at-least: 2 }
  |     ^^^^^^^^^^^^^^^
  = help: give "tags" or "scenario", one of them; several requirements are several items of the list

error: "at-least" belongs to "tags"
 --> release.yaml:5:20
  |
5 |   - { scenario: c, at-least: 2 }
  |                    ^^^^^^^^
  = help: remove "at-least"

error: "file" belongs to "scenario"
 --> release.yaml:6:19
  |
6 |   - { tags: "@d", file: d.feature }
  |                   ^^^^
  = help: remove "file"

error: there is no day 2027-02-29
 --> release.yaml:7:38
  |
7 | allow-limitations: [{ id: L4, until: 2027-02-29, reason: r }]
  |                                      ^^^^^^^^^^
  = help: write YYYY-MM-DD
`,
    );
  });

  it('tells tag expressions that nobody can understand, and what is allowed twice', async () => {
    const { gate, mistakes } = await read(`gate: release
require:
  - { tags: "@smoke and (@fast" }
allow-limitations:
  - { id: L4, until: 2027-02-28, reason: r }
  - { id: L4, until: 2027-03-31, reason: r }
`);
    assert.equal(gate, undefined);
    assert.equal(
      rendered(mistakes),
      `error: the tag expression cannot be understood: unmatched (
 --> release.yaml:3:13
  |
3 |   - { tags: "@smoke and (@fast" }
  |             ^^^^^^^^^^^^^^^^^^^
  = help: for example: "@smoke and not (@slow or @wip)"

error: L4 is allowed twice
 --> release.yaml:6:11
  |
6 |   - { id: L4, until: 2027-03-31, reason: r }
  |           ^^
  = help: the first time is in line 5; remove one of them
`,
    );
  });
});
