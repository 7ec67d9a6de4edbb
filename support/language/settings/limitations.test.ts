import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CAUSES } from '../../model/verdict.js';
import { readLimitations } from './limitations.js';
import { settingsFiles } from './settings-files.js';
import { folderWith, rendered } from './testing/written-files.js';

async function read(files: Readonly<Record<string, string>>) {
  const folder = folderWith(files);
  try {
    return await readLimitations(settingsFiles('limitations', ['features'], folder.path));
  } finally {
    folder.dispose();
  }
}

const FULL = `# yaml-language-server: $schema=../../schemas/limitation.schema.json
limitation: L2
title: A connection from before the session is not mirrored
explanation: >-
  Without the preface the agent does not know that it is HTTP/2, and without the header table nobody could decode it.
symptom: nothing arrives, although the session looks healthy
certainty: documented
protocols: [HTTP/2, gRPC-over-HTTP/2]
interactions: [unary]
when: the connection was opened before the mirror session
applies-to:
  mirrord: "<3.181"
  profile: [sniffer]
  mesh: [none, istio]
  mtls: [STRICT]
  interception: [TPROXY]
  caller: [meshed]
  environment: [embedded]
  listen: [lo]
every-call: true
expect: { verdict: not-mirrored, because: connection-predates-session }
references:
  - { upstream: metalbear-co/mirrord#2452, title: gRPC is not mirrored, state: closed }
  - { url: https://example.org/faq, title: Questions }
workaround: start the session first
first-seen: 2026-05-01
last-checked: 2026-11-22
scenario: features/connections.feature
`;
const short = (id: string): string => `limitation: ${id}\ntitle: t\nexplanation: e\nwhen: w\n`;

describe('limitations', () => {
  it('are read with all that is known of them', async () => {
    const { limitations, mistakes } = await read({ 'features/limitations/http2.yaml': FULL });
    assert.deepEqual(mistakes, []);
    assert.deepEqual(limitations.get('L2'), {
      id: 'L2',
      title: 'A connection from before the session is not mirrored',
      explanation:
        'Without the preface the agent does not know that it is HTTP/2, and without the header table nobody could decode it.',
      symptom: 'nothing arrives, although the session looks healthy',
      certainty: 'documented',
      protocols: ['HTTP/2', 'gRPC-over-HTTP/2'],
      interactions: ['unary'],
      when: 'the connection was opened before the mirror session',
      appliesTo: {
        mirrord: '<3.181',
        profiles: ['sniffer'],
        meshes: ['none', 'istio'],
        mtls: ['STRICT'],
        interceptions: ['TPROXY'],
        callers: ['meshed'],
        environments: ['embedded'],
        listen: ['lo'],
      },
      everyCall: true,
      expect: { verdict: 'not-mirrored', because: 'connection-predates-session' },
      references: [
        { upstream: 'metalbear-co/mirrord#2452', title: 'gRPC is not mirrored', state: 'closed' },
        { url: 'https://example.org/faq', title: 'Questions' },
      ],
      workaround: 'start the session first',
      firstSeen: '2026-05-01',
      lastChecked: '2026-11-22',
      scenario: 'features/connections.feature',
      source: 'features/limitations/http2.yaml:2',
    });
  });

  it('may share a file, each a document; what is not said holds for everything', async () => {
    const { limitations, mistakes } = await read({
      'features/limitations/b.yml': `${short('L21b')}---\n${short('L21c')}`,
      'features/limitations/a.yaml': short('L1'),
      'features/limitations/deeper/c.yaml': short('L99'),
    });
    assert.deepEqual(mistakes, []);
    assert.deepEqual([...limitations.keys()], ['L1', 'L21b', 'L21c']);
    assert.deepEqual(limitations.get('L21c'), {
      id: 'L21c',
      title: 't',
      explanation: 'e',
      protocols: [],
      interactions: [],
      when: 'w',
      appliesTo: { profiles: [], meshes: [], mtls: [], interceptions: [], callers: [], environments: [], listen: [] },
      everyCall: false,
      references: [],
      source: 'features/limitations/b.yml:6',
    });
  });

  for (const range of ['>=3.181', '>=3.153 <3.181', '<=3.107', '3.119.0', '=3.119', '>v3.150.1']) {
    it(`apply to versions of mirrord such as ${range}`, async () => {
      const text = `${short('L1')}applies-to: { mirrord: "${range}" }\n`;
      assert.deepEqual((await read({ 'features/limitations/a.yaml': text })).mistakes, []);
    });
  }

  it('with mistakes are told as such, each with its place', async () => {
    const { limitations, mistakes } = await read({
      'features/limitations/a.yaml': `limitation: 4
title: t
when: w
applies-to: { mirrord: "3.181+", profile: snifer }
expect: { verdict: mirrored, because: bad-luck }
references: [{ title: t }, { url: example.org, title: t }]
last-checked: yesterday
`,
      'features/limitations/b.yaml': `${short('L7')}first-seen: 2026-02-30\nscenario: a.feature\nneeds-cluster: IPv6\n`,
      'features/limitations/c.yaml': short('L7'),
    });
    assert.equal(limitations.size, 0);
    assert.equal(
      rendered(mistakes),
      `error: "explanation" is missing here
 --> features/limitations/a.yaml:1:1
  |
1 | limitation: 4
  | ^
  = help: explanation: One paragraph: why it is so, for a reader who does not know the mechanism.

error: text is needed here, and this is the number 4
 --> features/limitations/a.yaml:1:13
  |
1 | limitation: 4
  |             ^
  = help: for example: L4

error: "3.181+" cannot stand here
 --> features/limitations/a.yaml:4:24
  |
4 | applies-to: { mirrord: "3.181+", profile: snifer }
  |                        ^^^^^^^^
  = help: versions of mirrord: Comparators that must all hold. Default: every version.
  = help: for example: >=3.181, >=3.153 <3.181, <=3.107

error: a list is needed here, and this is the text "snifer"
 --> features/limitations/a.yaml:4:43
  |
4 | applies-to: { mirrord: "3.181+", profile: snifer }
  |                                           ^^^^^^
  = help: write a list: [snifer]

error: "mirrored" cannot stand here
 --> features/limitations/a.yaml:5:20
  |
5 | expect: { verdict: mirrored, because: bad-luck }
  |                    ^^^^^^^^
  = help: it can be: not-mirrored, duplicated, truncated, corrupted, reordered, leaked, collateral

error: "bad-luck" cannot stand here
 --> features/limitations/a.yaml:5:39
  |
5 | expect: { verdict: mirrored, because: bad-luck }
  |                                       ^^^^^^^^
  = help: it can be: ${CAUSES.join(', ')}

error: something is missing here
 --> features/limitations/a.yaml:6:14
  |
6 | references: [{ title: t }, { url: example.org, title: t }]
  |              ^
  = help: it can be: upstream, url, state

error: "example.org" cannot stand here
 --> features/limitations/a.yaml:6:35
  |
6 | references: [{ title: t }, { url: example.org, title: t }]
  |                                   ^^^^^^^^^^^
  = help: address: A page that everybody can open.
  = help: for example: https://example.org/faq

error: "yesterday" cannot stand here
 --> features/limitations/a.yaml:7:15
  |
7 | last-checked: yesterday
  |               ^^^^^^^^^
  = help: last checked: The day on which somebody last looked whether it still holds.
  = help: for example: 2026-11-30

error: there is no day 2026-02-30
 --> features/limitations/b.yaml:5:13
  |
5 | first-seen: 2026-02-30
  |             ^^^^^^^^^^
  = help: write YYYY-MM-DD

error: a scenario shows it, but nothing says which verdict is expected then
 --> features/limitations/b.yaml:6:1
  |
6 | scenario: a.feature
  | ^^^^^^^^
  = help: add "expect", for example: expect: { verdict: not-mirrored }

error: a scenario on this machine shows it, or there is a reason why none does: not both
 --> features/limitations/b.yaml:7:1
  |
7 | needs-cluster: IPv6
  | ^^^^^^^^^^^^^
  = help: remove "scenario" or "needs-cluster"

error: there are two limitations "L7"
 --> features/limitations/c.yaml:1:13
  |
1 | limitation: L7
  |             ^^
  = note: the other is in features/limitations/b.yaml:1
  = help: give one of them another id
`,
    );
  });
});

it('a folder that is not there holds no files', () => {
  assert.deepEqual(settingsFiles('gates', ['features'], join('/', 'nowhere')), []);
});
