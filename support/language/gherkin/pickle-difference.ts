import type { Pickle } from './parse.js';

type PickleStep = Pickle['steps'][number];

/**
 * In what two lists of pickles differ first, as a sentence; undefined where they mean the same run. What is compared is
 * what a step and a filter can see: names, languages, tags in their order, and each step's text, type and argument. Ids
 * and places do not count.
 */
export function pickleDifference(before: readonly Pickle[], after: readonly Pickle[]): string | undefined {
  for (const [index, pickle] of before.entries()) {
    const other = after[index];
    if (other === undefined) return `${nameOf(pickle, index)} is missing: there are ${after.length} scenarios`;
    const difference = differenceOf(pickle, other);
    if (difference !== undefined) return `${nameOf(pickle, index)}: ${difference}`;
  }
  const added = after[before.length];
  return added === undefined ? undefined : `${nameOf(added, before.length)} was not there before`;
}

function nameOf({ name }: Pickle, index: number): string {
  return `scenario ${index + 1} (${JSON.stringify(name)})`;
}

function differenceOf(before: Pickle, after: Pickle): string | undefined {
  const tags = (pickle: Pickle): string => pickle.tags.map(({ name }) => name).join(' ');
  return (
    changed('its name', before.name, after.name) ??
    changed('its language', before.language, after.language) ??
    changed('its tags', tags(before), tags(after)) ??
    differenceOfSteps(before.steps, after.steps)
  );
}

function differenceOfSteps(before: readonly PickleStep[], after: readonly PickleStep[]): string | undefined {
  for (const [index, step] of before.entries()) {
    const other = after[index];
    const which = `step ${index + 1}`;
    if (other === undefined) return `${which} is missing: ${JSON.stringify(step.text)}`;
    const difference =
      changed(`the text of ${which}`, step.text, other.text) ??
      changed(`the type of ${which} (${JSON.stringify(step.text)})`, step.type, other.type) ??
      changed(`what stands below ${which} (${JSON.stringify(step.text)})`, argumentOf(step), argumentOf(other));
    if (difference !== undefined) return difference;
  }
  const added = after[before.length];
  return added === undefined
    ? undefined
    : `step ${before.length + 1} was not there before: ${JSON.stringify(added.text)}`;
}

function changed(what: string, before: unknown, after: unknown): string | undefined {
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
  return was === is ? undefined : `${what} was ${was ?? 'none'} and is ${is ?? 'none'}`;
}

function argumentOf({ argument }: PickleStep): unknown {
  if (argument === undefined) return undefined;
  const { dataTable, docString } = argument;
  return {
    ...(dataTable === undefined ? {} : { table: dataTable.rows.map(({ cells }) => cells.map(({ value }) => value)) }),
    ...(docString === undefined ? {} : { text: docString.content, mediaType: docString.mediaType }),
  };
}
