import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Chalk } from 'chalk';
import type { ScenarioResult } from '../../model/results.js';
import { decidedCells } from './outcome.js';
import { cellName, type PlannedCell, planMatrix } from './plan.js';
import { causesText, matrixTable } from './table.js';

const PLAIN = new Chalk({ level: 0 });
const { cells } = planMatrix(
  {
    meshes: ['istio', 'none'],
    policies: ['PERMISSIVE'],
    callers: ['meshed'],
    protocols: ['HTTP/1.1', 'gRPC-over-HTTP/1.1'],
    interactions: ['unary', 'server-streaming'],
    places: ['lo', 'eth0', 'redirect'],
  },
  { environment: 'embedded', limitations: [] },
);

function result(cell: PlannedCell, changes: Partial<ScenarioResult>): ScenarioResult {
  const known = { attempts: [], limitations: [], steps: [], durationMs: 1000, uri: 'reports/matrix.yaml', line: 9 };
  return { ...known, name: cellName(cell), ...changes } as unknown as ScenarioResult;
}

function errors(type: string, message: string): Pick<ScenarioResult, 'attempts'> {
  return { attempts: [{ errors: [{ type, message }] }] } as unknown as Pick<ScenarioResult, 'attempts'>;
}

function outcomes() {
  const changes: Partial<ScenarioResult>[] = cells.map(() => ({ state: 'pass', verdict: 'mirrored' }));
  changes[1] = {
    state: 'known-limitation',
    limitations: [
      { outcome: 'known', limitation: 'L1', title: 'ciphertext' },
    ] as unknown as ScenarioResult['limitations'],
  };
  changes[4] = {
    state: 'fail',
    verdict: 'truncated',
    explanation: { cause: 'agent-lagged', summary: 's', proof: [] },
    ...errors('ExpectationError', 'm'),
  };
  changes[5] = { state: 'fail', verdict: 'mirrored', ...errors('Error', 'function timed out\nat x') };
  changes[6] = { state: 'fail', ...errors('ExpectationError', 'the local process received what no call explains') };
  const scenarios = cells.map((cell, index) => result(cell, changes[index] ?? {}));
  // The last one is lost.
  return decidedCells(cells, { scenarios: scenarios.slice(0, -1) });
}

describe('the table of a matrix', () => {
  it('has a sign for each place in a column for each kind of call', () => {
    assert.equal(
      matrixTable(outcomes(), 100, PLAIN),
      `                                 HTTP/1.1  gRPC-Web
                                 u   s     u   s
istio PERMISSIVE, meshed caller  ✓✕✓ ◐!✓   ✓!✓ ✓✓○

u unary, s server-streaming; in each column: sniffer on lo, sniffer on eth0, redirect
`,
    );
  });

  it('goes on below where the line is too short', () => {
    const lines = matrixTable(outcomes(), 44, PLAIN).split('\n');
    assert.ok(lines.every((line) => line.length <= 44 || line.startsWith('u unary')));
    assert.deepEqual(
      lines.filter((line) => line.startsWith('istio')),
      ['istio PERMISSIVE, meshed caller  ✓✕✓ ◐!✓', 'istio PERMISSIVE, meshed caller  ✓!✓ ✓✓○'],
    );
  });

  it('counts causes, and names the cells that fail the run', () => {
    const told = causesText(outcomes(), PLAIN);
    assert.match(told, /^ +7 ✓ mirrored\n +1 ◐ falls short as a known limitation says\n +1 × L1: ciphertext\n/);
    assert.match(
      told,
      /1 ✕ falls short, and no limitation says so\n +1 × truncated because of agent-lagged\n +reports\/matrix.yaml:9 /,
    );
    assert.match(told, /2 ! error: something broke\n +1 × function timed out\n/);
    assert.match(told, /1 ○ undecided: it did not run\n/);
  });
});
