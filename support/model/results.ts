import type { EnvironmentKind, EnvironmentSettings } from './environment-settings.js';
import type { ExitCode } from './errors.js';
import { DECIDED_STATES, type GateReport } from './gate.js';
import type { Limitation } from './limitation.js';
import type { LimitationObservation } from './limitation-observation.js';
import type { Coordinates, ScenarioRecord } from './scenario-record.js';

/**
 * What `results.json` holds: everything that reports, gates, comparisons and merges are made of. The schema is
 * `schemas/results.schema.json`. All text from outside that is quoted here may hold anything: who shows it escapes it.
 */
export const RESULTS_FORMAT = 1;
export const RESULTS_SCHEMA_ID = 'urn:mirrorspec:results';

/** First line of features that mirrorspec writes. Their scenarios are the same ones wherever the file lies. */
export const GENERATED_FEATURE = '# Written by `mirrorspec matrix`.';

/** What can have become of a scenario, or of a cell of the matrix. */
export const SCENARIO_STATES = [...DECIDED_STATES, 'not-tested'] as const;
export type ScenarioState = (typeof SCENARIO_STATES)[number];

/** `broken`: the environment, the input or mirrorspec itself failed, so that nothing was decided. */
export const RUN_VERDICTS = ['passed', 'failed', 'interrupted', 'broken'] as const;
export type RunVerdict = (typeof RUN_VERDICTS)[number];

export interface Results {
  readonly $schema: typeof RESULTS_SCHEMA_ID;
  readonly format: typeof RESULTS_FORMAT;
  /** One, or several where results were merged. */
  readonly runs: readonly Run[];
  readonly counts: Readonly<Record<ScenarioState, number>>;
  readonly features: readonly FeatureText[];
  /** Those that scenarios are tagged with, and whatever else the project declares. */
  readonly limitations: readonly Limitation[];
  /** In the order of their features. */
  readonly scenarios: readonly ScenarioResult[];
}

/** One start of the tool, and where it ran. */
export interface Run {
  /** Unique among runs that may be merged. */
  readonly id: string;
  readonly tool: { readonly name: 'mirrorspec'; readonly version: string };
  /** As it can be typed again. */
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly verdict: RunVerdict;
  readonly exitCode: ExitCode;
  /** Of the features' repository. */
  readonly commit?: { readonly sha: string; readonly branch?: string; readonly modified?: boolean };
  readonly ci?: { readonly name: string; readonly url?: string };
  readonly selection: {
    readonly paths: readonly string[];
    readonly tags?: string;
    readonly names: readonly string[];
    /** `i/n` */
    readonly shard?: string;
    /** Scenarios of the features that were read but not chosen. */
    readonly notSelected: number;
  };
  readonly environment: RunEnvironment;
  /** Failures of hooks that belong to the run and to no scenario. */
  readonly failures: readonly StepError[];
  /** What the gate that the run was started with came to. Exit code and verdict include it. */
  readonly gate?: GateReport;
}

export interface RunEnvironment {
  readonly name: string;
  readonly kind: EnvironmentKind;
  /** One sentence: what its verdicts are about. */
  readonly meaning: string;
  /** What was the real thing, and what stood for it. One phrase each. */
  readonly real: readonly string[];
  readonly standIns: readonly string[];
  /** `kernel` → `6.18.44` */
  readonly versions: Readonly<Record<string, string>>;
  /** What the scenarios' situations were made of: every value that was seen. */
  readonly facts: Readonly<Record<string, readonly string[]>>;
  readonly settings?: EnvironmentSettings;
}

/** Of one scenario in one run. */
export interface ScenarioResult {
  /**
   * The same in every run: it follows from file, names and example values. Where results were merged of several environments that
   * have it, `--` and the environment follow. Fit for file names and anchors.
   */
  readonly id: string;
  /** {@link Run.id} */
  readonly run: string;
  /** Relative to the project, with slashes. */
  readonly uri: string;
  readonly line: number;
  /** Which {@link ScenarioText} of the feature it belongs to. */
  readonly declaration: number;
  readonly feature: string;
  readonly rule?: string;
  readonly name: string;
  /** Of a row of an outline or a cell of a matrix: the name as written, and its values. */
  readonly outline?: string;
  readonly example?: Readonly<Record<string, string>>;
  readonly language: 'gherkin' | 'yaml';
  readonly tags: readonly string[];
  readonly state: ScenarioState;
  /** Why it is not applicable, or was not tested. */
  readonly reason?: string;
  /** Places in the matrix. Empty where it builds no situation, or did not run. */
  readonly cells: readonly Coordinates[];
  /** The last one is the one that the rest describes. Empty: it did not run. */
  readonly attempts: readonly Attempt[];
  readonly durationMs: number;
  readonly verdict?: NonNullable<ScenarioRecord['verdict']>;
  readonly explanation?: NonNullable<ScenarioRecord['explanation']>;
  readonly limitations: readonly LimitationObservation[];
  readonly steps: readonly StepResult[];
  /** What crossed the wire, and what the situation was made of. Absent where none was built. */
  readonly situation?: Omit<
    ScenarioRecord,
    'cells' | 'verdict' | 'explanation' | 'settings' | 'limitations' | 'evidence'
  >;
  readonly evidence?: NonNullable<ScenarioRecord['evidence']>;
  /** The command that runs exactly this scenario again. */
  readonly reproduce: string;
}

export interface Attempt {
  /** From 1. */
  readonly number: number;
  readonly status: StepStatus | 'known';
  readonly startedAt: string;
  readonly durationMs: number;
  readonly errors: readonly StepError[];
  /** The folder with its evidence, relative to the reports. */
  readonly evidence?: string;
}

export const STEP_STATUSES = ['failed', 'ambiguous', 'undefined', 'pending', 'skipped', 'passed'] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

export interface StepError {
  /** The step with its keyword, or the hook's name. */
  readonly step: string;
  /** `file:line` of the feature. Absent for hooks. */
  readonly location?: string;
  /** `file:line` of the code. */
  readonly code?: string;
  /** Name of the error's class, for example `ExpectationError`. */
  readonly type: string;
  readonly message: string;
  /** Where it was thrown, outermost call last. */
  readonly stack: readonly string[];
}

export interface StepResult {
  /** `Given `, as written; absent for hooks. */
  readonly keyword?: string;
  /** The step's text, or the hook's name. */
  readonly text: string;
  readonly line?: number;
  readonly docString?: string;
  readonly table?: readonly (readonly string[])[];
  readonly status: StepStatus;
  readonly durationMs: number;
  readonly error?: Pick<StepError, 'type' | 'message' | 'code' | 'stack'>;
  /** Why it was skipped, where that is known. */
  readonly reason?: string;
  /** What it logged. */
  readonly log?: readonly string[];
}

/** A feature in the words of its authors. */
export interface FeatureText {
  readonly uri: string;
  readonly language: 'gherkin' | 'yaml';
  /** Of its keywords: `en`. */
  readonly dialect: string;
  readonly keyword: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly line: number;
  /** The file as it is. Absent where it is very long. */
  readonly source?: string;
  readonly children: readonly FeatureChild[];
}

export type FeatureChild = BackgroundText | ScenarioText | RuleText;

export interface RuleText {
  readonly kind: 'rule';
  readonly keyword: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly line: number;
  readonly children: readonly (BackgroundText | ScenarioText)[];
}

export interface BackgroundText {
  readonly kind: 'background';
  readonly keyword: string;
  readonly name: string;
  readonly description: string;
  readonly line: number;
  readonly steps: readonly StepText[];
}

/** A scenario or an outline, as written. */
export interface ScenarioText {
  readonly kind: 'scenario';
  /** 0, 1, 2, … within its feature. */
  readonly declaration: number;
  readonly keyword: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly line: number;
  readonly steps: readonly StepText[];
  readonly examples: readonly {
    readonly name: string;
    readonly description: string;
    readonly tags: readonly string[];
    readonly header: readonly string[];
  }[];
}

export interface StepText {
  readonly keyword: string;
  readonly text: string;
  readonly docString?: string;
  readonly table?: readonly (readonly string[])[];
}
