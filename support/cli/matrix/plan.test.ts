import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Limitation } from '../../model/limitation.js';
import { mirrordVersion } from '../../model/mirrord-version.js';
import { INTERACTIONS, INTERACTIONS_OF, PROTOCOLS } from '../../model/protocol.js';
import { MESH_KINDS, MESHES } from '../../model/situation.js';
import { cellName, type MatrixSelection, PLACES, planMatrix } from './plan.js';

const EVERYTHING: MatrixSelection = {
  meshes: MESH_KINDS,
  callers: ['meshed', 'unmeshed'],
  protocols: PROTOCOLS,
  interactions: INTERACTIONS,
  places: PLACES,
};
const ONE: MatrixSelection = {
  meshes: ['none', 'istio'],
  policies: ['PERMISSIVE', 'DISABLE'],
  callers: ['meshed'],
  protocols: ['HTTP/2'],
  interactions: ['unary'],
  places: ['lo', 'eth0', 'redirect'],
};
const SETTING = { environment: 'embedded', limitations: [] } as const;

function limitation(id: string, changes: Partial<Limitation> = {}): Limitation {
  return {
    id,
    title: 't',
    explanation: 'e',
    when: 'w',
    protocols: [],
    interactions: [],
    appliesTo: { profiles: [], meshes: [], mtls: [], interceptions: [], callers: [], environments: [], listen: [] },
    everyCall: true,
    expect: { verdict: 'not-mirrored' },
    references: [],
    source: 'l.yaml:1',
    ...changes,
  };
}

describe('the plan of a matrix', () => {
  it('has every sensible combination of everything that can be described, each once', () => {
    const { cells, notApplicable } = planMatrix(EVERYTHING, SETTING);
    const kindsOfCalls = PROTOCOLS.reduce((sum, protocol) => sum + INTERACTIONS_OF[protocol].length, 0);
    const rows = MESHES.length * 2 - 1;
    assert.equal(cells.length, rows * PLACES.length * kindsOfCalls);
    assert.equal(new Set(cells.map(cellName)).size, cells.length);
    const left = notApplicable.reduce((sum, each) => sum + each.cells, 0);
    const all = MESHES.length * 2 * PLACES.length * PROTOCOLS.length * INTERACTIONS.length;
    assert.equal(cells.length + left, all);
  });

  it('says why combinations make no sense', () => {
    const { cells, notApplicable } = planMatrix(
      { ...ONE, callers: ['meshed', 'unmeshed'], protocols: ['SSE'], interactions: ['unary', 'server-streaming'] },
      SETTING,
    );
    assert.deepEqual(notApplicable, [
      { reason: 'without a mesh no caller has a sidecar', cells: 6 },
      { reason: 'no mesh has no mTLS policy', cells: 6 },
      { reason: 'SSE is server-streaming only', cells: 12 },
    ]);
    assert.equal(cells.length, 12);
  });

  it('leaves mechanisms out that the version of mirrord does not have', () => {
    const planned = (version: string) => planMatrix(ONE, { ...SETTING, mirrord: mirrordVersion(version) });
    assert.deepEqual([...new Set(planned('3.250').cells.map(({ place }) => place))], ['redirect']);
    assert.deepEqual([...new Set(planned('3.150').cells.map(({ place }) => place))], ['lo', 'eth0']);
    assert.deepEqual(planned('3.150').notApplicable.at(-1), {
      reason: 'mirrord 3.150.0, which the environment says, redirects no connections',
      cells: 2,
    });
  });

  it('expects limitations that every call shows, and no others, where they apply', () => {
    const appliesTo = limitation('L').appliesTo;
    const limitations = [
      limitation('L1', { appliesTo: { ...appliesTo, profiles: ['sniffer'], mtls: ['PERMISSIVE'], listen: ['eth0'] } }),
      limitation('L2', { everyCall: false }),
      limitation('L3', { appliesTo: { ...appliesTo, mirrord: '<3.100' } }),
      limitation('L4', { protocols: ['TCP'] }),
    ];
    const expected = planMatrix(ONE, { ...SETTING, limitations }).cells.flatMap((cell) =>
      cell.limitations.map(({ id }) => `${cellName(cell)} ${id}`),
    );
    assert.deepEqual(expected, ['istio PERMISSIVE, meshed caller, packets captured on eth0: HTTP/2 unary L1']);
  });
});
