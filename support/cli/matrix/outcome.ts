import type { Results, ScenarioResult, ScenarioState } from '../../model/results.js';
import { reasonOf } from '../../report/wording.js';
import { cellName, type PlannedCell } from './plan.js';

/** What a cell came to. `error`: something broke, so that nothing was found out about mirroring. */
export type CellState = ScenarioState | 'error';

export interface DecidedCell {
  readonly cell: PlannedCell;
  readonly state: CellState;
  /** One line: the cause, the limitation, the error. Cells with the same one are counted together. Absent for what passed. */
  readonly why?: string;
  /** `file:line`. Absent where it did not run. */
  readonly place?: string;
  readonly durationMs: number;
}

/** Looks up in the results of a run what has become of each cell. */
export function decidedCells(
  cells: readonly PlannedCell[],
  results: Pick<Results, 'scenarios'>,
): readonly DecidedCell[] {
  const byName = new Map(results.scenarios.map((scenario) => [scenario.name, scenario]));
  return cells.map((cell) => {
    const scenario = byName.get(cellName(cell));
    if (scenario === undefined) return { cell, state: 'not-tested', why: 'it did not run', durationMs: 0 };
    const { uri, line, durationMs } = scenario;
    const state = stateOf(scenario);
    const why = whyOf(scenario, state);
    return { cell, state, ...(why === undefined ? {} : { why }), place: `${uri}:${line}`, durationMs };
  });
}

/** What failed without a verdict broke. */
function stateOf({ state, verdict, attempts }: ScenarioResult): CellState {
  if (state !== 'fail') return state;
  const errors = attempts.at(-1)?.errors ?? [];
  return verdict === undefined || errors.some(({ type }) => type !== 'ExpectationError') ? 'error' : 'fail';
}

function whyOf(scenario: ScenarioResult, state: CellState): string | undefined {
  const { verdict, explanation } = scenario;
  if (state === 'pass') return undefined;
  if (state === 'fail' && verdict !== undefined && verdict !== 'mirrored') {
    return explanation === undefined ? verdict : `${verdict} because of ${explanation.cause}`;
  }
  return reasonOf(scenario) || undefined;
}

/** Nothing has become of these. */
export function undecided(cells: readonly DecidedCell[]): readonly DecidedCell[] {
  return cells.filter(({ state }) => state === 'not-tested');
}
