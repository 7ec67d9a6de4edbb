import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tally } from '../report/tally.js';

/** Name of the report that lists what to run again; `mirrorspec run @reports/rerun.txt` does. */
export const RERUN_FILE = 'rerun.txt';

/** Lists the scenarios that did not end as they should, one on a line, as `file:line`. Writes nothing where there are none. */
export function writeRerun(tally: Pick<Tally, 'results' | 'unfinished'>, folder: string, interrupted: boolean): void {
  // What an interruption has skipped is still to be run; what a step has skipped has ended as it should.
  const fine = new Set(interrupted ? ['passed', 'known'] : ['passed', 'known', 'skipped']);
  const failed = [...tally.results.filter(({ status }) => !fine.has(status)), ...tally.unfinished];
  const places = new Set(failed.map(({ location }) => location));
  if (places.size > 0) writeFileSync(join(folder, RERUN_FILE), `${[...places].join('\n')}\n`);
}
