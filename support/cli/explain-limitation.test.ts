import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { SeenLimitations } from './run-limitations.js';
import { InlineProject } from './testing/inline-project.js';

const LIMITATIONS = `limitation: L2
title: HTTP/2 from before the session is not mirrored
explanation: A capture cannot read HTTP/2 from its middle.
when: the connection is older than the session
applies-to: { mirrord: "<3.181", profile: [sniffer], listen: [eth0] }
protocols: [HTTP/2]
expect: { verdict: not-mirrored, because: connection-predates-session }
references: [{ upstream: metalbear-co/mirrord#3002, url: https://github.com/metalbear-co/mirrord/issues/3002, title: grpc, state: closed }]
workaround:  connect anew
first-seen: 2026-01-02
last-checked: 2026-03-04
---
limitation: L10
title: Calico
explanation: It takes another way.
when: Calico
expect: { verdict: not-mirrored }
needs-cluster: It is about network plugins.
---
limitation: L11
title: Doubled effects
explanation: Copies have effects.
when: always
no-scenario: No verdict shows it.
`;
const FEATURE = `Feature: f
  @limitation:L2
  Scenario: it is mirrored
    Given no mesh
    When an HTTP/2 call is made
    Then it is mirrored
`;
const SEEN: SeenLimitations = {
  at: '2026-03-04T05:06:07.000Z',
  seen: [
    {
      limitation: 'L2',
      title: 'HTTP/2 from before the session is not mirrored',
      outcome: 'known',
      observed: [{ verdict: 'not-mirrored', cause: 'connection-predates-session' }],
      mesh: 'none',
      profile: 'sniffer',
      version: '3.150.0',
      listenInterface: 'eth0',
      protocol: 'HTTP/2',
      interaction: 'unary',
      scenario: 'it is mirrored',
      location: 'features/f.feature:3',
      attempt: 1,
    },
  ],
};

describe('mirrorspec explain', () => {
  let project: InlineProject;
  before(() => {
    project = new InlineProject({ 'features/limitations/all.yaml': LIMITATIONS, 'features/f.feature': FEATURE });
  });
  after(() => project.dispose());

  it('lists all limitations, and says why the last run saw nothing of them', async () => {
    const { code, stdout } = await project.mirrorspec('explain');
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `L2   HTTP/2 from before the session is not mirrored
     not run yet
L10  Calico
     needs a cluster: It is about network plugins.
L11  Doubled effects
     no scenario: No verdict shows it.

mirrorspec explain <id> says more about one.
`,
    );
  });

  it('lists what the last run saw', async () => {
    project.write('of-a-run/limitations.json', JSON.stringify(SEEN));
    const { stdout } = await project.mirrorspec('explain', '--report-dir', 'of-a-run');
    assert.match(stdout, /^L2 .*\n {5}1 × known: not-mirrored \(connection-predates-session\)$/m);
    project.write('of-another-run/limitations.json', JSON.stringify({ ...SEEN, seen: [] }));
    const other = await project.mirrorspec('explain', '--report-dir', 'of-another-run');
    assert.match(other.stdout, /^L2 .*\n {5}not in the last run$/m);
  });

  it('prints one in full', async () => {
    project.write('of-a-run/limitations.json', JSON.stringify(SEEN));
    const { code, stdout } = await project.mirrorspec('explain', 'l2', '--report-dir', 'of-a-run');
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `L2: HTTP/2 from before the session is not mirrored

A capture cannot read HTTP/2 from its middle.

shows when:  the connection is older than the session
applies to:  mirrord <3.181; profile sniffer; listening on eth0; HTTP/2
expected:    not-mirrored because of connection-predates-session
workaround:  connect anew
checked:     first 2026-01-02, last 2026-03-04
declared:    features/limitations/all.yaml:1

references:
  grpc (closed) — https://github.com/metalbear-co/mirrord/issues/3002

scenarios:
  features/f.feature:3  it is mirrored

last run (2026-03-04T05:06:07.000Z):
  features/f.feature:3  known: not-mirrored (connection-predates-session) — mirrord 3.150.0, sniffer, mesh
    none, HTTP/2
`,
    );
    const json = await project.mirrorspec('explain', 'L10', '--format', 'json');
    assert.equal(JSON.parse(json.stdout).needsCluster, 'It is about network plugins.');
  });

  it('knows no other, and names the nearest', async () => {
    const { code, stdout, stderr } = await project.mirrorspec('explain', 'L22');
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.equal(stderr, 'error: there is no limitation "L22"\n  = help: did you mean L2?\n');
    const far = await project.mirrorspec('explain', 'everything');
    assert.match(far.stderr, /the limitations are L2, L10, L11/);
  });

  it('tells a report that cannot be read', async () => {
    project.write('broken/limitations.json', '{');
    const { code, stderr } = await project.mirrorspec('explain', '--report-dir', 'broken');
    assert.equal(code, 2);
    assert.match(stderr, /broken\/limitations\.json cannot be read/);
  });
});
