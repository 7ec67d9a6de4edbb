import type { Diagnostic } from './diagnostic.js';
import { type Pickle, parseGherkin } from './gherkin/parse.js';
import { pickleDifference } from './gherkin/pickle-difference.js';
import type { DeclaredParameterType } from './parameter-type.js';
import { placeIn } from './source-text.js';
import type { DeclaredStep } from './step.js';
import { type FeatureFileCompiler, featureFileCompiler } from './yaml/compile-feature-file.js';
import { renderGherkin } from './yaml/render-gherkin.js';
import { type ActionFinder, actionFinderOf } from './yaml/reverse-action.js';
import { featureAsYaml } from './yaml/write-feature.js';

/** How steps and actions are turned into each other. */
export interface Vocabulary {
  readonly compileFile: FeatureFileCompiler;
  readonly actionOf: ActionFinder;
}

export function conversionVocabulary(
  steps: readonly DeclaredStep[],
  parameterTypes: readonly DeclaredParameterType[],
): Vocabulary {
  return {
    compileFile: featureFileCompiler(steps, parameterTypes),
    actionOf: actionFinderOf(steps, parameterTypes),
  };
}

/** A feature in the other language. */
export interface ConvertedFeature {
  readonly text: string;
  /** What is run, whichever the language. */
  readonly pickles: readonly Pickle[];
}

/** Features, or the mistakes for which there are none. */
export interface Conversion {
  /** One for each document of a YAML file. */
  readonly features: readonly ConvertedFeature[];
  readonly mistakes: readonly Diagnostic[];
}

/** A YAML file as Gherkin. */
export function yamlToGherkin(
  bytes: Uint8Array,
  file: string,
  { compileFile }: Pick<Vocabulary, 'compileFile'>,
): Conversion {
  const { documents, mistakes } = compileFile(bytes, file);
  const features = documents.map(({ feature }) => {
    const { text } = renderGherkin(feature);
    // The name decides how it is read, and a file that came from Markdown keeps its name.
    const parsed = parseGherkin(text, `${file}.feature`);
    const [wrong] = parsed.mistakes;
    if (wrong !== undefined) throw new Error(`${file} became Gherkin that cannot be read: ${wrong.message}\n${text}`);
    return { text, pickles: parsed.pickles };
  });
  return { features, mistakes };
}

/**
 * A Gherkin file as YAML, compiled back to prove that it means the same.
 *
 * @param schema path of the schema for feature files, relative to the YAML file
 */
export function gherkinToYaml(text: string, file: string, vocabulary: Vocabulary, schema?: string): Conversion {
  const { document, pickles, mistakes } = parseGherkin(text, file);
  if (mistakes.length > 0 || document === undefined) return { features: [], mistakes };
  if (document.feature === undefined) return { features: [], mistakes: [noFeature(file)] };
  const refused = doubled(document.feature, text, file);
  if (refused.length > 0) return { features: [], mistakes: refused };
  const options = { actionOf: vocabulary.actionOf, ...(schema === undefined ? {} : { schema }) };
  const { text: yaml, gherkinLine } = featureAsYaml(document, options);
  const back = yamlToGherkin(Buffer.from(yaml), file, vocabulary);
  if (back.mistakes.length > 0) {
    return { features: [], mistakes: back.mistakes.map((mistake) => inGherkin(mistake, gherkinLine, text, file)) };
  }
  assertSame(pickles, back.features, file);
  return { features: [{ text: yaml, pickles }], mistakes: [] };
}

/** Throws where a feature that was converted and converted back again does not mean the same. */
export function assertReturns(feature: ConvertedFeature, file: string, vocabulary: Vocabulary): void {
  const { features, mistakes } = gherkinToYaml(feature.text, file, vocabulary);
  const [mistake] = mistakes;
  if (mistake !== undefined) throw new Error(`${file}: its Gherkin cannot be written as YAML: ${mistake.message}`);
  assertSame(feature.pickles, features, file);
}

function assertSame(before: readonly Pickle[], after: readonly ConvertedFeature[], file: string): void {
  const difference = pickleDifference(
    before,
    after.flatMap(({ pickles }) => pickles),
  );
  if (difference !== undefined) throw new Error(`${file} would not mean the same: ${difference}`);
}

function noFeature(file: string): Diagnostic {
  return {
    rule: 'no-feature',
    message: 'this file has no feature',
    at: { file, line: 1 },
    help: ['a feature begins with a line such as "Feature: Mirroring on an Istio mesh"'],
  };
}

type Feature = NonNullable<NonNullable<ReturnType<typeof parseGherkin>['document']>['feature']>;
type Scenario = NonNullable<Feature['children'][number]['scenario']>;

/** What YAML has no place for, and would be lost: a second column of one name, and a table beside a doc string. */
function doubled(feature: Feature, text: string, file: string): readonly Diagnostic[] {
  const children = feature.children.flatMap(({ rule, ...child }) => [child, ...(rule?.children ?? [])]);
  const scenarios = children.flatMap(({ scenario }) => (scenario === undefined ? [] : [scenario]));
  const steps = children.flatMap(({ background, scenario }) => (background ?? scenario)?.steps ?? []);
  const mistake = (rule: string, message: string, help: string, location: Scenario['location'], length: number) => ({
    rule,
    message,
    at: placeIn(text, file, location.line, location.column ?? 1, length),
    help: [help],
  });
  return [
    ...scenarios.flatMap(({ examples }) =>
      examples.flatMap(({ tableHeader }) => {
        const cells = tableHeader?.cells ?? [];
        const second = cells.find((cell, index) => cells.findIndex(({ value }) => value === cell.value) < index);
        if (second === undefined) return [];
        const { value, location } = second;
        const message = `two columns are named "${value}"`;
        return [
          mistake('repeated-column', message, 'remove the second: its values are never used', location, value.length),
        ];
      }),
    ),
    ...steps
      .filter(({ dataTable, docString }) => dataTable !== undefined && docString !== undefined)
      .map(({ location, text: words, keyword }) =>
        mistake(
          'table-and-doc-string',
          'a step in YAML has either a table or a doc string below it',
          'make two steps of it',
          location,
          keyword.length + words.length,
        ),
      ),
  ];
}

/** A mistake that the compiler of YAML found, at the place in the Gherkin file for which it was written. */
function inGherkin(
  { notes = [], ...mistake }: Diagnostic,
  gherkinLine: (line: number) => number,
  text: string,
  file: string,
): Diagnostic {
  const line = gherkinLine(mistake.at?.line ?? 1);
  const source = text.split('\n')[line - 1] ?? '';
  const words = source.trim();
  const at = placeIn(text, file, line, source.indexOf(words) + 1, words.length);
  return { ...mistake, at, notes: [...notes, 'YAML features are checked more strictly than Gherkin'] };
}
