import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogLine } from '../../../model/session.js';
import { explain } from '../explain.js';
import { expectExplanation, silent } from '../testing/explained.js';
import { evidenceOf, grpcCall, httpCall, traffic, without } from '../testing/scripted-evidence.js';

const http = httpCall('c1');
const grpc = grpcCall('c1', ['alpha', 'beta'], { path: '/yages.Echo/Ping' });
const log = (text: string, at = 2_100): LogLine => ({ at, level: 'warn', text });

describe('unknown', () => {
  it('lists what is known', () => {
    const evidence = silent({
      caller: [grpc],
      localProcess: [httpCall('c2'), without(httpCall('c3'), 'call')],
      interfaces: [traffic('lo', { packets: 8, payloadBytes: 700, plaintextRequests: 2 })],
      logs: [{ at: 1, level: 'info', text: 'not told' }, log('something odd \u001b[31m')],
    });
    expectExplanation(evidence, {
      cause: 'unknown',
      summary: 'no cause was found in the evidence. What is known:',
      proof: [
        "caller's journal: answered with HTTP status 200, gRPC status 0",
        "workload's journal: received the call with 2 messages, answered with status 200",
        "local process's journal: the call is not in it; 2 other requests, 1 of them without a call id",
        'session: sniffer on lo, ports 8080, 9090, subscribed 1,000 ms before the call',
        'session: 12 frames captured, 0 dropped; 1 connection with 420 bytes forwarded, 0 given up',
        'lo: 8 packets, 0 TLS records, 2 plaintext requests',
        'log (warn): "something odd \\u{1b}[31m"',
      ],
    });
  });

  it('says that there is no session', () => {
    assert.ok(explain(silent({ session: 'none' }), 'c1')?.proof.includes('there is no report of a mirror session'));
  });

  it('says that a call was repeated before the mirror', () => {
    const evidence = evidenceOf({ caller: [http], workload: [http, http], localProcess: [http, http] });
    assert.ok(
      explain(evidence, 'c1')?.proof.includes(
        'the workload received it twice, as did the local process: something in front of it repeats calls, for example a retry of the mesh',
      ),
    );
  });
});
