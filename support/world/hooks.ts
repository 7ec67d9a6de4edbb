import {
  After,
  Before,
  BeforeAll,
  type ITestCaseHookParameter,
  Status,
  setDefaultTimeout,
  setWorldConstructor,
} from '@cucumber/cucumber';
import { redaction } from '../evidence/redact.js';
import { interruption } from '../language/interruption.js';
import { judgeFailuresOfSteps } from '../language/step.js';
import { DEFAULT_SETTINGS } from '../model/environment-settings.js';
import { NotApplicableError } from '../model/errors.js';
import { NOT_APPLICABLE_MEDIA_TYPE } from '../model/not-applicable.js';
import { PROTOCOLS } from '../model/protocol.js';
import { STEP_TIMEOUT_VARIABLE } from '../model/run-parameters.js';
import { EvidenceFolder } from './evidence-folder.js';
import { ScenarioLimitations } from './limitations.js';
import { settleEnvironment } from './settle-environment.js';
import { MirrorspecWorld } from './world.js';

/** Keeping evidence and ending a lab are no step, however short a step may be. Milliseconds. */
const HOOK_TIMEOUT_MS = 120_000;

// Cucumber cannot abort a step; every wait has a deadline of its own that is shorter than this.
setDefaultTimeout(Number(process.env[STEP_TIMEOUT_VARIABLE]) || DEFAULT_SETTINGS.timeouts.stepMs);
setWorldConstructor(MirrorspecWorld);
judgeFailuresOfSteps(async (world, found) => {
  const error = (world instanceof MirrorspecWorld ? world.broken : undefined) ?? found;
  if (error instanceof Error) redactError(error);
  if (world instanceof MirrorspecWorld && error instanceof NotApplicableError) {
    world.attach(error.message, { mediaType: NOT_APPLICABLE_MEDIA_TYPE });
    return 'skipped';
  }
  if (!(world instanceof MirrorspecWorld) || world.limitations === undefined) throw error;
  return world.limitations.judge(world, error).catch((fault: unknown) => {
    throw world.broken ?? fault;
  });
});

BeforeAll({ name: 'settle the environment' }, async function () {
  await settleEnvironment(this.parameters);
});

Before({ name: 'prepare the evidence folder' }, function (this: MirrorspecWorld, scenario: ITestCaseHookParameter) {
  this.scenarioText = scenario.pickle.steps.map(({ text }) => text).join('\n');
  this.namedProtocols = PROTOCOLS.filter((protocol) => this.scenarioText.includes(protocol));
  if (this.namedProtocols.length > 0) this.protocols = this.namedProtocols;
  this.limitations = ScenarioLimitations.of(scenario.pickle.tags, this.run.limitations);
  this.evidenceFolder = new EvidenceFolder(this.run.evidenceDir, {
    uri: scenario.pickle.uri,
    line: lineOf(scenario),
    name: scenario.pickle.name,
    attempt: attemptOf(scenario),
    steps: scenario.pickle.steps.map(({ text, argument }) => [text, argument]),
  });
});

After(
  { name: 'keep the evidence and end the lab', timeout: HOOK_TIMEOUT_MS },
  async function (this: MirrorspecWorld, scenario: ITestCaseHookParameter) {
    // Who interrupts a run wants nothing left of it.
    const failed = scenario.result?.status === Status.FAILED && !interruption.aborted;
    try {
      if (this.wasAskedToBuild) await (await import('./keep-evidence.js')).keepEvidence(this);
    } finally {
      const kept = await this.dispose(failed && this.run.keep);
      if (kept !== undefined) {
        this.log(kept);
        process.stderr.write(`${kept}\n`);
      }
    }
  },
);

// Hooks run in reverse order: before the lab is ended, which a scenario that fails here may keep.
After({ name: 'known limitations' }, async function (this: MirrorspecWorld, { result }: ITestCaseHookParameter) {
  if (this.limitations === undefined || interruption.aborted) return;
  const passed = result?.status === Status.PASSED;
  await this.limitations.conclude(this, passed ? 'passed' : result?.status === Status.SKIPPED ? 'skipped' : 'failed');
});

/** What failed may be quoted in the reason. */
function redactError(error: Error): void {
  const { message, stack } = error;
  error.message = redaction().text(message);
  if (stack !== undefined) error.stack = redaction().text(stack);
}

/** A scenario of an outline is told apart by the line of its row. */
function lineOf({ pickle }: ITestCaseHookParameter): number {
  return pickle.location?.line ?? 0;
}

/** Cucumber counts attempts in the id of the started test case only; the hook is told whether the attempt will be repeated. */
const attempts = new Map<string, number>();
function attemptOf({ pickle }: ITestCaseHookParameter): number {
  const attempt = attempts.get(pickle.id) ?? 0;
  attempts.set(pickle.id, attempt + 1);
  return attempt;
}
