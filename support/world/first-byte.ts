import { lateAnswer } from '../evidence/verdict/late-answer.js';
import type { CallOutcome } from '../model/call.js';
import { formatDuration } from '../model/duration.js';
import { ExpectationError, UserError } from '../model/errors.js';
import type { MirrorspecWorld } from './world.js';

/** The caller had the first byte of each of the last calls' answers no later than this, counted from when it connected. */
export async function expectFirstByteWithin(world: MirrorspecWorld, limitMs: number): Promise<void> {
  const late = world.lastBatch.outcomes.filter(
    (outcome) => (firstByteOf(outcome) ?? Number.POSITIVE_INFINITY) > limitMs,
  );
  if (late.length === 0) return;
  const evidence = await world.evidence();
  const verdicts = late.map((outcome) => lateAnswer(evidence, outcome, limitMs));
  const [first] = verdicts;
  const why = first?.explanation;
  throw new ExpectationError(
    [
      `the caller was expected to get the first byte within ${formatDuration(limitMs)}, but ${wordsOf(late[0])}`,
      ...(why === undefined ? [] : [`why: ${why.cause} — ${why.summary}`, ...why.proof.map((fact) => `  · ${fact}`)]),
    ].join('\n'),
    { verdicts },
  );
}

/** The caller had to wait so long for the first byte in each of the last calls. */
export function expectFirstByteAfter(world: MirrorspecWorld, leastMs: number): void {
  for (const outcome of world.lastBatch.outcomes) {
    const waited = firstByteOf(outcome);
    if (waited === undefined || waited < leastMs) {
      throw new ExpectationError(
        `the caller was expected to wait at least ${formatDuration(leastMs)} for the first byte, but ${wordsOf(outcome)}`,
      );
    }
  }
}

function firstByteOf({ tcp }: CallOutcome): number | undefined {
  if (tcp === undefined) throw new UserError('only calls over TCP tell when their first byte came');
  return tcp.firstByteMs;
}

function wordsOf(outcome: CallOutcome | undefined): string {
  const waited = outcome?.tcp?.firstByteMs;
  return waited === undefined ? 'none came' : `it came after ${Math.round(waited)} ms`;
}
