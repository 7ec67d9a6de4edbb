import type { CompiledStep } from './action.js';
import type { YamlPlace } from './node.js';

/** A feature as Gherkin has it, compiled from YAML: every part knows where it stands in its YAML file. */
export interface CompiledFeature extends Titled {
  /** Gherkin dialect; undefined: the file does not say. */
  readonly language?: string;
  readonly tags: readonly CompiledTag[];
  readonly background?: CompiledBackground;
  readonly scenarios: readonly CompiledScenario[];
  readonly rules: readonly CompiledRule[];
}

/** What has a keyword line in Gherkin. */
export interface Titled {
  /** One line without blanks around it; may be empty where Gherkin allows it. */
  readonly name: string;
  /** Lines separated by `\n`, none of them blank at the beginning or the end; empty: there is none. */
  readonly description: string;
  readonly at: YamlPlace;
}

export interface CompiledTag {
  /** With `@`. */
  readonly name: string;
  readonly at: YamlPlace;
}

export interface CompiledRule extends Titled {
  readonly tags: readonly CompiledTag[];
  readonly background?: CompiledBackground;
  readonly scenarios: readonly CompiledScenario[];
}

export interface CompiledBackground extends Titled {
  readonly steps: readonly KeywordStep[];
}

export interface CompiledScenario extends Titled {
  readonly tags: readonly CompiledTag[];
  readonly steps: readonly KeywordStep[];
  /** Empty: a plain scenario, no outline. */
  readonly examples: readonly CompiledExamples[];
}

export interface KeywordStep extends CompiledStep {
  readonly keyword: 'Given' | 'When' | 'Then' | 'And' | '*';
}

/** One table of examples: a block of rows, or all cells of a matrix. */
export interface CompiledExamples extends Titled {
  readonly tags: readonly CompiledTag[];
  readonly columns: readonly string[];
  readonly rows: readonly CompiledRow[];
}

export interface CompiledRow {
  /** As many as there are columns. */
  readonly cells: readonly string[];
  readonly at: YamlPlace;
}
