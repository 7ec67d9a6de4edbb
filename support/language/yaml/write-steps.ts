import type { YAMLMap } from 'yaml';
import type { GherkinDocument } from '../plan.js';
import type { StepKeyword } from '../step.js';
import type { ActionOfStep, StepArgument, StepText } from './action.js';
import type { ActionFinder } from './reverse-action.js';
import { dataNode, LINE_WIDTH, mapping, sequence } from './write-layout.js';

type Feature = NonNullable<GherkinDocument['feature']>;
export type AstStep = NonNullable<Feature['children'][number]['scenario']>['steps'][number];
type KeywordType = AstStep['keywordType'];

/** Where a step belongs: the keyword that it has or that `And` and `But` inherit; `*` where there is none. */
export type Section = StepKeyword | '*';

export interface StepsContext {
  readonly actionOf: ActionFinder;
  /** A row of the outline's examples, by column. */
  readonly sampleRow: ReadonlyMap<string, string>;
  /** How far the keys of the sections are indented. */
  readonly indent: number;
  /** Told of every action, for comments. */
  written(action: YAMLMap, step: AstStep): void;
}

const SECTION_OF_TYPE: Partial<Record<NonNullable<KeywordType>, Section>> = {
  Context: 'Given',
  Action: 'When',
  Outcome: 'Then',
} satisfies Partial<Record<`${NonNullable<KeywordType>}`, Section>>;

const KEYS: Readonly<Record<Section, string>> = { Given: 'given', When: 'when', Then: 'then', '*': '*' };
const ORDER: readonly Section[] = ['Given', 'When', 'Then'];

interface Group {
  readonly section: Section;
  readonly steps: AstStep[];
}

/** The keyword that `And` would inherit after these steps. */
export function sectionAfter(steps: readonly AstStep[], before: Section): Section {
  return steps.reduce((section, step) => sectionOf(step, section), before);
}

/** Entries for `given`, `when` and `then` in this order, or one for `steps` where the steps have another. */
export function stepEntries(
  steps: readonly AstStep[],
  before: Section,
  context: StepsContext,
): readonly (readonly [key: string, value: unknown])[] {
  const groups = groupsOf(steps, before);
  const places = groups.map(({ section }) => ORDER.indexOf(section));
  const inOrder = places.every((place, index) => place > (places[index - 1] ?? -1));
  if (inOrder) return groups.map((group) => [KEYS[group.section], actionList(group, context)]);
  const inner = { ...context, indent: context.indent + 4 };
  return [['steps', sequence(groups.map((group) => mapping([[KEYS[group.section], actionList(group, inner)]])))]];
}

function groupsOf(steps: readonly AstStep[], before: Section): readonly Group[] {
  const groups: Group[] = [];
  let section = before;
  for (const step of steps) {
    section = sectionOf(step, section);
    const last = groups.at(-1);
    if (last?.section === section) last.steps.push(step);
    else groups.push({ section, steps: [step] });
  }
  return groups;
}

function sectionOf({ keywordType }: AstStep, before: Section): Section {
  if (keywordType === undefined) return '*';
  return `${keywordType}` === 'Conjunction' ? before : (SECTION_OF_TYPE[keywordType] ?? '*');
}

function actionList({ section, steps }: Group, context: StepsContext): unknown {
  return sequence(
    steps.map((step) => {
      const text = stepTextOf(step);
      const { key, value } = context.actionOf(text, section, context.sampleRow) ?? plainStep(text);
      // The action stands two levels below the section, behind its dash and key.
      const room = LINE_WIDTH - context.indent - 4 - key.length - 2;
      const action = mapping([[key, dataNode(value, room)]]);
      context.written(action, step);
      return action;
    }),
  );
}

function stepTextOf({ text, dataTable, docString }: AstStep): StepText {
  if (dataTable !== undefined) {
    return {
      text,
      argument: { kind: 'table', rows: dataTable.rows.map(({ cells }) => cells.map(({ value }) => value)) },
    };
  }
  if (docString !== undefined) {
    const { content, mediaType } = docString;
    return { text, argument: { kind: 'text', content, ...(mediaType === undefined ? {} : { mediaType }) } };
  }
  return { text };
}

/** A step without a face in YAML. */
function plainStep({ text, argument }: StepText): ActionOfStep {
  return { key: 'step', value: argument === undefined ? text : { text, ...argumentData(argument) } };
}

function argumentData(argument: StepArgument): Readonly<Record<string, unknown>> {
  if (argument.kind === 'table') return { table: argument.rows };
  const { content, mediaType } = argument;
  return { doc: content, ...(mediaType === undefined ? {} : { mediaType }) };
}
