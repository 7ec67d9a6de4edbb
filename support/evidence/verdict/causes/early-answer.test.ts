import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogLine } from '../../../model/session.js';
import { explain } from '../explain.js';
import { expectExplanation } from '../testing/explained.js';
import { changed, evidenceOf, httpCall, liveSession } from '../testing/scripted-evidence.js';

const stream = httpCall('c1', { path: '/orders', messages: ['one', 'two'] });
const answered = (what: string, at = 2_050): LogLine => ({
  at,
  level: 'warn',
  text: `the local process answered ${what} before it was complete: the rest is dropped`,
});

/** A copy that ends after its first message. */
function cut(logs: readonly LogLine[], session = liveSession({ profile: 'redirect', version: '3.250.0' })) {
  return evidenceOf({ caller: [stream], localProcess: [changed(stream, { messages: ['one'] })], session, logs });
}

describe('local-process-answered-early', () => {
  it('is proven by the log of what replays the request', () => {
    const line = answered('POST /orders');
    expectExplanation(cut([line]), {
      cause: 'local-process-answered-early',
      summary:
        'the local process answered before the request was complete; its copy ends with that answer, and the rest was dropped.',
      proof: [`mirror session's log: "${line.text}"`],
    });
  });

  it('is not claimed for another request, an earlier one, or captured packets', () => {
    for (const evidence of [
      cut([answered('POST /')]),
      cut([answered('POST /orders', 1_900)]),
      cut([answered('POST /orders')], liveSession()),
    ]) {
      assert.equal(explain(evidence, 'c1')?.cause, 'unknown');
    }
  });
});
