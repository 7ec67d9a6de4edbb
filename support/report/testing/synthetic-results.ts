import type { LimitationObservation } from '../../model/limitation-observation.js';
import {
  type Attempt,
  RESULTS_FORMAT,
  RESULTS_SCHEMA_ID,
  type Results,
  type Run,
  type ScenarioResult,
  type ScenarioState,
} from '../../model/results.js';
import type { Coordinates } from '../../model/scenario-record.js';
import { countStates } from '../results/write-results.js';

export interface SyntheticScenario extends Partial<Omit<ScenarioResult, 'cells' | 'attempts'>> {
  readonly name: string;
  readonly cells?: readonly Partial<Coordinates>[];
  /** Ids of limitations that showed. */
  readonly known?: readonly string[];
  /** Of the failure. */
  readonly error?: string;
  readonly attempts?: readonly Attempt[];
}

/** What of a run is of interest. */
export type RunChanges = Partial<Omit<Run, 'environment'>> & { readonly environment?: Partial<Run['environment']> };

/** Results of a run of `features/a.feature`, of which only what is given is of interest. */
export function resultsWith(scenarios: readonly SyntheticScenario[], run: RunChanges = {}): Results {
  const runs = [runWith(run)];
  const all = scenarios.map((scenario, index) => scenarioWith(scenario, runs[0]?.id ?? '', index));
  return {
    $schema: RESULTS_SCHEMA_ID,
    format: RESULTS_FORMAT,
    runs,
    counts: countStates(all),
    features: [
      {
        uri: 'features/a.feature',
        language: 'gherkin',
        dialect: 'en',
        keyword: 'Feature',
        name: 'a feature',
        description: '',
        tags: [],
        line: 1,
        children: [],
      },
    ],
    limitations: [],
    scenarios: all,
  };
}

/** A meshed caller's unary HTTP/2 call on an Istio mesh, where packet capture listens on `lo`. */
export const ISTIO_CELL: Coordinates = {
  environment: 'embedded',
  mesh: 'istio',
  mtls: 'STRICT',
  caller: 'meshed',
  workload: 'echo',
  profile: 'sniffer',
  mirrord: '3.180.0',
  requestedInterface: 'lo',
  listenInterface: 'lo',
  protocol: 'HTTP/2',
  interaction: 'unary',
};

export function attemptWith(status: Attempt['status'], changes: Partial<Attempt> = {}): Attempt {
  return {
    number: 1,
    status,
    startedAt: '2026-11-22T10:00:01.000Z',
    durationMs: 1000,
    errors: status === 'failed' ? [errorWith('nothing arrived')] : [],
    ...changes,
  };
}

export function errorWith(message: string): Attempt['errors'][number] {
  return {
    step: 'Then it is mirrored',
    location: 'features/a.feature:5',
    code: 'steps/verdicts.ts:10',
    type: 'ExpectationError',
    message,
    stack: ['at x (steps/verdicts.ts:10:1)'],
  };
}

/** A run in which nothing failed, of which only what is given is of interest. */
export function runWith({ environment = {}, ...run }: RunChanges): Run {
  return {
    id: 'run-1',
    tool: { name: 'mirrorspec', version: '0.1.0' },
    command: 'npx mirrorspec run',
    startedAt: '2026-11-22T10:00:00.000Z',
    finishedAt: '2026-11-22T10:01:00.000Z',
    durationMs: 60_000,
    verdict: 'passed',
    exitCode: 0,
    commit: { sha: 'c0ffee0000000000000000000000000000000001', branch: 'main', modified: false },
    selection: { paths: ['features'], names: [], notSelected: 0 },
    failures: [],
    ...run,
    environment: {
      name: 'embedded',
      kind: 'embedded',
      meaning: 'These are verdicts on the reference agent.',
      real: ['the kernel'],
      standIns: ['the mesh'],
      versions: { 'Linux kernel': '6.18.0' },
      facts: {},
      ...environment,
    },
  };
}

const STATUS: Readonly<Record<ScenarioState, Attempt['status']>> = {
  pass: 'passed',
  fail: 'failed',
  fixed: 'failed',
  flaky: 'passed',
  'known-limitation': 'known',
  'not-applicable': 'skipped',
  'not-tested': 'skipped',
};

function scenarioWith(
  { known = [], error, ...scenario }: SyntheticScenario,
  run: string,
  index: number,
): ScenarioResult {
  const state = scenario.state ?? (known.length > 0 ? 'known-limitation' : 'pass');
  const { name, cells = [], durationMs = 1000 } = scenario;
  const last = attemptWith(STATUS[state], {
    durationMs,
    errors: state === 'fail' || state === 'fixed' ? [errorWith(error ?? 'nothing arrived')] : [],
  });
  return {
    id: name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    run,
    uri: 'features/a.feature',
    line: 3 + 10 * index,
    declaration: index,
    feature: 'a feature',
    language: 'gherkin',
    tags: [],
    limitations: known.map(observationOf),
    steps: [],
    reproduce: `npx mirrorspec run features/a.feature:${3 + 10 * index}`,
    ...scenario,
    state,
    durationMs,
    cells: cells.map((cell) => ({ ...ISTIO_CELL, ...cell })),
    attempts:
      scenario.attempts ??
      (state === 'not-tested' ? [] : state === 'flaky' ? [attemptWith('failed'), { ...last, number: 2 }] : [last]),
  };
}

function observationOf(id: string): LimitationObservation {
  return {
    limitation: id,
    title: `what ${id} is`,
    outcome: 'known',
    observed: [{ verdict: 'not-mirrored', cause: 'encrypted-interface' }],
    mesh: 'istio',
  };
}
