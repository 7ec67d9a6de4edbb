import type { Diagnostic } from '../diagnostic.js';
import type { StepArgument } from './action.js';
import { docStringOf, jsonDocStringOf, tableOf } from './compile-action-argument.js';
import { hexadecimal, looksLikePlaceholder, parameterText } from './compile-action-scalar.js';
import type { ValueContext } from './compile-action-value.js';
import { isNumeric, type Shape } from './face-shape.js';
import type { YamlEntry, YamlNode, YamlPlace } from './node.js';

/** What an action's value says of one step. */
export interface Binding {
  /** Texts of parameters, by their order in the expression. */
  readonly texts: ReadonlyMap<number, string>;
  readonly argument?: StepArgument;
  /** The list item that the step comes from. */
  readonly item?: YamlPlace;
}

const NOTHING: Binding = { texts: new Map() };

/** Whether a value has the kind that a shape wants. Its content may still be mistaken. */
export function fits(shape: Shape, node: YamlNode, context: ValueContext): boolean {
  switch (shape.kind) {
    case 'literal':
      return node.kind === 'scalar' && node.value === shape.value;
    case 'parameter': {
      if (node.kind !== 'scalar' || node.value === null || node.value instanceof Uint8Array) return false;
      if (isNumeric(shape.slot)) {
        return typeof node.value === 'number' || (typeof node.value === 'string' && looksLikePlaceholder(node.value));
      }
      return typeof node.value === 'string' || context.vocabulary.types.has(shape.slot.type);
    }
    case 'binary':
      return node.kind === 'scalar' && node.value instanceof Uint8Array;
    case 'text':
      return node.kind === 'scalar' && typeof node.value === 'string';
    case 'json':
      return true;
    case 'table':
    case 'collection':
      return node.kind !== 'scalar';
    case 'several':
      return node.kind === 'sequence' || fits(shape.of, node, context);
    case 'mapping':
      return (
        node.kind === 'mapping' &&
        node.entries.length === shape.properties.size &&
        node.entries.every(({ key }) => shape.properties.has(key))
      );
  }
}

/** What a fitting value says; several bindings where a list stands for several steps. */
export function bind(
  shape: Shape,
  entry: YamlEntry,
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly Binding[] {
  const { key, value: node } = entry;
  switch (shape.kind) {
    case 'literal':
      return [NOTHING];
    case 'parameter':
      return [{ texts: new Map([[shape.slot.index, parameterText(shape.slot, node, key, context, mistakes)]]) }];
    case 'binary':
      return [{ texts: new Map([[shape.slot.index, `"${hexadecimal(node)}"`]]) }];
    case 'text':
      return [{ ...NOTHING, argument: docStringOf(node, context, mistakes) }];
    case 'json':
    case 'collection':
      return [{ ...NOTHING, argument: jsonDocStringOf(node, context, mistakes) }];
    case 'table':
      return [{ ...NOTHING, argument: tableOf(node, context, mistakes) }];
    case 'several':
      return bindSeveral(shape.of, entry, context, mistakes);
    case 'mapping':
      return bindMapping(shape.properties, node, context, mistakes);
  }
}

function bindSeveral(of: Shape, entry: YamlEntry, context: ValueContext, mistakes: Diagnostic[]): readonly Binding[] {
  const { value: list } = entry;
  if (list.kind !== 'sequence') return bind(of, entry, context, mistakes);
  if (list.items.length === 0) mistakes.push(context.wrong.emptyList(list));
  return list.items.flatMap((item) => {
    if (!fits(of, item, context)) {
      mistakes.push(context.wrong.item(item, of));
      return [];
    }
    return bind(of, { ...entry, value: item }, context, mistakes).map((binding) => ({ ...binding, item: item.at }));
  });
}

function bindMapping(
  properties: ReadonlyMap<string, Shape>,
  node: YamlNode,
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly Binding[] {
  let bindings: readonly Binding[] = [NOTHING];
  for (const entry of node.kind === 'mapping' ? node.entries : []) {
    const shape = properties.get(entry.key);
    if (shape === undefined) throw new Error('a mapping that does not fit was bound');
    if (!fits(shape, entry.value, context)) mistakes.push(context.wrong.value(entry, [shape], []));
    else bindings = combine(bindings, bind(shape, entry, context, mistakes));
  }
  return bindings;
}

function combine(some: readonly Binding[], others: readonly Binding[]): readonly Binding[] {
  return some.flatMap((a) => others.map((b) => ({ ...a, ...b, texts: new Map([...a.texts, ...b.texts]) })));
}
