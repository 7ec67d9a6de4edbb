import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Diagnostic } from '../language/diagnostic.js';
import { settingsFiles } from '../language/settings/settings-files.js';
import type { Gate, GateReport } from '../model/gate.js';
import { nearest } from '../model/nearest.js';
import type { BaselineRule } from '../report/gate/baseline.js';
import { judge } from '../report/gate/judge.js';
import { readResults } from '../report/results/read-results.js';
import { type ResultsSource, sourceOf } from '../report/results/write-results.js';
import { InvalidInput } from './invalid-input.js';
import { shown } from './project.js';
import { resultsFile } from './results-file.js';

/** A gate that was read, with the results that it compares with. */
export interface GatePolicy {
  readonly gate: Gate;
  judge(results: ResultsSource): GateReport;
}

export interface GateRequest {
  readonly cwd: string;
  /** Its name, or the path of its file. */
  readonly name: string;
  /** The option that names it. */
  readonly option: '--gate' | '--policy';
  /** Path of earlier results, in place of those that the gate names. */
  readonly baseline?: string | undefined;
  /** Of the project's features. */
  readonly folders: readonly string[];
}

/**
 * Reads a gate, and the results that it is to compare with.
 * @throws {InvalidInput} with every mistake in it, `UserError` where the earlier results cannot be read.
 */
export async function gatePolicy(request: GateRequest): Promise<GatePolicy> {
  const { readGate } = await import('../language/settings/index.js');
  const path = findGate(request);
  const { gate, mistakes } = await readGate({ path, shown: shown(path, request.cwd) });
  if (gate === undefined) throw new InvalidInput(mistakes, ', no gate was judged');
  const baseline = await baselineOf(gate, path, request);
  // The day is that of UTC: the same for everyone who looks at the same run.
  return { gate, judge: (results) => judge(results, gate, { baseline, today: new Date().toISOString().slice(0, 10) }) };
}

/** What has a slash in it or ends in `.yaml` is a path; a name is looked for in the folders `gates`. */
function findGate({ cwd, name, option, folders }: GateRequest): string {
  if (name.includes('/') || /\.ya?ml$/.test(name)) {
    const path = resolve(cwd, name);
    if (existsSync(path)) return path;
    throw new InvalidInput([{ message: `${option} ${name}: there is no such file` }], ', no gate was judged');
  }
  const known = gateFiles(folders, cwd);
  const found = known.find(({ stem }) => stem === name);
  if (found !== undefined) return found.path;
  const names = [...new Set(known.map(({ stem }) => stem))];
  const near = nearest(name, names);
  const mistake: Diagnostic = {
    message: `${option} ${name}: there is no gate of that name`,
    help: [
      ...(near === undefined ? [] : [`did you mean ${near}?`]),
      ...(names.length === 0 ? [] : [`known are: ${names.join(', ')}`]),
      `one of your own is a file: ${folders[0] ?? 'features'}/gates/${name}.yaml`,
    ],
  };
  throw new InvalidInput([mistake], ', no gate was judged');
}

async function baselineOf(
  { baseline, file }: Gate,
  path: string,
  { cwd, baseline: given }: GateRequest,
): Promise<BaselineRule | undefined> {
  if (given === undefined && baseline === undefined) return undefined;
  const results = given === undefined ? resolve(dirname(path), baseline?.results ?? '') : resolve(cwd, given);
  if (given === undefined && baseline !== undefined && !existsSync(results)) {
    const mistake: Diagnostic = {
      message: `there are no earlier results to compare with: ${shown(results, cwd)}`,
      at: { file, line: baseline.line },
      help: ['keep the results.json of a good run there, or name one with --baseline <file>'],
    };
    throw new InvalidInput([mistake], ', no gate was judged');
  }
  const at = resultsFile(results);
  return {
    ...(baseline === undefined ? {} : { line: baseline.line }),
    ...(baseline?.slowerByPercent === undefined ? {} : { slowerByPercent: baseline.slowerByPercent }),
    shown: shown(at, cwd),
    results: sourceOf(await readResults(at, shown(at, cwd))),
  };
}

function gateFiles(folders: readonly string[], cwd: string): { readonly stem: string; readonly path: string }[] {
  return settingsFiles('gates', folders, cwd).map(({ path }) => ({
    path,
    stem: basename(path).replace(/\.ya?ml$/, ''),
  }));
}
