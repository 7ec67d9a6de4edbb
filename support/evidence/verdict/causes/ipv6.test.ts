import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Evidence } from '../../../model/verdict.js';
import { explain } from '../explain.js';
import { silent } from '../testing/explained.js';
import { httpCall, liveSession } from '../testing/scripted-evidence.js';

const http = httpCall('c1');
const redirect = (version: string) => liveSession({ profile: 'redirect', version });

/** The workload is connected to from this address. */
function from(remote: string, evidence: Evidence): Evidence {
  const workload = evidence.journals.workload?.map((record) =>
    record.kind === 'connection-opened' ? { ...record, remote } : record,
  );
  return { ...evidence, journals: { ...evidence.journals, ...(workload === undefined ? {} : { workload }) } };
}

describe('ipv6-not-captured', () => {
  it('is proven by the address that the workload was connected to from', () => {
    const explanation = explain(from('[::6]:40000', silent({ caller: [http] })), 'c1');
    assert.equal(explanation?.cause, 'ipv6-not-captured');
    assert.deepEqual(explanation?.proof, ["workload's journal: it was connected to from [::6]:40000"]);
  });

  it('is a cause for an agent that redirects IPv4 only, and for no other', () => {
    const before = explain(from('[::6]:40000', silent({ caller: [http], session: redirect('3.204.0') })), 'c1');
    assert.equal(before?.cause, 'ipv6-not-captured');
    assert.match(before?.summary ?? '', /mirrord 3\.204\.0 redirects IPv4 only/);
    const since = explain(from('[::6]:40000', silent({ caller: [http], session: redirect('3.205.0') })), 'c1');
    assert.notEqual(since?.cause, 'ipv6-not-captured');
  });

  it('is not claimed for IPv4', () => {
    assert.notEqual(explain(from('127.0.0.6:40000', silent({ caller: [http] })), 'c1')?.cause, 'ipv6-not-captured');
  });
});
