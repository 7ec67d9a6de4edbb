import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LINKERD_TLS, linkerdId } from './identity.js';

const ID = linkerdId('echo', 'default', 'cluster.local');

it('a certificate has exactly one DNS name', () => {
  assert.equal(ID, 'echo.default.serviceaccount.identity.linkerd.cluster.local');
  assert.equal(LINKERD_TLS.idOf(`DNS:${ID}`), ID);
  assert.equal(LINKERD_TLS.idOf(`DNS:${ID}, DNS:other`), undefined);
  assert.equal(LINKERD_TLS.idOf('URI:spiffe://cluster.local/ns/default/sa/echo'), undefined);
  assert.equal(LINKERD_TLS.idOf(`DNS:"a, DNS:${ID}"`), undefined);
  assert.equal(LINKERD_TLS.idOf(undefined), undefined);
});

it('a trust domain is compared as a whole', () => {
  assert.ok(LINKERD_TLS.isInTrustDomain(ID, 'cluster.local'));
  assert.ok(!LINKERD_TLS.isInTrustDomain(ID, 'local'));
  assert.ok(!LINKERD_TLS.isInTrustDomain(`${ID}.evil`, 'cluster.local'));
});
