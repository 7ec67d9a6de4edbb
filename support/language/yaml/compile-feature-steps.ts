import type { SourcePlace } from '../diagnostic.js';
import { STEP_KEYWORDS, type StepKeyword } from '../step.js';
import type { ActionCompiler, CompiledStep } from './action.js';
import type { KeywordStep } from './feature.js';
import { lastLineOf, type NodeReader } from './feature-node.js';
import { entryOf, type YamlEntry, type YamlMapping, type YamlNode, type YamlPlace } from './node.js';
import { refuseCell, refuseDocString, refuseLine } from './render-gherkin-text.js';

export interface StepContext {
  readonly compileAction: ActionCompiler;
  place(at: YamlPlace): SourcePlace;
  /** Sorted. Actions in which the schema has found a mistake are not compiled: it has been told already. */
  readonly linesWithMistakes: readonly number[];
}

type Section = StepKeyword | '*';

const SECTIONS: Readonly<Record<string, Section>> = {
  ...Object.fromEntries(STEP_KEYWORDS.map((keyword) => [keyword.toLowerCase(), keyword])),
  '*': '*',
};

/** The steps of a scenario or background: those under `given`, `when` and `then`, or in the order of `steps`. */
export function compileSections(
  node: YamlMapping,
  at: YamlPlace,
  placeholders: ReadonlySet<string>,
  read: NodeReader,
  context: StepContext,
): readonly KeywordStep[] {
  const named = STEP_KEYWORDS.flatMap((keyword) => entryOf(node, keyword.toLowerCase()) ?? []);
  const ordered = entryOf(node, 'steps');
  const [first] = named;
  if (ordered !== undefined && first !== undefined) {
    read.mistake('two-orders', `"${first.key}" and "steps" cannot stand side by side`, first.keyAt, [
      'write all steps under "steps", which is a list of given, when and then, or none',
    ]);
    return [];
  }
  const entries = ordered === undefined ? named : read.items(ordered).flatMap((item) => entryIn(item, read));
  if (named.length === 0 && ordered === undefined) {
    read.mistake('no-steps', 'there is no step', at, ['add actions under "given", "when" or "then"']);
  }
  return entries.flatMap((entry) => {
    const section = SECTIONS[entry.key];
    if (section === undefined) return [];
    const actions = read.items(entry);
    if (actions.length === 0 && entry.value.kind === 'sequence') {
      read.mistake('no-steps', `there is no action under "${entry.key}"`, entry.keyAt, ['add an action, or remove it']);
    }
    const steps = actions.flatMap((action) => compileAction(action, section, placeholders, read, context));
    return steps.map((step, index) => ({ ...step, keyword: section === '*' || index === 0 ? section : 'And' }));
  });
}

function entryIn(item: YamlNode, read: NodeReader): YamlEntry[] {
  const help = ['each item of "steps" is one of: given, when, then or "*", with a list of actions'];
  const [entry, another] = read.mappingIn(item)?.entries ?? [];
  if (entry === undefined) return [];
  if (another !== undefined) {
    read.mistake('several-keys', `"${another.key}" needs a "- " of its own`, another.keyAt, help);
  } else if (SECTIONS[entry.key] === undefined) {
    read.mistake('unknown-section', `"${entry.key}" cannot stand in "steps"`, entry.keyAt, help);
  }
  return [entry];
}

function compileAction(
  action: YamlNode,
  section: Section,
  placeholders: ReadonlySet<string>,
  read: NodeReader,
  context: StepContext,
): readonly CompiledStep[] {
  const { linesWithMistakes } = context;
  if (linesWithMistakes.length > 0 && hasLineWithin(linesWithMistakes, action.at.line, lastLineOf(action))) return [];
  const { steps, mistakes } = context.compileAction(action, { section, placeholders, place: context.place });
  read.add(mistakes);
  for (const step of steps) checkStep(step, read);
  return steps;
}

function hasLineWithin(lines: readonly number[], first: number, last: number): boolean {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) < first) low = middle + 1;
    else high = middle;
  }
  return (lines[low] ?? Number.POSITIVE_INFINITY) <= last;
}

/** Whatever made the step: what Gherkin could not hold is refused here. */
function checkStep({ text, argument, at }: CompiledStep, read: NodeReader): void {
  const refusal = text === '' ? { reason: 'is empty', help: 'write what the step does' } : refuseLine(text);
  if (refusal !== undefined) {
    read.mistake('unusable-step', `the text of this step ${refusal.reason}`, at, [refusal.help]);
  }
  if (argument?.kind === 'text') {
    const problem = refuseDocString(argument.content) ?? refuseLine(argument.mediaType ?? '');
    if (problem !== undefined) {
      read.mistake('unusable-text', `the text below this step ${problem.reason}`, at, [problem.help]);
    }
  } else if (argument?.kind === 'table') {
    checkTable(argument.rows, at, read);
  }
}

function checkTable(rows: readonly (readonly string[])[], at: YamlPlace, read: NodeReader): void {
  const width = rows[0]?.length ?? 0;
  if (width === 0) {
    read.mistake('unusable-table', 'the table below this step has no cells', at, ['write at least one row']);
  }
  const uneven = rows.findIndex((row) => row.length !== width);
  if (uneven !== -1) {
    const message = `row ${uneven + 1} of the table below this step has ${rows[uneven]?.length} cells, the first ${width}`;
    read.mistake('unusable-table', message, at, ['give all rows the same number of cells']);
  }
  for (const cell of rows.flat()) {
    const refusal = refuseCell(cell);
    if (refusal === undefined) continue;
    read.mistake('unusable-table', `the cell "${cell}" of this step's table ${refusal.reason}`, at, [refusal.help]);
  }
}
