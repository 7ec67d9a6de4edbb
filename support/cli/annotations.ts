import { isAbsolute, relative, resolve } from 'node:path';
import type { Diagnostic } from '../language/diagnostic.js';
import { githubAnnotations } from '../language/lint/github.js';
import type { GateReport } from '../model/gate.js';
import { visibleLines } from '../model/visible-text.js';
import type { Tally } from '../report/tally.js';

/** GitHub shows ten errors of a step. */
const SHOWN = 10;
/** Characters of a message: more is not shown beside a line. */
const MESSAGE = 2_000;

export interface AnnotationPlace {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export function isOnGitHub({ GITHUB_ACTIONS }: NodeJS.ProcessEnv): boolean {
  return GITHUB_ACTIONS === 'true';
}

/** What failed in a run, beside the lines of its features, Gherkin or YAML. */
export function runAnnotations({ results }: Pick<Tally, 'results'>, place: AnnotationPlace): string {
  const mistakes = results.flatMap(({ name, location, failures }): Diagnostic[] => {
    const [failure] = failures;
    if (failure === undefined) return [];
    const at = placeOf(failure.location ?? location);
    return [{ rule: name, message: cut(`${failure.step}\n${failure.message}`), ...(at === undefined ? {} : { at }) }];
  });
  return annotated(mistakes, place);
}

/** The rules of a gate that do not hold, beside its lines. */
export function gateAnnotations({ gate, file, outcomes }: GateReport, place: AnnotationPlace): string {
  const mistakes = outcomes
    .filter(({ ok }) => !ok)
    .map(({ rule, found, line, because }): Diagnostic => {
      const reasons = because.map(({ location, text }) => `${location === undefined ? '' : `${location}  `}${text}`);
      return {
        rule: `gate ${gate}`,
        message: cut([`${rule}: ${found}`, ...reasons].join('\n')),
        at: { file, line: line ?? 1 },
      };
    });
  return annotated(mistakes, place);
}

/** GitHub wants paths from the root of the repository, which is not always where the command runs. */
export function pathInRepository({ cwd, env }: AnnotationPlace): (file: string) => string {
  const root = env.GITHUB_WORKSPACE ?? cwd;
  return (file) => {
    const path = relative(root, resolve(cwd, file));
    return path.startsWith('..') || isAbsolute(path) ? file : path;
  };
}

function annotated(mistakes: readonly Diagnostic[], place: AnnotationPlace): string {
  return githubAnnotations(mistakes.slice(0, SHOWN), pathInRepository(place));
}

function placeOf(location: string): Diagnostic['at'] {
  const [, file, line] = /^(.*):(\d+)$/.exec(location) ?? [];
  return file === undefined || line === undefined ? undefined : { file, line: Number(line) };
}

function cut(message: string): string {
  const shown = visibleLines(message);
  return shown.length <= MESSAGE ? shown : `${shown.slice(0, MESSAGE)}…`;
}
