import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createSecureContext, createServer } from 'node:tls';
import { createAuthority } from './certificates.js';

const ID = 'spiffe://cluster.local/ns/default/sa/echo';

test('a workload certificate carries its SPIFFE id and nothing else', async () => {
  const authority = await createAuthority('cluster.local');
  const { certificatePem, chainPem } = await authority.issue(ID);
  const certificate = new X509Certificate(certificatePem);
  assert.equal(certificate.subjectAltName, `URI:${ID}`);
  assert.equal(certificate.subject ?? '', '');
  assert.equal(certificate.issuer, 'O=cluster.local');
  assert.equal(certificate.ca, false);
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  assert.ok(certificate.verify(new X509Certificate(authority.rootPem).publicKey));
  assert.equal(chainPem, certificatePem + authority.rootPem);
  // 06 03 55 1d 11 = subjectAltName; 01 01 ff = critical.
  assert.ok(certificate.raw.includes(Buffer.from('0603551d110101ff', 'hex')), 'the alternative name is critical');
});

test('certificates are valid now, from before now, and for no longer than a day', async () => {
  const authority = await createAuthority('cluster.local');
  const certificate = new X509Certificate((await authority.issue(ID)).certificatePem);
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  assert.ok(from < Date.now() - 60_000);
  assert.ok(to > Date.now() && to <= Date.now() + 24 * 3600_000);
});

test('OpenSSL accepts the chain in both roles, and refuses one of another authority', async () => {
  const [authority, other] = await Promise.all([createAuthority('cluster.local'), createAuthority('cluster.local')]);
  const [server, client, stranger] = await Promise.all([
    authority.issue(ID),
    authority.issue(`${ID}-client`),
    other.issue(ID),
  ]);
  const context = (own: typeof server) =>
    createSecureContext({ cert: own.certificatePem, key: own.keyPem, ca: authority.rootPem });
  const listener = createServer({
    secureContext: context(server),
    cert: server.certificatePem,
    key: server.keyPem,
    ca: authority.rootPem,
    requestCert: true,
    rejectUnauthorized: false,
  });
  listener.on('secureConnection', (socket) => socket.end(String(socket.authorized)));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const ask = async (own: typeof server): Promise<string> => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      secureContext: context(own),
      checkServerIdentity: () => undefined,
    });
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  };
  assert.equal(await ask(client), 'true');
  assert.equal(await ask(stranger), 'false');
  listener.close();
});
