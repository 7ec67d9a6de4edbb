import type { Diagnostic } from '../diagnostic.js';
import type { StepKeyword } from '../step.js';
import type { YamlNode, YamlPlace } from './node.js';

/** A step as Gherkin has it, whether it was written in Gherkin or compiled from a YAML action. */
export interface StepText {
  readonly text: string;
  readonly argument?: StepArgument;
}

export type StepArgument =
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'text'; readonly content: string; readonly mediaType?: string };

/** A step compiled from a YAML action. */
export interface CompiledStep extends StepText {
  /** The action's key: what a report and a mistake point at. */
  readonly at: YamlPlace;
}

/** What is known where an action is compiled. */
export interface ActionContext {
  /** The list in which the action stands: `given`, `when` or `then`. `*` where Gherkin's `*` is meant. */
  readonly section: StepKeyword | '*';
  /** Columns of the scenario's examples and matrix: what `<name>` may refer to. Empty where there are none. */
  readonly placeholders: ReadonlySet<string>;
  /** Makes a diagnostic's place in the file at hand. */
  place(at: YamlPlace): NonNullable<Diagnostic['at']>;
}

/** One action of a list becomes one step, or several where its properties are steps of their own. */
export type ActionCompiler = (
  action: YamlNode,
  context: ActionContext,
) => { readonly steps: readonly CompiledStep[]; readonly mistakes: readonly Diagnostic[] };

/** The other direction: the single-key action that compiles to exactly this step, as JSON data. */
export interface ActionOfStep {
  readonly key: string;
  /** Bytes stand for `!!binary`. */
  readonly value: unknown;
}
