import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LimitationReport } from './explain-limitation-text.js';
import { limitationsTable, TABLE_BEGINS, TABLE_ENDS, withTable } from './limitations-table.js';
import type { SeenLimitation } from './run-limitations.js';

const limitation = (id: string, more: Partial<LimitationReport> = {}): LimitationReport => ({
  id,
  title: `${id} in words`,
  explanation: 'e',
  when: 'w',
  protocols: [],
  interactions: [],
  appliesTo: { profiles: [], meshes: [], mtls: [], interceptions: [], callers: [], environments: [], listen: [] },
  everyCall: false,
  references: [],
  source: 'l.yaml:1',
  taggedScenarios: [],
  ...more,
});
const seen = (id: string, more: Partial<SeenLimitation>): SeenLimitation => ({
  limitation: id,
  title: `${id} in words`,
  outcome: 'known',
  observed: [{ verdict: 'not-mirrored', cause: 'encrypted-interface' }],
  mesh: 'istio',
  profile: 'sniffer',
  version: '3.150.0',
  protocol: 'HTTP/1.1',
  scenario: 's',
  location: 'a.feature:1',
  attempt: 1,
  ...more,
});

describe('the table of limitations', () => {
  it('has what a run saw, and why there is no scenario for the rest', () => {
    const table = limitationsTable(
      [
        limitation('L1'),
        limitation('L2', { needsCluster: 'It is about Calico.' }),
        limitation('L3', { noScenario: 'No verdict shows it.' }),
        limitation('L4', { taggedScenarios: [{ name: 's', location: 'b.feature:1' }] }),
      ],
      {
        at: '2026-03-04T05:06:07.890Z',
        mirrorspec: '1.2.3',
        environment: 'embedded',
        seen: [
          seen('L1', {}),
          seen('L1', { protocol: 'HTTP/2' }),
          seen('L1', {
            outcome: 'not-applicable',
            observed: [{ verdict: 'mirrored' }],
            version: '3.250.1',
            profile: 'redirect',
          }),
          seen('L1', { outcome: 'no-longer-limited', observed: [], mesh: 'none' }),
          seen('L1', { outcome: 'failed', observed: [{ verdict: 'truncated' }], mesh: 'none', version: '3.180.0' }),
          seen('L1', { outcome: 'not-observed', version: '3.1.0' }),
        ],
      },
    );
    assert.equal(
      table,
      `Seen by mirrorspec 1.2.3 on 2026-03-04 05:06 UTC in the environment embedded.

| limitation | mechanism | mirrord | mesh | protocols | seen |
|---|---|---|---|---|---|
| **L1** L1 in words | redirect | 3.250.1 | istio | HTTP/1.1 | does not apply: holds |
|  | sniffer | 3.150 | istio | HTTP/1.1, HTTP/2 | not-mirrored (encrypted-interface) |
|  | sniffer | 3.150 | none | HTTP/1.1 | **no longer limited**: holds |
|  | sniffer | 3.180 | none | HTTP/1.1 | **otherwise than declared**: truncated |

Without a scenario:

| limitation | why |
|---|---|
| **L2** L2 in words | needs a cluster. It is about Calico. |
| **L3** L3 in words | No verdict shows it. |
| **L4** L4 in words | its scenarios were not in this run |
`,
    );
  });

  it('takes the place of the one before, between its markers', () => {
    const document = `# a\n\n${TABLE_BEGINS}\n\nold\n${TABLE_ENDS}\n\nmore\n`;
    const changed = withTable(document, 'new');
    assert.equal(changed, `# a\n\n${TABLE_BEGINS}\n\nnew\n${TABLE_ENDS}\n\nmore\n`);
    assert.equal(withTable(changed, 'new'), changed);
    assert.throws(() => withTable('# a\n', 'new'), /lacks the lines/);
  });
});
