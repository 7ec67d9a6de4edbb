import { nearest } from '../../model/nearest.js';
import { type Diagnostic, type SourcePlace, sortDiagnostics } from '../diagnostic.js';
import type { Dialect } from '../gherkin/library.js';
import type { ActionCompiler } from './action.js';
import { checkColumns } from './compile-feature-columns.js';
import { compileExamples } from './compile-feature-examples.js';
import { compileSections, type StepContext } from './compile-feature-steps.js';
import type {
  CompiledBackground,
  CompiledFeature,
  CompiledRule,
  CompiledScenario,
  CompiledTag,
  Titled,
} from './feature.js';
import { type NodeReader, nodeReader } from './feature-node.js';
import { entryOf, type YamlEntry, type YamlNode, type YamlPlace } from './node.js';
import { DEFAULT_LANGUAGE, dialectOf, languages } from './render-gherkin-dialect.js';
import {
  type DescriptionOf,
  refuseDescription,
  refuseLine,
  refuseTag,
  tidyDescription,
} from './render-gherkin-text.js';

/** What the compiler of features needs to know. */
export interface FeatureContext {
  readonly compileAction: ActionCompiler;
  /** Makes a diagnostic's place in the file at hand. */
  place(at: YamlPlace): SourcePlace;
  /** What the schema of features (`featureStructure`) has found in this document. */
  readonly schemaMistakes: readonly Diagnostic[];
}

export type CompilationOfFeature =
  | { readonly feature: CompiledFeature; readonly incomplete?: undefined; readonly mistakes: readonly [] }
  | {
      readonly feature?: undefined;
      /** What could be compiled, to look for more mistakes in it. */
      readonly incomplete?: CompiledFeature;
      readonly mistakes: readonly Diagnostic[];
    };

/** Compiles one YAML document. There is a feature, or there are mistakes: all that can be found at once. */
export function compileFeature(root: YamlNode, context: FeatureContext): CompilationOfFeature {
  const read = nodeReader(context.place);
  const feature = new FeatureCompiler(read, context).feature(root);
  const { schemaMistakes } = context;
  // What is wrong for the schema is often wrong for the compiler, too, which knows better what was meant.
  const told = new Set(read.mistakes.map(({ at }) => at?.line));
  const mistakes = sortDiagnostics([...schemaMistakes.filter(({ at }) => !told.has(at?.line)), ...read.mistakes]);
  if (mistakes.length > 0) return feature === undefined ? { mistakes } : { mistakes, incomplete: feature };
  const [skipped] = read.skipped;
  if (feature === undefined || skipped !== undefined) {
    throw new Error(`the schema of features admits what cannot be compiled, on line ${skipped?.line}`);
  }
  return { feature, mistakes: [] };
}

/** What all parts of one document share. */
class FeatureCompiler {
  readonly #read: NodeReader;
  readonly #steps: StepContext;
  #dialect: Dialect | undefined;

  constructor(read: NodeReader, context: FeatureContext) {
    this.#read = read;
    const lines = context.schemaMistakes.flatMap(({ at }) => (at === undefined ? [] : [at.line]));
    this.#steps = { ...context, linesWithMistakes: lines.sort((a, b) => a - b) };
  }

  feature(root: YamlNode): CompiledFeature | undefined {
    const node = this.#read.mappingIn(root);
    if (node === undefined) return undefined;
    const language = this.#language(entryOf(node, 'language'));
    this.#dialect = dialectOf(language ?? DEFAULT_LANGUAGE);
    const titled = this.#titled(node, 'feature', 'feature');
    const background = this.#background(entryOf(node, 'background'));
    const feature = {
      tags: this.#tags(entryOf(node, 'tags')),
      scenarios: this.#scenarios(entryOf(node, 'scenarios')),
      rules: this.#rules(entryOf(node, 'rules')),
      ...(language === undefined ? {} : { language }),
      ...(background === undefined ? {} : { background }),
    };
    return titled === undefined ? undefined : { ...titled, ...feature };
  }

  #language(entry: YamlEntry | undefined): string | undefined {
    const given = this.#read.text(entry);
    if (given === undefined) return undefined;
    if (dialectOf(given.text) !== undefined) return given.text;
    const known = nearest(given.text, languages());
    this.#read.mistake(
      'unknown-language',
      `Gherkin has no language "${given.text}"`,
      given.at,
      known === undefined
        ? ['a language is written as its code, for example: en, de, fr']
        : [`the nearest is: ${known}`],
    );
    return undefined;
  }

  /** The name under `key` and the description beside it. A name that may be left out has no `key` in the node. */
  #titled(node: YamlNode, key: string, of: DescriptionOf, elsewhere?: YamlPlace): Titled | undefined {
    const entry = entryOf(node, key);
    const name = this.#read.text(entry);
    const description = this.#description(entryOf(node, 'description'), of);
    if (entry === undefined && elsewhere !== undefined) return { name: '', description, at: elsewhere };
    if (entry === undefined) {
      this.#read.skip(node);
      return undefined;
    }
    if (name === undefined) return undefined;
    const refusal = refuseLine(name.text);
    if (refusal !== undefined) {
      this.#read.mistake('unusable-name', `the name under "${key}" ${refusal.reason}`, name.at, [refusal.help]);
    }
    return { name: name.text, description, at: entry.keyAt };
  }

  #description(entry: YamlEntry | undefined, of: DescriptionOf): string {
    const given = this.#read.text(entry);
    if (given === undefined || entry === undefined) return '';
    const text = tidyDescription(given.text);
    if (this.#dialect === undefined) return text;
    const refusal = refuseDescription(text, of, this.#dialect);
    if (refusal !== undefined) {
      const block = entry.value.kind === 'scalar' && entry.value.style === 'block';
      const at = block ? { ...given.at, line: given.at.line + 1 + refusal.line, column: 1, length: 1 } : given.at;
      this.#read.mistake('unusable-description', `the description ${refusal.reason}`, at, [refusal.help]);
    }
    return text;
  }

  #tags(entry: YamlEntry | undefined): readonly CompiledTag[] {
    return this.#read.items(entry).flatMap((item) => {
      const text = this.#read.value(item, 'a tag');
      if (text === undefined) return [];
      const name = text.startsWith('@') ? text : `@${text}`;
      const refusal = refuseTag(name);
      if (refusal !== undefined) {
        this.#read.mistake('unusable-tag', `"${text}" ${refusal.reason}`, item.at, [refusal.help]);
      }
      return [{ name, at: item.at }];
    });
  }

  #background(entry: YamlEntry | undefined): CompiledBackground | undefined {
    const node = this.#read.mapping(entry);
    if (entry === undefined || node === undefined) return undefined;
    const titled = this.#titled(node, 'name', 'background', entry.keyAt);
    const steps = compileSections(node, entry.keyAt, new Set(), this.#read, this.#steps);
    return titled === undefined ? undefined : { ...titled, steps };
  }

  #scenarios(entry: YamlEntry | undefined): readonly CompiledScenario[] {
    return this.#read.items(entry).flatMap((item) => this.#scenario(item) ?? []);
  }

  #rules(entry: YamlEntry | undefined): readonly CompiledRule[] {
    return this.#read.items(entry).flatMap((item) => {
      const node = this.#read.mappingIn(item);
      if (node === undefined) return [];
      const titled = this.#titled(node, 'rule', 'rule');
      const background = this.#background(entryOf(node, 'background'));
      const rule = {
        tags: this.#tags(entryOf(node, 'tags')),
        scenarios: this.#scenarios(entryOf(node, 'scenarios')),
        ...(background === undefined ? {} : { background }),
      };
      return titled === undefined ? [] : [{ ...titled, ...rule }];
    });
  }

  #scenario(item: YamlNode): CompiledScenario | undefined {
    const node = this.#read.mappingIn(item);
    if (node === undefined) return undefined;
    const mistakesBefore = this.#mistakes;
    const titled = this.#titled(node, 'scenario', 'scenario');
    const tags = this.#tags(entryOf(node, 'tags'));
    const { columns, tables } = compileExamples(node, {
      read: this.#read,
      titled: (block, at) => this.#titled(block, 'examples', 'examples', at),
      tags: (entry) => this.#tags(entry),
    });
    const names = new Set(columns.map(({ name }) => name));
    const steps = compileSections(node, titled?.at ?? node.at, names, this.#read, this.#steps);
    if (titled === undefined) return undefined;
    const scenario = { ...titled, tags, steps, examples: tables };
    // What was not compiled uses no column.
    const complete = this.#mistakes === mistakesBefore && this.#steps.linesWithMistakes.length === 0;
    if (complete) checkColumns(scenario, columns, this.#read);
    return scenario;
  }

  get #mistakes(): number {
    return this.#read.mistakes.length + this.#read.skipped.length;
  }
}
