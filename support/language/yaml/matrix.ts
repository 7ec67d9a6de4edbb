import type { CompiledRow } from './feature.js';
import type { YamlPlace } from './node.js';

/** How many cells the matrix of one scenario may have, before any is excluded. Each is a scenario to run. */
export const MOST_CELLS = 1_000;

export interface Axis {
  readonly name: string;
  readonly values: readonly { readonly text: string; readonly at: YamlPlace }[];
}

/** Values by axis: a row to add, or what a cell must have to be removed. */
export interface Combination {
  readonly values: ReadonlyMap<string, string>;
  readonly at: YamlPlace;
}

/** How many cells there will be, without making them. */
export function countCells(axes: readonly Axis[], included: number): number {
  return axes.reduce((product, { values }) => product * values.length, 1) + included;
}

/**
 * Every combination of the axes' values but those that are excluded, the last axis changing fastest, and after them the
 * rows that are included. A cell stands where the value of the first axis stands that has one value on a line, else at
 * `at`. Call it only if {@link countCells} says that there are not too many.
 */
export function cellsOf(
  axes: readonly Axis[],
  excluded: readonly Combination[],
  included: readonly Combination[],
  at: YamlPlace,
): { readonly rows: readonly CompiledRow[]; readonly idle: readonly Combination[] } {
  const placing = axes.find(isOneValuePerLine);
  let cells: readonly { readonly values: ReadonlyMap<string, string>; readonly at: YamlPlace }[] = [
    { values: new Map(), at },
  ];
  for (const axis of axes) {
    cells = cells.flatMap((cell) =>
      axis.values.map((value) => ({
        values: new Map([...cell.values, [axis.name, value.text]]),
        at: axis === placing ? value.at : cell.at,
      })),
    );
  }
  const used = new Set<Combination>();
  const kept = cells.filter(({ values }) => {
    let excludedBy = 0;
    for (const combination of excluded) {
      if (![...combination.values].every(([name, text]) => values.get(name) === text)) continue;
      used.add(combination);
      excludedBy++;
    }
    return excludedBy === 0;
  });
  const rows = [...kept, ...included].map((cell) => ({
    cells: axes.map(({ name }) => cell.values.get(name) ?? ''),
    at: cell.at,
  }));
  return { rows, idle: excluded.filter((combination) => !used.has(combination)) };
}

function isOneValuePerLine({ values }: Axis): boolean {
  const lines = new Set(values.map(({ at }) => at.line));
  return lines.size === values.length && values.length > 1;
}
