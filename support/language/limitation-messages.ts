import { type LimitationObservation, OBSERVATION_MEDIA_TYPE, observedText } from '../model/limitation-observation.js';
import { NOT_APPLICABLE_MEDIA_TYPE } from '../model/not-applicable.js';
import type { Envelope } from './plan.js';

/**
 * Cucumber's word for a step that fell short as a known limitation says, and for one whose environment cannot do what it asks for, is "skipped", which has no reason. It gets one here,
 * before any formatter sees it: JUnit keeps it below `<skipped>`, HTML shows it below the step. The steps that follow get it
 * too; JUnit's formatter takes the reason of one of them.
 */
export function reasonsForSkipping(): (envelope: Envelope) => void {
  const reasons = new Map<string, string>();
  return ({ attachment, testStepFinished, testCaseFinished }) => {
    if (attachment?.mediaType === OBSERVATION_MEDIA_TYPE) {
      const reason = reasonOf(JSON.parse(attachment.body));
      if (reason !== undefined) reasons.set(attachment.testCaseStartedId ?? '', reason);
    }
    if (attachment?.mediaType === NOT_APPLICABLE_MEDIA_TYPE) {
      reasons.set(attachment.testCaseStartedId ?? '', `not applicable: ${attachment.body}`);
    }
    if (reasons.size === 0) return;
    if (testStepFinished?.testStepResult.status === 'SKIPPED') {
      const reason = reasons.get(testStepFinished.testCaseStartedId);
      if (reason !== undefined) Object.assign(testStepFinished.testStepResult, { message: reason });
    }
    if (testCaseFinished !== undefined) reasons.delete(testCaseFinished.testCaseStartedId);
  };
}

function reasonOf(observations: readonly LimitationObservation[]): string | undefined {
  const known = observations.filter(({ outcome }) => outcome === 'known');
  const [first] = known;
  if (first === undefined) return undefined;
  const titles = known.map(({ limitation, title }) => `${limitation}: ${title}`);
  return `known limitation ${titles.join('; ')}\nobserved: ${first.observed.map(observedText).join(', ')}`;
}
