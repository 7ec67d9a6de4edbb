import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogLine } from '../../../model/session.js';
import { explain } from '../explain.js';
import { expectExplanation } from '../testing/explained.js';
import { changed, evidenceOf, httpCall, liveSession } from '../testing/scripted-evidence.js';

const socket = httpCall('c1', {
  protocol: 'WebSocket',
  method: 'GET',
  messages: ['one', 'two'],
  trailers: [['close-code', '1000']],
  answer: { status: 101, headers: [], messages: ['one', 'two'], trailers: [['close-code', '1000']], complete: true },
});
const TEXT = 'data behind the upgrade of / is dropped: the local process has not agreed to change the protocol yet';
const dropped = (at: number, text = TEXT): LogLine => ({ at, level: 'warn', text });
const REDIRECT = { profile: 'redirect', version: '3.250.0' } as const;

/** A copy without its first message. */
function late(logs: readonly LogLine[], session = liveSession(REDIRECT)) {
  return evidenceOf({ caller: [socket], localProcess: [changed(socket, { messages: ['two'] })], session, logs });
}

describe('upgrade-not-agreed', () => {
  it('is proven by the log of what brings the copy to the local process', () => {
    expectExplanation(late([dropped(2_050)]), {
      cause: 'upgrade-not-agreed',
      summary:
        'the workload agreed to the WebSocket, and the local process had not, or not yet; what the caller said meanwhile was dropped.',
      proof: [`mirror session's log: "${TEXT}"`],
    });
  });

  it('is proven by a local process that never agrees', () => {
    const text = 'the local process does not agree to change the protocol of /: data behind the upgrade is dropped';
    assert.equal(explain(late([dropped(2_050, text)]), 'c1')?.cause, 'upgrade-not-agreed');
  });

  it('is not claimed for a line from before the call, nor of captured packets, nor without a line', () => {
    assert.equal(explain(late([dropped(1_900)]), 'c1')?.cause, 'unknown');
    assert.equal(explain(late([dropped(2_050)], liveSession()), 'c1')?.cause, 'unknown');
    assert.equal(explain(late([]), 'c1')?.cause, 'unknown');
  });
});
