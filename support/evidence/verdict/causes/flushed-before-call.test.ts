import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Evidence } from '../../../model/verdict.js';
import { explain } from '../explain.js';
import { silent } from '../testing/explained.js';
import { liveSession, tcpCall, without } from '../testing/scripted-evidence.js';

const session = liveSession({
  profile: 'redirect',
  log: [{ at: 990, level: 'info', text: 'flush: port 7000: ss ended 1 sockets' }],
});

/** A call on a connection of this age, which was broken at 990, when the session began. */
function broken(connectedAt: number, changes: { readonly reset?: { readonly code: string } } = {}): Evidence {
  const call = without(tcpCall('c1', { connectedAt, messages: [], halfClosed: false, ...changes }), 'answer');
  const { journals, ...rest } = silent({ caller: [call], workload: [], session });
  const closed = { kind: 'connection-closed', at: 990, connection: 1, how: 'rst' } as const;
  return { ...rest, journals: { ...journals, caller: [...journals.caller, closed] } };
}
const reset = { code: 'ECONNRESET' };

describe('flushed, for a call that could not begin', () => {
  it('is proven by the age of the connection and by what the agent says of its flush', () => {
    const explanation = explain(broken(400, { reset }), 'c1');
    assert.equal(explanation?.cause, 'flushed');
    assert.match(explanation?.proof.join('\n') ?? '', /flush: port 7000: ss ended 1 sockets/);
  });

  it('is not claimed for a connection of the session, nor for a call that was not broken off', () => {
    assert.equal(explain(broken(1_500, { reset }), 'c1')?.cause, 'call-not-delivered');
    assert.notEqual(explain(broken(400), 'c1')?.cause, 'flushed');
  });
});
