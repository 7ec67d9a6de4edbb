import type { StepAttachment } from '../step.js';
import type { Slot, YamlTemplate } from './face.js';

/** What a value looks like: a template that was read. */
export type Shape =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'parameter'; readonly slot: Slot }
  /** Bytes, for a parameter that takes pairs of hexadecimal digits. */
  | { readonly kind: 'binary'; readonly slot: Slot }
  | { readonly kind: 'table' }
  | { readonly kind: 'text' }
  /** Any value, as JSON in a doc string; a `collection` is a mapping or a list. */
  | { readonly kind: 'json' }
  | { readonly kind: 'collection' }
  | { readonly kind: 'several'; readonly of: Shape }
  | { readonly kind: 'mapping'; readonly properties: ReadonlyMap<string, Shape> };

const NUMERIC_TYPES = ['int', 'float', 'double', 'byte', 'short', 'long', 'biginteger', 'bigdecimal'];
const INTEGER_TYPES = ['int', 'byte', 'short', 'long', 'biginteger'];

/** Whether values of a parameter type are written as numbers. */
export function isNumeric({ type }: Pick<Slot, 'type'>): boolean {
  return NUMERIC_TYPES.includes(type);
}

export function isInteger({ type }: Slot): boolean {
  return INTEGER_TYPES.includes(type);
}

/** Reads a template. `wrong` makes the error of what a mistaken one says. */
export function parseTemplate(
  template: YamlTemplate,
  slots: readonly Slot[],
  attachment: StepAttachment | undefined,
  wrong: (problem: string) => Error,
): Shape {
  const shape = read(template);
  const attached = leavesOf(shape).filter(({ kind }) => ATTACHED.has(kind)).length;
  const lists = allOf(shape).filter(({ kind }) => kind === 'several').length;
  if (attached > 1) throw wrong('what stands below the step is in the value more than once');
  if (lists > 1) throw wrong('only one list can mean a step for each of its elements');
  if (attached === 0 && attachment !== undefined && attachment.required !== false) {
    throw wrong(
      `the value does not say where the ${attachment.kind} below the step stands: add '{${attachment.kind}}'`,
    );
  }
  return shape;

  function read(value: YamlTemplate): Shape {
    if (typeof value === 'string') return readText(value);
    if (typeof value !== 'object' || value === null) return { kind: 'literal', value };
    if (Array.isArray(value)) {
      const [only, another] = value as readonly YamlTemplate[];
      if (only === undefined || another !== undefined) throw wrong('a list in the value must have one element');
      return { kind: 'several', of: read(only) };
    }
    const properties = new Map<string, Shape>();
    for (const [name, property] of Object.entries(value)) properties.set(name, read(property));
    if (properties.size === 0) throw wrong('a mapping in the value must have properties');
    return { kind: 'mapping', properties };
  }

  function readText(text: string): Shape {
    const [, binary, name] = /^(!!binary )?\{([^{}]*)\}$/.exec(text) ?? [];
    if (name === undefined) return { kind: 'literal', value: text };
    const slot = slots.find((candidate) => candidate.name === name);
    if (slot !== undefined) return { kind: binary === undefined ? 'parameter' : 'binary', slot };
    if (attachment?.kind === 'table' && name === 'table') return { kind: 'table' };
    if (attachment?.kind === 'text' && (name === 'text' || name === 'json' || name === 'collection'))
      return { kind: name };
    const names = [...slots.map((other) => other.name), ...attachedNames(attachment)].map((known) => `{${known}}`);
    throw wrong(
      `there is no {${name}}; ${names.length === 0 ? 'the step takes nothing' : `there is ${names.join(', ')}`}`,
    );
  }
}

const ATTACHED: ReadonlySet<Shape['kind']> = new Set(['table', 'text', 'json', 'collection'] as const);

function attachedNames(attachment: StepAttachment | undefined): readonly string[] {
  if (attachment === undefined) return [];
  return attachment.kind === 'table' ? ['table'] : ['text', 'json', 'collection'];
}

/** The slots that a shape mentions, in its order. */
export function slotsIn(shape: Shape): readonly Slot[] {
  return leavesOf(shape).flatMap((leaf) => (leaf.kind === 'parameter' || leaf.kind === 'binary' ? [leaf.slot] : []));
}

export function leavesOf(shape: Shape): readonly Shape[] {
  return allOf(shape).filter(({ kind }) => kind !== 'several' && kind !== 'mapping');
}

function allOf(shape: Shape): readonly Shape[] {
  if (shape.kind === 'several') return [shape, ...allOf(shape.of)];
  if (shape.kind === 'mapping') return [shape, ...[...shape.properties.values()].flatMap(allOf)];
  return [shape];
}
