import type { Diagnostic } from '../diagnostic.js';
import type { DeclaredParameterType } from '../parameter-type.js';
import type { StepKeyword } from '../step.js';
import type { ActionContext, CompiledStep, StepArgument } from './action.js';
import { docStringOf, jsonDocStringOf, tableOf } from './compile-action-argument.js';
import type { ActionMistakes } from './compile-action-mistakes.js';
import { hasPlaceholder, hexadecimal, looksLikePlaceholder, parameterText } from './compile-action-scalar.js';
import type { Face } from './face.js';
import type { WritableExpression } from './face-expression.js';
import { isNumeric, type Shape } from './face-shape.js';
import type { YamlEntry, YamlMapping, YamlNode, YamlPlace } from './node.js';

/** Everything that actions are made of. */
export interface Vocabulary {
  facesIn(section: StepKeyword | '*'): ReadonlyMap<string, readonly Face[]>;
  readonly types: ReadonlyMap<string, DeclaredParameterType>;
  expressionOf(source: string): WritableExpression;
}

export interface ValueContext extends ActionContext {
  readonly vocabulary: Vocabulary;
  readonly wrong: ActionMistakes;
}

/** What an action's value says of one step. */
interface Binding {
  /** Texts of parameters, by their order in the expression. */
  readonly texts: ReadonlyMap<number, string>;
  readonly argument?: StepArgument;
  /** The list item that the step comes from. */
  readonly item?: YamlPlace;
}

const NOTHING: Binding = { texts: new Map() };

/** The steps that an action with this key and value stands for. */
export function compileValue(
  entry: YamlEntry,
  faces: readonly Face[],
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly CompiledStep[] {
  const { value } = entry;
  const mappings = faces.filter(({ shape }) => shape.kind === 'mapping');
  if (value.kind === 'mapping' && mappings.length > 0) return compileMapping(entry, value, mappings, context, mistakes);
  const fitting = faces.filter(({ shape }) => fits(shape, value, context));
  const found = firstThatCompiles(literalsFirst(fitting), value, entry.keyAt, context, mistakes);
  if (found !== undefined) return found;
  mistakes.push(
    context.wrong.value(
      entry,
      faces.map(({ shape }) => shape),
      faces,
    ),
  );
  return [];
}

/** Compiles with the first face that can; else the mistakes of the last are told. Undefined where there is no face. */
function firstThatCompiles(
  faces: readonly Face[],
  value: YamlNode,
  at: YamlPlace,
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly CompiledStep[] | undefined {
  let found: Diagnostic[] | undefined;
  for (const face of faces) {
    found = [];
    const steps = stepsOf(face, value, at, context, found);
    if (found.length === 0) return steps;
  }
  if (found === undefined) return undefined;
  mistakes.push(...found);
  return [];
}

function stepsOf(
  face: Face,
  value: YamlNode,
  at: YamlPlace,
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly CompiledStep[] {
  const bindings = bind(face.shape, value, context, mistakes);
  if (mistakes.length > 0) return [];
  const expression = context.vocabulary.expressionOf(face.expression);
  return bindings.map(({ texts, argument, item }): CompiledStep => {
    const parameters = face.slots.map(({ index }) => texts.get(index) ?? '');
    const text = expression.write(parameters);
    const misread = misreading(text, parameters, expression, context);
    if (misread) mistakes.push(context.wrong.misread(item ?? value.at, text, face));
    return { text, at: item ?? at, ...(argument === undefined ? {} : { argument }) };
  });
}

/** A step is one line without blanks around it, and its parameters must be found where they were put. */
function misreading(
  text: string,
  parameters: readonly string[],
  expression: WritableExpression,
  context: ActionContext,
): boolean {
  if (text !== text.trim() || /[\r\n]/.test(text)) return true;
  if (parameters.some((parameter) => hasPlaceholder(parameter, context))) return false;
  const matched = expression.match(text)?.map((parameter) => parameter.text);
  return matched === undefined || parameters.some((parameter, index) => matched[index] !== parameter);
}

/** A mapping is one step whose properties are exactly these, or several steps that share them out. */
function compileMapping(
  entry: YamlEntry,
  value: YamlMapping,
  faces: readonly Face[],
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly CompiledStep[] {
  const known = new Set(faces.flatMap(propertiesOf));
  const unknown = value.entries.filter(({ key }) => !known.has(key));
  for (const property of unknown) mistakes.push(context.wrong.unknownProperty(entry.key, property, faces));
  if (unknown.length > 0) return [];
  const parts = shareOut(
    value.entries.map(({ key }) => key),
    groupsOf(faces),
  );
  if (parts === undefined || parts.length === 0) {
    mistakes.push(context.wrong.properties(entry, value, faces));
    return [];
  }
  const ordered = parts.map((part) => {
    const properties = new Set(propertiesOf(part[0]));
    return { part, entries: value.entries.filter(({ key }) => properties.has(key)) };
  });
  const order = (entries: readonly YamlEntry[]): number =>
    entries[0] === undefined ? 0 : value.entries.indexOf(entries[0]);
  ordered.sort((a, b) => order(a.entries) - order(b.entries));
  return ordered.flatMap(({ part, entries }) => {
    const at = ordered.length === 1 ? entry.keyAt : (entries[0]?.keyAt ?? entry.keyAt);
    return compilePart(entry, { ...value, entries }, part, at, context, mistakes);
  });
}

type Group = readonly [Face, ...Face[]];

/** Faces by the names of their properties. */
function groupsOf(faces: readonly Face[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const face of faces) {
    const names = [...propertiesOf(face)].sort().join(' ');
    const group = groups.get(names);
    groups.set(names, group === undefined ? [face] : [...group, face]);
  }
  return [...groups.values()].sort(([a], [b]) => propertiesOf(b).length - propertiesOf(a).length);
}

/** The groups, largest first, that have each of these names once and no other. */
function shareOut(names: readonly string[], groups: readonly Group[]): readonly Group[] | undefined {
  const [first] = names;
  if (first === undefined) return [];
  for (const group of groups) {
    const properties = propertiesOf(group[0]);
    if (!properties.includes(first) || properties.some((name) => !names.includes(name))) continue;
    const rest = shareOut(
      names.filter((name) => !properties.includes(name)),
      groups,
    );
    if (rest !== undefined) return [group, ...rest];
  }
  return undefined;
}

function compilePart(
  action: YamlEntry,
  value: YamlMapping,
  part: Group,
  at: YamlPlace,
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly CompiledStep[] {
  const fitting = part.filter((face) =>
    value.entries.every((entry) => {
      const shape = propertyOf(face, entry.key);
      return shape !== undefined && fits(shape, entry.value, context);
    }),
  );
  const found = firstThatCompiles(fitting, value, at, context, mistakes);
  if (found !== undefined) return found;
  const before = mistakes.length;
  for (const entry of value.entries) {
    const shapes = part.flatMap((face) => propertyOf(face, entry.key) ?? []);
    if (!shapes.some((shape) => fits(shape, entry.value, context)))
      mistakes.push(context.wrong.value(entry, shapes, part));
  }
  if (mistakes.length === before) mistakes.push(context.wrong.properties(action, value, part));
  return [];
}

export function propertiesOf({ shape }: Face): readonly string[] {
  return shape.kind === 'mapping' ? [...shape.properties.keys()] : [];
}

function propertyOf({ shape }: Face, name: string): Shape | undefined {
  return shape.kind === 'mapping' ? shape.properties.get(name) : undefined;
}

function literalsFirst(faces: readonly Face[]): readonly Face[] {
  const isLiteral = ({ shape }: Face): boolean => shape.kind === 'literal';
  return [...faces.filter(isLiteral), ...faces.filter((face) => !isLiteral(face))];
}

/** Whether a value has the kind that a shape wants. Its content may still be mistaken. */
function fits(shape: Shape, node: YamlNode, context: ValueContext): boolean {
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
      return node.kind === 'mapping';
  }
}

/** What a fitting value says; several bindings where a list stands for several steps. */
function bind(shape: Shape, node: YamlNode, context: ValueContext, mistakes: Diagnostic[]): readonly Binding[] {
  switch (shape.kind) {
    case 'literal':
      return [NOTHING];
    case 'parameter':
      return [{ texts: new Map([[shape.slot.index, parameterText(shape.slot, node, context, mistakes)]]) }];
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
      return bindSeveral(shape.of, node, context, mistakes);
    case 'mapping':
      return bindMapping(shape.properties, node, context, mistakes);
  }
}

function bindSeveral(of: Shape, node: YamlNode, context: ValueContext, mistakes: Diagnostic[]): readonly Binding[] {
  if (node.kind !== 'sequence') return bind(of, node, context, mistakes);
  if (node.items.length === 0) mistakes.push(context.wrong.emptyList(node));
  return node.items.flatMap((item) => {
    if (!fits(of, item, context)) {
      mistakes.push(context.wrong.item(item, of));
      return [];
    }
    return bind(of, item, context, mistakes).map((binding) => ({ ...binding, item: item.at }));
  });
}

function bindMapping(
  properties: ReadonlyMap<string, Shape>,
  node: YamlNode,
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly Binding[] {
  let bindings: readonly Binding[] = [NOTHING];
  const entries = new Map(node.kind === 'mapping' ? node.entries.map((entry) => [entry.key, entry]) : []);
  for (const [name, shape] of properties) {
    const entry = entries.get(name);
    entries.delete(name);
    if (entry === undefined) mistakes.push(context.wrong.missing(node, name));
    else if (!fits(shape, entry.value, context)) mistakes.push(context.wrong.value(entry, [shape], []));
    else bindings = combine(bindings, bind(shape, entry.value, context, mistakes));
  }
  for (const entry of entries.values()) mistakes.push(context.wrong.unknownName(entry, [...properties.keys()]));
  return bindings;
}

function combine(some: readonly Binding[], others: readonly Binding[]): readonly Binding[] {
  return some.flatMap((a) => others.map((b) => ({ ...a, ...b, texts: new Map([...a.texts, ...b.texts]) })));
}
