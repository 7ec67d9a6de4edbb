import {
  After,
  Before,
  type ITestCaseHookParameter,
  Status,
  setDefaultTimeout,
  setWorldConstructor,
} from '@cucumber/cucumber';
import { interruption } from '../language/interruption.js';
import { PROTOCOLS } from '../model/protocol.js';
import { EvidenceFolder } from './evidence-folder.js';
import { keepEvidence } from './keep-evidence.js';
import { MirrorspecWorld } from './world.js';

/** Cucumber cannot abort a step; every wait has a deadline of its own that is shorter than this. Milliseconds. */
const STEP_TIMEOUT_MS = 120_000;

setDefaultTimeout(STEP_TIMEOUT_MS);
setWorldConstructor(MirrorspecWorld);

Before({ name: 'prepare the evidence folder' }, function (this: MirrorspecWorld, scenario: ITestCaseHookParameter) {
  const named = PROTOCOLS.filter((protocol) => scenario.pickle.steps.some(({ text }) => text.includes(protocol)));
  if (named.length > 0) this.protocols = named;
  this.evidenceFolder = new EvidenceFolder(this.run.evidenceDir, {
    uri: scenario.pickle.uri,
    line: lineOf(scenario),
    name: scenario.pickle.name,
    attempt: attemptOf(scenario),
    steps: scenario.pickle.steps.map(({ text, argument }) => [text, argument]),
  });
});

After(
  { name: 'keep the evidence and end the lab' },
  async function (this: MirrorspecWorld, scenario: ITestCaseHookParameter) {
    // Who interrupts a run wants nothing left of it.
    const failed = scenario.result?.status === Status.FAILED && !interruption.aborted;
    try {
      await keepEvidence(this);
    } finally {
      const kept = await this.dispose(failed && this.run.keep);
      if (kept !== undefined) {
        this.log(kept);
        process.stderr.write(`${kept}\n`);
      }
    }
  },
);

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
