import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { CallPlan } from '../../model/call.js';
import { connectionsOf } from '../../model/exchanges.js';
import type { JournalRecord } from '../../model/journal.js';
import { Caller } from '../caller/caller.js';
import { startEcho } from './echo-server.js';
import { until } from './testing/running-echo.js';

/** A certificate that signs itself. */
async function selfSigned(): Promise<{ readonly certificatePem: string; readonly keyPem: string }> {
  await import('reflect-metadata');
  const { PemConverter, X509CertificateGenerator } = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=echo',
    keys,
    signingAlgorithm: algorithm,
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificatePem: certificate.toString('pem'), keyPem: PemConverter.encode(key, 'PRIVATE KEY') };
}

async function call(t: TestContext, protocol: CallPlan['protocol'], changes: Partial<CallPlan> = {}) {
  const workload: JournalRecord[] = [];
  const options = { listenHost: '127.0.0.1', httpPort: 0, grpcPort: 0, tcpPort: 0 };
  const server = await startEcho({ ...options, tls: { ...(await selfSigned()), port: 0 } }, (record) =>
    workload.push(record),
  );
  t.after(() => server.dispose());
  const port = server.ports.tls ?? 0;
  const caller: JournalRecord[] = [];
  const client = new Caller((record) => caller.push(record));
  const [outcome] = await client.call({
    ids: ['0123456789abcdef'],
    protocol,
    interaction: 'unary',
    target: { host: '127.0.0.1', port, authority: `echo.default:${port}`, tls: true },
    headers: [],
    messages: [{ kind: 'random', length: 100_000, seed: 1 }],
    concurrency: 1,
    connections: 'shared',
    timeoutMs: 5000,
    ...changes,
  });
  await client.disconnect();
  await until(workload, 'connection-closed fin');
  return { outcome, workload, caller };
}

describe('a workload that ends TLS itself', () => {
  for (const protocol of ['HTTP/1.1', 'HTTP/2'] as const) {
    it(`serves ${protocol}`, async (t) => {
      const { outcome, workload, caller } = await call(t, protocol);
      assert.equal(outcome?.error, undefined);
      assert.equal(outcome?.httpStatus, 200);
      const bodies = [...caller, ...workload].filter((record) => record.kind === 'message');
      assert.deepEqual(new Set(bodies.map(({ body }) => body.length)), new Set([100_000]));
      assert.equal(bodies.length, 4);
      assert.equal(connectionsOf(caller)[0]?.tls, true);
    });
  }

  it('serves gRPC-Web', async (t) => {
    const { outcome } = await call(t, 'gRPC-over-HTTP/1.1', {
      grpc: { service: 'mirrorspec.echo.v1.Echo', method: 'Unary', types: { source: 'builtin' } },
    });
    assert.equal(outcome?.grpcStatus, 0);
  });
});
