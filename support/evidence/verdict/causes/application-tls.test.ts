import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Evidence } from '../../../model/verdict.js';
import { explain } from '../explain.js';
import { silent } from '../testing/explained.js';
import { httpCall, liveSession, rawBytes, tcpCall } from '../testing/scripted-evidence.js';

const http = httpCall('c1');
const own = rawBytes('tls', { tls: { alpn: ['http/1.1'], serverName: 'echo.default.svc.cluster.local' } });
const meshs = rawBytes('tls', { tls: { alpn: ['istio'], serverName: 'outbound_.8443_._.echo' } });

/** The caller speaks TLS on all of its connections. */
function inTls({ journals, ...rest }: Evidence): Evidence {
  const caller = journals.caller.map((record) =>
    record.kind === 'connection-opened' ? { ...record, tls: true } : record,
  );
  return { ...rest, journals: { ...journals, caller } };
}

describe('encrypted-application', () => {
  it('is proven by a caller that speaks TLS itself, and by its ClientHello at the local process', () => {
    const explanation = explain(inTls(silent({ caller: [http], raw: [own] })), 'c1');
    assert.equal(explanation?.cause, 'encrypted-application');
    assert.match(explanation?.proof[0] ?? '', /spoke TLS on its connection 1/);
    assert.match(explanation?.proof[1] ?? '', /ALPN http\/1\.1; SNI echo\.default/);
  });

  it('is not claimed where it is the mesh that encrypts, or where the caller speaks no TLS', () => {
    assert.equal(explain(inTls(silent({ caller: [http], raw: [meshs] })), 'c1')?.cause, 'encrypted-interface');
    assert.equal(explain(silent({ caller: [http], raw: [own] }), 'c1')?.cause, 'encrypted-interface');
  });
});

describe('filter-excluded, for what is no HTTP', () => {
  const session = liveSession({ profile: 'redirect', filtered: true });

  it('is raw TCP, and TLS that the workload ends', () => {
    assert.equal(explain(silent({ caller: [tcpCall('c1')], session }), 'c1')?.cause, 'filter-excluded');
    assert.equal(explain(inTls(silent({ caller: [http], session })), 'c1')?.cause, 'filter-excluded');
  });

  it('is not claimed for HTTP, nor without a filter', () => {
    assert.notEqual(explain(silent({ caller: [http], session }), 'c1')?.cause, 'filter-excluded');
    const open = liveSession({ profile: 'redirect' });
    assert.notEqual(explain(silent({ caller: [tcpCall('c1')], session: open }), 'c1')?.cause, 'filter-excluded');
  });
});
