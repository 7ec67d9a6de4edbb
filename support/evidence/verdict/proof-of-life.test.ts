import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ExpectationError } from '../../model/errors.js';
import type { ProofOfLife, SessionReport } from '../../model/session.js';
import { NoProofOfLifeError, requireProofOfLife } from './proof-of-life.js';
import { evidenceOf, liveSession } from './testing/scripted-evidence.js';

const ALIVE: ProofOfLife = { captureSawProbe: true, relayAnswered: true, localProcessListens: true };

function missing(session: SessionReport | 'none'): readonly string[] {
  try {
    requireProofOfLife(evidenceOf({ caller: [], session }));
    return [];
  } catch (error) {
    assert.ok(error instanceof NoProofOfLifeError);
    assert.ok(error instanceof ExpectationError);
    return error.missing;
  }
}

describe('requireProofOfLife', () => {
  it('is content with a session that was proven alive', () => assert.deepEqual(missing(liveSession()), []));

  it('is not content without a session', () =>
    assert.deepEqual(missing('none'), ['there is no report of a mirror session']));

  it('is not content with a session that was never probed', () => {
    const { proofOfLife: _, ...unproven } = liveSession();
    assert.deepEqual(missing(unproven), ['the session was never probed after it was subscribed']);
  });

  for (const [fact, sentence] of [
    ['captureSawProbe', "the agent's capture did not see the marked frame that was put on lo"],
    ['relayAnswered', "the local process did not answer a ping through the agent's session"],
    ['localProcessListens', 'the local process does not accept connections on its port'],
  ] as const) {
    it(`names the fact that is false: ${fact}`, () => {
      assert.deepEqual(missing(liveSession({ proofOfLife: { ...ALIVE, [fact]: false } })), [sentence]);
    });
  }

  it('says all of it in one message', () => {
    const proofOfLife = { captureSawProbe: false, relayAnswered: false, localProcessListens: true };
    assert.throws(() => requireProofOfLife(evidenceOf({ caller: [], session: liveSession({ proofOfLife }) })), {
      message: [
        'nothing arrived, but that proves nothing: the mirror session was not proven alive.',
        "  · the agent's capture did not see the marked frame that was put on lo",
        "  · the local process did not answer a ping through the agent's session",
        'A call counts as not mirrored only if the session would have mirrored it.',
      ].join('\n'),
    });
  });
});
