import type { DeclaredStep } from '../step.js';
import { conflictOf } from './face-conflict.js';
import { parseTemplate, type Shape, slotsIn } from './face-shape.js';

/** JSON data in which some texts stand for what the tester writes; see {@link YamlFace}. */
export type YamlTemplate =
  | string
  | number
  | boolean
  | null
  | readonly [YamlTemplate]
  | { readonly [property: string]: YamlTemplate };

/**
 * How a step is written in YAML: a key and what its value looks like.
 *
 * In a template
 * - `'{name}'` is the step's parameter of that name, `'!!binary {name}'` the same given as bytes, which become pairs of
 *   hexadecimal digits,
 * - `'{table}'` is the data table: a mapping of names to a value or a list of values, or a list of rows,
 * - `'{text}'` is the doc string, `'{json}'` any value, written into the doc string as JSON, and `'{collection}'` the
 *   same for mappings and lists only,
 * - a list of one element means one value or several, one step for each,
 * - anything else must stand there literally.
 */
export interface YamlFace {
  /** In kebab-case. */
  readonly key: string;
  /** Which of the step's expressions it compiles to; default the first. */
  readonly expression?: string;
  /**
   * Default: for a step that takes nothing `true`; for one with a single parameter or attachment that one alone; else a
   * mapping with a property for each parameter.
   */
  readonly value?: YamlTemplate;
}

/**
 * Keywords of JSON Schema that narrow a parameter down. They hold in YAML and for `mirrorspec lint`; the step itself has to
 * check what it is given in Gherkin.
 */
export interface ParameterSchema {
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  /** Offered by editors; others can be written, too. */
  readonly examples?: readonly string[];
}

/** A parameter of an expression, as a template refers to it. */
export interface Slot {
  /** Its order in the expression, from 0. */
  readonly index: number;
  readonly name: string;
  /** Name of its parameter type: `int`, `string`, `protocol`, … */
  readonly type: string;
  readonly description: string;
  readonly schema?: ParameterSchema;
}

/** A face that was checked, with its step. */
export interface Face {
  readonly key: string;
  readonly step: DeclaredStep;
  readonly expression: string;
  /** By order in the expression. */
  readonly slots: readonly Slot[];
  readonly shape: Shape;
}

/** The key of the escape hatch, by which a step without a face is written. */
export const STEP_KEY = 'step';

const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const faces = new WeakMap<DeclaredStep, readonly Face[]>();

/** The faces of a step; throws an error that names the declaration where one is mistaken. */
export function facesOf(step: DeclaredStep): readonly Face[] {
  const known = faces.get(step);
  if (known !== undefined) return known;
  const checked = step.yaml.map((face) => checkFace(face, step));
  checked.forEach((face, index) => {
    refuseConflict(face, checked.slice(0, index));
  });
  faces.set(step, checked);
  return checked;
}

/** Throws where a face of `step` cannot be told apart from one that was declared before. */
export function checkFaces(step: DeclaredStep, declared: readonly DeclaredStep[]): void {
  for (const face of facesOf(step)) {
    for (const other of declared) {
      if (other !== step && other.keyword === step.keyword) refuseConflict(face, facesOf(other));
    }
  }
}

function checkFace(declared: YamlFace, step: DeclaredStep): Face {
  const { key } = declared;
  const wrong = (problem: string): Error => mistakeOf(step, key, problem);
  if (!KEBAB_CASE.test(key)) throw wrong('the key is not in kebab-case (small letters, digits, single hyphens)');
  if (key === STEP_KEY) throw wrong('this key is the one by which steps without a face are written');
  const expression = declared.expression ?? step.expressions[0] ?? '';
  if (!step.expressions.includes(expression)) {
    const known = step.expressions.map((other) => `"${other}"`).join(', ');
    throw wrong(`"${expression}" is not among the step's expressions: ${known}`);
  }
  const slots = slotsOf(expression, step);
  const shape = parseTemplate(declared.value ?? defaultTemplate(slots, step), slots, step.attachment, wrong);
  const used = slotsIn(shape);
  for (const slot of slots) {
    const times = used.filter((other) => other === slot).length;
    if (times === 0) throw wrong(`the value does not say where {${slot.name}} stands`);
    if (times > 1) throw wrong(`{${slot.name}} stands in the value more than once`);
  }
  return { key, step, expression, slots, shape };
}

function refuseConflict(face: Face, others: readonly Face[]): void {
  for (const other of others) {
    if (other.key !== face.key) continue;
    const conflict = conflictOf(face, other);
    if (conflict === undefined) continue;
    const { file, line } = other.step.site;
    throw mistakeOf(
      face.step,
      face.key,
      `its value cannot be told apart from that of "${other.expression}", declared at ${file}:${line}: ${conflict}`,
    );
  }
}

function mistakeOf({ site, keyword, title }: DeclaredStep, key: string, problem: string): Error {
  return new Error(`${site.file}:${site.line}: YAML face "${key}" of ${keyword} "${title}": ${problem}`);
}

/** The parameters of an expression; one that the declaration does not name is called as its type. */
function slotsOf(expression: string, { parameters }: DeclaredStep): readonly Slot[] {
  return parameterTypesIn(expression).map((type, index): Slot => {
    const { name = type === '' ? 'value' : type, description = '', schema } = parameters[index] ?? {};
    return { index, name, type, description, ...(schema === undefined ? {} : { schema }) };
  });
}

/** Names of the parameter types in an expression, in order; a backslash makes the next character literal. */
export function parameterTypesIn(expression: string): readonly string[] {
  const literal = expression.replace(/\\./g, '');
  return [...literal.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name ?? '');
}

function defaultTemplate(slots: readonly Slot[], { attachment }: DeclaredStep): YamlTemplate {
  const names = slots.map(({ name }) => [name, `{${name}}`] as const);
  const attached =
    attachment === undefined || attachment.required === false
      ? []
      : ([[attachment.kind, `{${attachment.kind}}`]] as const);
  const all = [...names, ...attached];
  const [first, second] = all;
  if (first === undefined) return true;
  return second === undefined ? first[1] : Object.fromEntries(all);
}
