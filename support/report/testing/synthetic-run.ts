import { DEFAULT_SETTINGS } from '../../model/environment-settings.js';
import { type LimitationObservation, OBSERVATION_MEDIA_TYPE } from '../../model/limitation-observation.js';
import type { ScenarioRecord } from '../../model/scenario-record.js';
import { RECORD_MEDIA_TYPE } from '../../model/scenario-record.js';
import type { Envelope } from '../messages.js';
import { ISTIO_CELL } from './synthetic-results.js';

/** One attempt of a scripted scenario. */
export interface ScriptedAttempt {
  readonly status: 'PASSED' | 'FAILED' | 'SKIPPED' | 'UNDEFINED';
  readonly error?: { readonly type: string; readonly message: string };
  readonly record?: ScenarioRecord;
  readonly limitations?: readonly LimitationObservation[];
}

export interface ScriptedScenario {
  readonly name: string;
  readonly example?: Readonly<Record<string, string>>;
  readonly line?: number;
  readonly tags?: readonly string[];
  /** None: it is chosen, but does not run. Absent: it is not chosen. */
  readonly attempts?: readonly ScriptedAttempt[];
  readonly steps?: readonly string[];
}

const EPOCH = 1_795_000_000;

/** The messages of a run of one feature, as cucumber-js sends them. */
export function* messagesOf(
  scenarios: Iterable<ScriptedScenario>,
  { uri = 'features/a.feature', description = '' } = {},
): Generator<Envelope> {
  const all = [...scenarios].map((scenario, index) => ({ ...scenario, index, line: scenario.line ?? 3 + 10 * index }));
  const message = (content: object): Envelope => content as Envelope;
  const at = (seconds: number) => ({ seconds: EPOCH + seconds, nanos: 0 });
  yield message({ meta: { implementation: { name: 'cucumber-js', version: '12.9.0' } } });
  yield message({ source: { uri, data: 'Feature: a\n' } });
  yield message({
    gherkinDocument: {
      uri,
      feature: {
        language: 'en',
        keyword: 'Feature',
        name: 'a feature',
        description,
        tags: [],
        location: { line: 1 },
        children: all.map(({ name, example, index, line, steps = ['it is mirrored'] }) => ({
          scenario: {
            id: `s${index}`,
            keyword: example === undefined ? 'Scenario' : 'Scenario Outline',
            name,
            description: '',
            tags: [],
            location: { line },
            steps: steps.map((text, step) => ({
              id: `s${index}.${step}`,
              keyword: 'Then ',
              text,
              location: { line: line + 1 + step },
            })),
            examples:
              example === undefined
                ? []
                : [
                    {
                      name: '',
                      description: '',
                      tags: [],
                      tableHeader: { cells: Object.keys(example).map((value) => ({ value })) },
                      tableBody: [
                        {
                          id: `r${index}`,
                          location: { line: line + 5 },
                          cells: Object.values(example).map((value) => ({ value })),
                        },
                      ],
                    },
                  ],
          },
        })),
      },
    },
  });
  for (const { name, example, tags = [], index, line, steps = ['it is mirrored'] } of all) {
    yield message({
      pickle: {
        id: `p${index}`,
        uri,
        name,
        location: { line: example === undefined ? line : line + 5 },
        astNodeIds: example === undefined ? [`s${index}`] : [`s${index}`, `r${index}`],
        steps: steps.map((text, step) => ({ id: `ps${index}.${step}`, text, astNodeIds: [`s${index}.${step}`] })),
        tags: tags.map((tag) => ({ name: tag })),
        language: 'en',
      },
    });
  }
  yield message({ testRunStarted: { timestamp: at(0) } });
  const chosen = all.filter(({ attempts }) => attempts !== undefined);
  for (const { index, steps = ['it is mirrored'] } of chosen) {
    yield message({
      testCase: {
        id: `t${index}`,
        pickleId: `p${index}`,
        testSteps: steps.map((_, step) => ({
          id: `ts${index}.${step}`,
          pickleStepId: `ps${index}.${step}`,
          stepDefinitionIds: [],
        })),
      },
    });
  }
  for (const { index, attempts = [], steps = ['it is mirrored'] } of chosen) {
    for (const [number, { status, error, record, limitations }] of attempts.entries()) {
      const testCaseStartedId = `${index}.${number}`;
      yield message({
        testCaseStarted: { id: testCaseStartedId, testCaseId: `t${index}`, attempt: number, timestamp: at(index) },
      });
      const attachment = (mediaType: string, body: unknown): Envelope =>
        message({
          attachment: { testCaseStartedId, testStepId: `ts${index}.0`, mediaType, body: JSON.stringify(body) },
        });
      if (record !== undefined) yield attachment(RECORD_MEDIA_TYPE, record);
      if (limitations !== undefined) yield attachment(OBSERVATION_MEDIA_TYPE, limitations);
      for (const step of steps.keys()) {
        const last = step === steps.length - 1;
        yield message({
          testStepFinished: {
            testCaseStartedId,
            testStepId: `ts${index}.${step}`,
            testStepResult: {
              status: last ? status : 'PASSED',
              duration: { seconds: 0, nanos: 5_000_000 },
              ...(last && error !== undefined
                ? { exception: { ...error, stackTrace: `at x (steps/x.ts:${step + 1}:1)` } }
                : {}),
            },
          },
        });
      }
      yield message({
        testCaseFinished: { testCaseStartedId, timestamp: at(index + 1), willBeRetried: number < attempts.length - 1 },
      });
    }
  }
  const success = chosen.every(({ attempts = [] }) => attempts.at(-1)?.status === 'PASSED');
  yield message({ testRunFinished: { timestamp: at(100), success } });
}

/** What a worker records of a call on an Istio mesh that was mirrored from `lo`. */
export function recordOf(changes: Partial<ScenarioRecord> = {}): ScenarioRecord {
  return {
    cells: [ISTIO_CELL],
    verdict: 'mirrored',
    calls: [],
    callsCut: 0,
    unreadable: [],
    interfaces: [],
    facts: { mesh: 'istio', 'sidecar engine': 'node' },
    sidecars: { caller: true, workload: true },
    settings: DEFAULT_SETTINGS,
    limitations: [],
    evidence: { folder: 'evidence/a', files: [{ name: 'lo.pcapng', bytes: 100 }] },
    problems: [],
    ...changes,
  };
}
