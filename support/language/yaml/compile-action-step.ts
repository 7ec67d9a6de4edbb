import type { Diagnostic } from '../diagnostic.js';
import type { ActionContext, CompiledStep, StepArgument } from './action.js';
import { docStringOf, tableOf } from './compile-action-argument.js';
import { escapeHatchMistakes } from './compile-action-argument-mistakes.js';
import { entryOf, type YamlEntry, type YamlNode } from './node.js';

const PROPERTIES = ['text', 'table', 'doc', 'mediaType'];

/** A step in Gherkin's words: `step: the cat sleeps`, or a mapping with `text` and a `table` or a `doc`. */
export function compileEscapeHatch(
  { value, keyAt }: YamlEntry,
  context: ActionContext,
  mistakes: Diagnostic[],
): readonly CompiledStep[] {
  const wrong = escapeHatchMistakes(context);
  if (value.kind !== 'mapping') return one(value, undefined);
  for (const entry of value.entries) {
    if (!PROPERTIES.includes(entry.key)) mistakes.push(wrong.unknownName(entry, PROPERTIES));
  }
  const text = entryOf(value, 'text');
  const table = entryOf(value, 'table');
  const doc = entryOf(value, 'doc');
  const mediaType = entryOf(value, 'mediaType');
  if (table !== undefined && doc !== undefined) mistakes.push(wrong.tableAndDoc(doc));
  if (mediaType !== undefined && doc === undefined) mistakes.push(wrong.mediaTypeAlone(mediaType));
  if (text === undefined) {
    mistakes.push(wrong.missing(value, 'text'));
    return [];
  }
  if (table !== undefined) return one(text.value, tableOf(table.value, { wrong }, mistakes));
  if (doc === undefined) return one(text.value, undefined);
  const argument = docStringOf(doc.value, { wrong }, mistakes);
  if (mediaType === undefined) return one(text.value, argument);
  const { value: type } = mediaType;
  if (type.kind !== 'scalar' || typeof type.value !== 'string' || !/^\S(.*\S)?$/.test(type.value)) {
    mistakes.push(wrong.noMediaType(mediaType));
    return [];
  }
  return one(text.value, argument.kind === 'text' ? { ...argument, mediaType: type.value } : argument);

  function one(node: YamlNode, argument: StepArgument | undefined): readonly CompiledStep[] {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') {
      mistakes.push(wrong.noStepText(node));
      return [];
    }
    const step = node.value.trim();
    if (step === '' || /[\r\n]/.test(step)) mistakes.push(wrong.noStepText(node));
    return [{ text: step, at: keyAt, ...(argument === undefined ? {} : { argument }) }];
  }
}
