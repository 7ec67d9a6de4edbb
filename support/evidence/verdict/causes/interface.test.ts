import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explain } from '../explain.js';
import { expectExplanation, silent } from '../testing/explained.js';
import { grpcCall, liveSession, rawBytes, traffic } from '../testing/scripted-evidence.js';

const grpc = grpcCall('c1', ['alpha', 'beta'], { path: '/yages.Echo/Ping' });
const istioHello = rawBytes('tls', {
  tls: { alpn: ['istio-h2', 'istio', 'h2'], serverName: 'outbound_.9090_._.echo.default.svc.cluster.local' },
});

describe('port-not-subscribed', () => {
  it('names the ports', () => {
    expectExplanation(silent({ port: 7070 }), {
      cause: 'port-not-subscribed',
      summary: 'the call went to port 7070, which the mirror session is not subscribed to.',
      proof: ['session: subscribed to the ports 8080, 9090'],
    });
  });

  it('knows a session without ports', () => {
    assert.deepEqual(explain(silent({ session: liveSession({ ports: [] }) }), 'c1')?.proof, [
      'session: subscribed to no port',
    ]);
  });
});

describe('encrypted-interface', () => {
  it('is proven by TLS records without requests, and by TLS at the local process', () => {
    const evidence = silent({
      caller: [grpc],
      port: 9090,
      raw: [istioHello],
      session: liveSession({ listenInterface: 'eth0' }),
      interfaces: [
        traffic('eth0', { packets: 30, payloadBytes: 5_000, tlsRecords: 12 }),
        traffic('lo', { packets: 6, payloadBytes: 400, plaintextRequests: 1 }),
      ],
    });
    expectExplanation(evidence, {
      cause: 'encrypted-interface',
      summary: 'the mirror listened on eth0, where the mesh carries the call inside mutual TLS.',
      proof: [
        'eth0: 12 TLS records, 0 plaintext requests to port 9090',
        'the local process received 1 connection that starts with a TLS ClientHello (ALPN istio-h2, istio, h2; SNI outbound_.9090_._.echo.default.svc.cluster.local)',
        'lo carried 1 plaintext request to port 9090: let the mirror listen on "lo"',
      ],
    });
  });

  it('is proven by the counters alone', () => {
    const evidence = silent({
      session: liveSession({ listenInterface: 'eth0' }),
      interfaces: [traffic('eth0', { packets: 9, payloadBytes: 900, tlsRecords: 1 })],
    });
    expectExplanation(evidence, {
      cause: 'encrypted-interface',
      summary: 'the mirror listened on eth0, where the call is carried inside TLS.',
      proof: ['eth0: 1 TLS record, 0 plaintext requests to port 8080'],
    });
  });

  it('is proven by TLS at the local process alone; several records of a connection count once', () => {
    const evidence = silent({
      raw: [
        rawBytes('tls', { connection: 50 }),
        rawBytes('tls', { connection: 50 }),
        rawBytes('tls', { connection: 51 }),
      ],
      session: liveSession({ profile: 'redirect' }),
    });
    expectExplanation(evidence, {
      cause: 'encrypted-interface',
      summary: 'the mirror took the connection where the call is carried inside TLS.',
      proof: ['the local process received 2 connections that carry TLS'],
    });
  });

  it('is not claimed where the listen interface carried requests in the clear, too', () => {
    const evidence = silent({
      session: liveSession({ listenInterface: 'eth0' }),
      interfaces: [traffic('eth0', { packets: 30, payloadBytes: 5_000, tlsRecords: 12, plaintextRequests: 3 })],
    });
    assert.equal(explain(evidence, 'c1')?.cause, 'unknown');
  });

  it('escapes what a ClientHello says', () => {
    const evidence = silent({ raw: [rawBytes('tls', { tls: { alpn: ['\u001b[2J'], serverName: 'a\u202eb' } })] });
    assert.match(explain(evidence, 'c1')?.proof[0] ?? '', /ALPN \\u\{1b\}\[2J; SNI a\\u\{202e\}b/);
  });
});

describe('no-traffic-on-interface', () => {
  const elsewhere = traffic('lo', { packets: 20, payloadBytes: 1_800, plaintextRequests: 4 });

  it('names the interface that carried the calls', () => {
    const evidence = silent({
      session: liveSession({ listenInterface: 'eth0' }),
      interfaces: [traffic('eth0'), elsewhere],
    });
    expectExplanation(evidence, {
      cause: 'no-traffic-on-interface',
      summary: 'the mirror listened on eth0, which carried nothing to or from port 8080.',
      proof: [
        'eth0: 0 packets, 0 payload bytes to or from port 8080',
        'session: the capture was alive; it saw the marked frame that was put on eth0',
        'lo carried 4 plaintext requests to port 8080: let the mirror listen on "lo"',
      ],
    });
  });

  it('falls back on the counters of the capture where the interface was not counted', () => {
    const evidence = silent({
      session: liveSession({ listenInterface: 'eth9', counters: { frames: 0 } }),
      interfaces: [traffic('eth0', { packets: 9, payloadBytes: 900, tlsRecords: 3 })],
    });
    assert.deepEqual(explain(evidence, 'c1')?.proof, [
      'session: the capture on eth9 counted 0 frames',
      'session: the capture was alive; it saw the marked frame that was put on eth9',
      'eth0: 3 TLS records, 0 plaintext requests to port 8080',
    ]);
  });

  for (const [what, script] of [
    ['no interface carried anything', { interfaces: [traffic('eth0'), traffic('lo')] }],
    [
      'the capture did not even see its own probe',
      {
        session: liveSession({
          listenInterface: 'eth0',
          proofOfLife: { captureSawProbe: false, relayAnswered: true, localProcessListens: true },
        }),
      },
    ],
    ['the mirror captures on no interface', { session: liveSession({ profile: 'redirect', listenInterface: 'eth0' }) }],
  ] as const) {
    it(`is not claimed where ${what}`, () => {
      const evidence = silent({
        session: liveSession({ listenInterface: 'eth0' }),
        interfaces: [traffic('eth0'), elsewhere],
        ...script,
      });
      assert.equal(explain(evidence, 'c1')?.cause, 'unknown');
    });
  }
});
