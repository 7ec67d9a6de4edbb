import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  assertReturns,
  type Conversion,
  conversionVocabulary,
  gherkinToYaml,
  type Vocabulary,
  yamlToGherkin,
} from '../language/convert.js';
import type { Diagnostic } from '../language/diagnostic.js';
import { declaredParameterTypes } from '../language/parameter-type.js';
import { declaredSteps } from '../language/step.js';
import { plural } from '../report/progress.js';
import type { Language } from './compile.js';
import { checkOutput, type OutputFile, outputPath, schemaFor, writeOutput } from './compile-output.js';
import { findSources, type Source } from './compile-sources.js';
import { InvalidInput } from './invalid-input.js';
import { loadSteps } from './load-steps.js';
import { shown } from './project.js';

export interface CompileRequest {
  readonly cwd: string;
  readonly paths: readonly string[];
  readonly to: Language;
  /** Where files are written. Without it the features are printed. */
  readonly out?: string;
  readonly force: boolean;
  readonly check: boolean;
}

interface Converted extends Conversion {
  readonly source: Source;
}

/**
 * Turns features into the other language, and prints or writes them.
 * @throws {InvalidInput} with all mistakes in them; nothing was written then.
 */
export async function compile(request: CompileRequest): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const { cwd, paths, to, out, force, check } = request;
  const { sources, mistakes } = findSources(paths, to, cwd);
  refuse(mistakes);
  await loadSteps(cwd);
  const vocabulary = conversionVocabulary(declaredSteps(), declaredParameterTypes());
  const converted = sources.map((source) => ({ source, ...convert(source, request, vocabulary) }));
  refuse(converted.flatMap((each) => each.mistakes));
  const stderr = check ? checked(converted, to, vocabulary) : '';
  if (out === undefined) return { stdout: printed(converted, to), stderr };
  const files = converted.flatMap((each) => outputOf(each, to, resolve(cwd, out), cwd));
  refuse(checkOutput(files, force));
  writeOutput(files);
  return { stdout: files.map(({ name }) => `${name}\n`).join(''), stderr };
}

function convert(source: Source, { to, out, cwd }: CompileRequest, vocabulary: Vocabulary): Conversion {
  const bytes = readFileSync(source.path);
  if (to === 'gherkin') return yamlToGherkin(bytes, source.name, vocabulary);
  const path = out === undefined ? source.path : outputPath(source, 0, to, resolve(cwd, out));
  return gherkinToYaml(bytes.toString('utf8'), source.name, vocabulary, schemaFor(path, cwd));
}

/** YAML that was written has been compiled back already. */
function checked(converted: readonly Converted[], to: Language, vocabulary: Vocabulary): string {
  for (const { source, features } of to === 'gherkin' ? converted : []) {
    for (const feature of features) assertReturns(feature, source.name, vocabulary);
  }
  const scenarios = converted.flatMap(({ features }) => features.flatMap(({ pickles }) => pickles)).length;
  return `checked: ${plural(scenarios, 'scenario')} of ${plural(converted.length, 'file')}, the same in both languages\n`;
}

/** One feature as it is; several with the names of their files, YAML as documents of one stream. */
function printed(converted: readonly Converted[], to: Language): string {
  const several = converted.length > 1;
  const texts = converted.flatMap(({ source, features }) =>
    features.map(({ text }) => (several || features.length > 1 ? `# ${source.name}\n${text}` : text)),
  );
  return texts.join(to === 'yaml' ? '---\n' : '\n');
}

function outputOf({ source, features }: Converted, to: Language, folder: string, cwd: string): readonly OutputFile[] {
  return features.map(({ text }, index) => {
    const path = outputPath(source, index, to, folder);
    return { path, name: shown(path, cwd), text, source };
  });
}

function refuse(mistakes: readonly Diagnostic[]): void {
  if (mistakes.length > 0) throw new InvalidInput(mistakes, ', nothing was written');
}
