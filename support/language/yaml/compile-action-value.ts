import type { Diagnostic } from '../diagnostic.js';
import type { DeclaredParameterType } from '../parameter-type.js';
import type { StepKeyword } from '../step.js';
import type { ActionContext, CompiledStep } from './action.js';
import { bind, fits } from './compile-action-binding.js';
import type { ActionMistakes } from './compile-action-mistakes.js';
import { hasPlaceholder } from './compile-action-scalar.js';
import type { Face } from './face.js';
import type { WritableExpression } from './face-expression.js';
import type { Shape } from './face-shape.js';
import type { YamlEntry, YamlMapping, YamlPlace } from './node.js';
import { refuseLine } from './render-gherkin-text.js';

/** Everything that actions are made of. */
export interface Vocabulary {
  /** By key, in the order of their declarations. */
  facesIn(section: StepKeyword | '*'): ReadonlyMap<string, readonly Face[]>;
  /** In the order of their declarations. */
  readonly faces: readonly Face[];
  readonly types: ReadonlyMap<string, DeclaredParameterType>;
  expressionOf(source: string): WritableExpression;
}

export interface ValueContext extends ActionContext {
  readonly vocabulary: Vocabulary;
  readonly wrong: ActionMistakes;
}

/** The steps that an action with this key and value stands for. */
export function compileValue(
  entry: YamlEntry,
  faces: readonly Face[],
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly CompiledStep[] {
  const { value } = entry;
  const mappings = mappingsAmong(faces);
  if (value.kind === 'mapping' && mappings.faces.length > 0) {
    return compileMapping(entry, value, mappings, context, mistakes);
  }
  const fitting = faces.filter(({ shape }) => fits(shape, value, context));
  const found = firstThatCompiles(literalsFirst(fitting), entry, entry.keyAt, context, mistakes);
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
  entry: YamlEntry,
  at: YamlPlace,
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly CompiledStep[] | undefined {
  let found: Diagnostic[] | undefined;
  for (const face of faces) {
    found = [];
    const steps = stepsOf(face, entry, at, context, found);
    if (found.length === 0) return steps;
  }
  if (found === undefined) return undefined;
  mistakes.push(...found);
  return [];
}

function stepsOf(
  face: Face,
  entry: YamlEntry,
  at: YamlPlace,
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly CompiledStep[] {
  const bindings = bind(face.shape, entry, context, mistakes);
  if (mistakes.length > 0) return [];
  const expression = context.vocabulary.expressionOf(face.expression);
  return bindings.map(({ texts, argument, item }): CompiledStep => {
    const parameters = face.slots.map(({ index }) => texts.get(index) ?? '');
    const text = expression.write(parameters);
    const misread = misreading(text, parameters, expression, context);
    if (misread) mistakes.push(context.wrong.misread(item ?? entry.value.at, text, face));
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
  if (refuseLine(text) !== undefined) return true;
  if (parameters.length === 0 || parameters.some((parameter) => hasPlaceholder(parameter, context))) return false;
  const matched = expression.match(text)?.map((parameter) => parameter.text);
  return matched === undefined || parameters.some((parameter, index) => matched[index] !== parameter);
}

/** A mapping is one step whose properties are exactly these, or several steps that share them out. */
function compileMapping(
  entry: YamlEntry,
  value: YamlMapping,
  { faces, properties: known, groups }: Mappings,
  context: ValueContext,
  mistakes: Diagnostic[],
): readonly CompiledStep[] {
  const unknown = value.entries.filter(({ key }) => !known.has(key));
  for (const property of unknown) mistakes.push(context.wrong.unknownProperty(entry.key, property, faces));
  if (unknown.length > 0) return [];
  const parts = shareOut(
    value.entries.map(({ key }) => key),
    groups,
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

/** The faces of a key whose value is a mapping. */
interface Mappings {
  readonly faces: readonly Face[];
  readonly properties: ReadonlySet<string>;
  readonly groups: readonly Group[];
}

const mappingsOfFaces = new WeakMap<readonly Face[], Mappings>();

/** The same for every action of a key, and worked out once. */
function mappingsAmong(all: readonly Face[]): Mappings {
  const known = mappingsOfFaces.get(all);
  if (known !== undefined) return known;
  const faces = all.filter(({ shape }) => shape.kind === 'mapping');
  const found = { faces, properties: new Set(faces.flatMap(propertiesOf)), groups: groupsOf(faces) };
  mappingsOfFaces.set(all, found);
  return found;
}

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
  const found = firstThatCompiles(fitting, { ...action, value }, at, context, mistakes);
  if (found !== undefined) return found;
  const before = mistakes.length;
  for (const entry of value.entries) {
    const shapes = part.flatMap((face) => propertyOf(face, entry.key) ?? []);
    if (shapes.some((shape) => fits(shape, entry.value, context))) continue;
    const unknown = unknownNames(entry, shapes);
    mistakes.push(...unknown.map(({ name, known }) => context.wrong.unknownName(name, known)));
    if (unknown.length === 0) mistakes.push(context.wrong.value(entry, shapes, []));
  }
  if (mistakes.length === before) mistakes.push(context.wrong.properties(action, value, part));
  return [];
}

/** Names in a property's own mapping that none of its shapes has. */
function unknownNames(
  { value }: YamlEntry,
  shapes: readonly Shape[],
): readonly { readonly name: YamlEntry; readonly known: readonly string[] }[] {
  const known = shapes.flatMap((shape) => (shape.kind === 'mapping' ? [...shape.properties.keys()] : []));
  if (value.kind !== 'mapping' || known.length === 0) return [];
  return value.entries.flatMap((name) => (known.includes(name.key) ? [] : [{ name, known }]));
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
