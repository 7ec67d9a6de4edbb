import { Document, isScalar, type Scalar, type YAMLMap } from 'yaml';
import type { GherkinDocument } from '../plan.js';
import type { ActionFinder } from './reverse-action.js';
import { placeComments, placeSchema } from './write-comments.js';
import { examplesEntry, sampleRowOf } from './write-examples.js';
import { dataNode, escapeNotPrintable, LINE_WIDTH, mapping, sequence } from './write-layout.js';
import { lineFinder, type WrittenPlace } from './write-lines.js';
import { type AstStep, type Section, sectionAfter, stepEntries } from './write-steps.js';

type Feature = NonNullable<GherkinDocument['feature']>;
type FeatureChild = Feature['children'][number];
type Rule = NonNullable<FeatureChild['rule']>;
type Background = NonNullable<FeatureChild['background']>;
type Scenario = NonNullable<FeatureChild['scenario']>;
type Tags = Feature['tags'];
/** What a feature and a rule have in common. */
type Children = readonly { readonly background?: Background; readonly scenario?: Scenario }[];

export interface WriteOptions {
  /** Finds the action of a step. A step without one is written as `step: …`. */
  readonly actionOf: ActionFinder;
  /** Path of the schema for feature files, relative to the file that is written. */
  readonly schema?: string;
}

export interface WrittenFeature {
  readonly text: string;
  /** The line of the Gherkin text from which a line of this text was written; both from 1. */
  gherkinLine(line: number): number;
}

/**
 * A Gherkin feature as YAML that compiles to the same pickles. `And` and `But` become entries of the list that they
 * continue, a table of examples that is a full cross product becomes a matrix, comments go before what follows them.
 *
 * The compiler of YAML is stricter than Gherkin: it refuses unused columns and repeated rows, for example. What is
 * written here for a feature that has such is refused by it in the same words.
 */
export function featureAsYaml(
  { feature, comments }: { readonly feature?: Feature; readonly comments: GherkinDocument['comments'] },
  { actionOf, schema }: WriteOptions,
): WrittenFeature {
  const document = new Document(undefined, { version: '1.2', customTags: ['binary'] });
  const places: WrittenPlace[] = [];
  if (feature !== undefined) document.contents = new FeatureWriter(actionOf, comments, places).feature(feature);
  placeComments(comments, places, document);
  if (schema !== undefined) placeSchema(schema, document);
  const text = escapeNotPrintable(document.toString({ lineWidth: LINE_WIDTH, blockQuote: 'literal' }));
  return { text, gherkinLine: lineFinder(text, document, places) };
}

/** Turns the parts of one feature into YAML nodes, and notes down where comments can go. */
class FeatureWriter {
  readonly #actionOf: ActionFinder;
  readonly #commentLines: readonly number[];
  readonly #places: WrittenPlace[];

  constructor(actionOf: ActionFinder, comments: GherkinDocument['comments'], places: WrittenPlace[]) {
    this.#actionOf = actionOf;
    this.#commentLines = comments.map(({ location }) => location.line);
    this.#places = places;
  }

  feature(feature: Feature): YAMLMap {
    const { name, language, description, tags, children } = feature;
    const rules = children.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
    const background = children.find((child) => child.background !== undefined)?.background;
    const inherited = sectionAfter(background?.steps ?? [], '*');
    const node = mapping([
      ['feature', name],
      ['description', descriptionOf(description)],
      ['language', language === 'en' ? undefined : language],
      ['tags', tagsOf(tags)],
      ...this.#children(children, '*', 0),
      ['rules', listOf(rules.map((rule) => this.#rule(rule, inherited)))],
    ]);
    this.#note(node, feature.location);
    if (background !== undefined) this.#note(keyNode(node, 'background'), background.location);
    for (const key of ['background', 'scenarios', 'rules']) {
      Object.assign(keyNode(node, key) ?? {}, { spaceBefore: true });
    }
    return node;
  }

  #rule(rule: Rule, inherited: Section): YAMLMap {
    const { name, description, tags, children } = rule;
    const node = mapping([
      ['rule', name],
      ['description', descriptionOf(description)],
      ['tags', tagsOf(tags)],
      ...this.#children(children, inherited, 4),
    ]);
    this.#note(node, rule.location);
    return node;
  }

  #children(children: Children, inherited: Section, indent: number): readonly (readonly [string, unknown])[] {
    const background = children.find((child) => child.background !== undefined)?.background;
    const after = sectionAfter(background?.steps ?? [], inherited);
    const scenarios = children.flatMap(({ scenario }) => (scenario === undefined ? [] : [scenario]));
    return [
      ['background', background === undefined ? undefined : this.#background(background, inherited, indent + 2)],
      ['scenarios', listOf(scenarios.map((scenario) => this.#scenario(scenario, after, indent + 4)))],
    ];
  }

  #background(background: Background, before: Section, indent: number): YAMLMap {
    const { name, description, steps } = background;
    const node = mapping([
      ['name', name === '' ? undefined : name],
      ['description', descriptionOf(description)],
      ...stepEntries(steps, before, this.#stepsContext(new Map(), indent)),
    ]);
    return node;
  }

  #scenario(scenario: Scenario, before: Section, indent: number): YAMLMap {
    const { name, description, tags, steps, examples } = scenario;
    const table = examplesEntry(examples, {
      indent,
      commented: (from, to) => this.#commentLines.some((line) => line > from && line < to),
      written: (node, place) => this.#note(node, place),
      tags: tagsOf,
      description: descriptionOf,
    });
    const node = mapping([
      ['scenario', name],
      ['description', descriptionOf(description)],
      ['tags', tagsOf(tags)],
      ...(table === undefined ? [] : [table]),
      ...stepEntries(steps, before, this.#stepsContext(sampleRowOf(examples), indent)),
    ]);
    this.#note(node, scenario.location);
    return node;
  }

  #stepsContext(sampleRow: ReadonlyMap<string, string>, indent: number) {
    const written = (node: YAMLMap, step: AstStep): void => this.#note(node, step.location);
    return { actionOf: this.#actionOf, sampleRow, indent, written };
  }

  #note(node: unknown, { line }: { readonly line: number }): void {
    this.#places.push({ node, line });
  }
}

function listOf(nodes: readonly YAMLMap[]): unknown {
  nodes.slice(1).forEach((node) => {
    node.spaceBefore = true;
  });
  return nodes.length === 0 ? undefined : sequence(nodes);
}

/** The key of an entry, before which a blank line or a comment can stand. */
function keyNode(node: YAMLMap, key: string): Scalar | undefined {
  const found = node.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.key;
  return isScalar(found) ? found : undefined;
}

/** Tags without their `@`, on one line where they fit. */
function tagsOf(tags: Tags): unknown {
  return tags.length === 0
    ? undefined
    : dataNode(
        tags.map(({ name }) => name.slice(1)),
        LINE_WIDTH / 2,
      );
}

/** A description without the indentation that it has in Gherkin. */
function descriptionOf(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const indents = lines.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents);
  const dedented = lines.map((line) => line.slice(indent)).join('\n');
  return text === '' ? undefined : dedented;
}
