import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ScenarioState } from '../model/results.js';
import type { Coordinates } from '../model/scenario-record.js';
import { MESHES } from '../model/situation.js';
import { matrixOf, worstState } from './matrix.js';
import type { LoggedScenario } from './results/scenario-log.js';
import { ISTIO_CELL } from './testing/synthetic-results.js';

function scenario(id: string, state: ScenarioState, ...cells: readonly Partial<Coordinates>[]): LoggedScenario {
  return { order: 0, id, name: id, state, cells: cells.map((cell) => ({ ...ISTIO_CELL, ...cell })), limitations: [] };
}

/** Every cell that somebody tested, as `environment mechanism mesh: protocol interaction = state (ids)`. */
function told(entries: readonly LoggedScenario[]): readonly string[] {
  return matrixOf(entries).flatMap(({ environment, profile, listenInterface, rows }) =>
    rows.flatMap(({ mesh, mtls, caller, cells }) =>
      cells
        .filter(({ scenarios }) => scenarios.length > 0)
        .map(({ protocol, interaction, state, scenarios }) => {
          const where = [environment, profile, listenInterface, mesh, mtls, caller].filter(
            (word) => word !== undefined,
          );
          return `${where.join(' ')}: ${protocol} ${interaction} = ${state} (${scenarios.map(({ id }) => id).join()})`;
        }),
    ),
  );
}

describe('the matrix', () => {
  it('has a cell for each kind of call, with the worst of its scenarios', () => {
    assert.deepEqual(
      told([
        scenario('a', 'pass', {}),
        scenario('b', 'known-limitation', {}, { protocol: 'HTTP/1.1' }),
        scenario('c', 'pass', { listenInterface: 'eth0' }),
        scenario('d', 'fail', { caller: 'unmeshed' }),
        scenario('e', 'pass', { environment: 'kubernetes' }),
      ]),
      [
        'embedded sniffer lo istio STRICT: HTTP/1.1 unary = known-limitation (b)',
        'embedded sniffer lo istio STRICT: HTTP/2 unary = known-limitation (a,b)',
        'embedded sniffer lo istio STRICT unmeshed: HTTP/2 unary = fail (d)',
        'embedded sniffer eth0 istio STRICT: HTTP/2 unary = pass (c)',
        'kubernetes sniffer lo istio STRICT: HTTP/2 unary = pass (e)',
      ],
    );
  });

  it('shows what nobody tested: usual meshes, policies, mechanisms and protocols, as not tested', () => {
    const groups = matrixOf([scenario('a', 'pass', {})]);
    assert.deepEqual(
      groups.map(({ profile, listenInterface }) => `${profile} ${listenInterface}`),
      ['sniffer lo', 'sniffer eth0', 'redirect undefined'],
    );
    const [first] = groups;
    assert.deepEqual(
      first?.rows.map(({ mesh, mtls }) => `${mesh} ${mtls}`),
      MESHES.filter((mesh) => !('interception' in mesh)).map(
        (mesh) => `${mesh.kind} ${'mtls' in mesh ? mesh.mtls : undefined}`,
      ),
    );
    const states = groups.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map(({ state }) => state)));
    assert.equal(states.filter((state) => state !== 'not-tested').length, 1);
    assert.ok(states.length > 80);
  });

  it('is empty where nobody made a call', () => {
    assert.deepEqual(matrixOf([scenario('a', 'pass')]), []);
  });

  it('a cell is as bad as the worst in it, and not tested where nothing is in it', () => {
    const worst = (...states: readonly ScenarioState[]) => worstState(states.map((state) => ({ state })));
    assert.equal(worst(), 'not-tested');
    assert.equal(worst('pass', 'not-applicable'), 'pass');
    assert.equal(worst('pass', 'flaky', 'known-limitation'), 'flaky');
    assert.equal(worst('fixed', 'flaky', 'fail'), 'fail');
  });
});
