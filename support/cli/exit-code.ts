import { EXIT, type ExitCode } from '../model/errors.js';
import type { Tally } from '../report/tally.js';

/** The exit code of a run that came to its end. The cause that has to be mended first wins. */
export function exitCodeOf(
  tally: Pick<Tally, 'results' | 'unfinished' | 'runFailures'>,
  { success, interrupted }: { readonly success: boolean; readonly interrupted: boolean },
): ExitCode {
  if (interrupted) return EXIT.interrupted;
  const failures = [...tally.runFailures, ...tally.results.flatMap((result) => result.failures)];
  const types = new Set(failures.map(({ type }) => type));
  if (types.has('EnvironmentError')) return EXIT.environment;
  if (tally.unfinished.length > 0 && tally.runFailures.length === 0) return EXIT.internal;
  if (types.has('UserError')) return EXIT.invalidInput;
  if (failures.length > 0) return EXIT.failed;
  return success ? EXIT.asExpected : EXIT.internal;
}
