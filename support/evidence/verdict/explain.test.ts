import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogLine } from '../../model/session.js';
import { explain } from './explain.js';
import {
  changed,
  evidenceOf,
  grpcCall,
  httpCall,
  liveSession,
  rawBytes,
  type Script,
  traffic,
  without,
} from './testing/scripted-evidence.js';

const http = httpCall('c1');
const grpc = grpcCall('c1', ['alpha', 'beta'], { path: '/yages.Echo/Ping' });
const istioHello = rawBytes('tls', {
  tls: { alpn: ['istio-h2', 'istio', 'h2'], serverName: 'outbound_.9090_._.echo.default.svc.cluster.local' },
});
const log = (text: string, at = 2_100): LogLine => ({ at, level: 'warn', text });

describe('explain', () => {
  it('has nothing to explain where the call was mirrored', () => {
    assert.equal(explain(evidenceOf({ caller: [http] }), 'c1'), undefined);
  });

  it('gives the first cause of the documented order', () => {
    const down = { captureSawProbe: true, relayAnswered: false, localProcessListens: false };
    const timedOut = changed(without(grpc, 'answer'), { reset: { code: 'deadline' } });
    // Everything is wrong at first; each step mends what was found, and the next cause of the order must come out.
    let session: Parameters<typeof liveSession>[0] = {
      listenInterface: 'eth0',
      ports: [],
      subscribedAt: 1_800,
      proofOfLife: down,
      counters: { lagged: 1, drops: 1 },
      log: [log('call c1 excluded by filter')],
    };
    let script: Script = {
      caller: [changed(timedOut, { reset: { code: 'ECONNREFUSED' } })],
      workload: 'none',
      localProcess: [],
      raw: [istioHello, rawBytes('malformed')],
      logs: [log('flow control window exceeded')],
      interfaces: [traffic('eth0'), traffic('lo', { packets: 4, payloadBytes: 90, plaintextRequests: 1 })],
    };
    const mends: readonly (() => void)[] = [
      () => {},
      () => {
        script = { ...script, caller: [timedOut] };
      },
      () => {
        session = { ...session, ports: [8080] };
      },
      () => {
        session = {
          ...session,
          proofOfLife: { captureSawProbe: true, relayAnswered: true, localProcessListens: true },
        };
      },
      () => {
        session = { ...session, log: [] };
      },
      () => {
        script = { ...script, raw: [rawBytes('malformed')] };
      },
      () => {
        script = { ...script, interfaces: [] };
      },
      () => {
        session = { ...session, subscribedAt: 1_000 };
      },
      () => {
        script = { ...script, logs: [] };
      },
      () => {
        session = { ...session, counters: { drops: 1 } };
      },
      () => {
        session = { ...session, counters: {} };
      },
      () => {
        script = { ...script, raw: [] };
      },
      () => {
        script = { ...script, caller: [grpc] };
      },
    ];
    const found = mends.map((mend) => {
      mend();
      return explain(evidenceOf({ ...script, session: liveSession(session) }), 'c1')?.cause;
    });
    assert.deepEqual(found, [
      'call-not-delivered',
      'port-not-subscribed',
      'local-process-down',
      'filter-excluded',
      'encrypted-interface',
      'no-traffic-on-interface',
      'connection-predates-session',
      'flow-control-exceeded',
      'agent-lagged',
      'capture-dropped',
      'undecodable',
      'call-failed',
      'unknown',
    ]);
  });
});
