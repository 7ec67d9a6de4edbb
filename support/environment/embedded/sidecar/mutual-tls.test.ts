import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInTrustDomain, offersMeshProtocol, spiffeOf } from './mutual-tls.js';

const ID = 'spiffe://cluster.local/ns/default/sa/a';

test('a SPIFFE certificate has exactly one URI', () => {
  assert.equal(spiffeOf(`URI:${ID}`), ID);
  assert.equal(spiffeOf(`DNS:a.default, URI:${ID}`), ID);
  assert.equal(spiffeOf(`URI:${ID}, URI:spiffe://cluster.local/ns/default/sa/b`), undefined);
  assert.equal(spiffeOf('URI:https://cluster.local/'), undefined);
  assert.equal(spiffeOf('DNS:a.default'), undefined);
  assert.equal(spiffeOf(undefined), undefined);
});

test('a name that Node had to quote cannot pass for an id', () => {
  assert.equal(spiffeOf(`DNS:"a, URI:${ID}"`), undefined);
});

test('a trust domain is compared as a whole', () => {
  assert.ok(isInTrustDomain(ID, 'cluster.local'));
  assert.ok(!isInTrustDomain('spiffe://cluster.local.evil/ns/default/sa/a', 'cluster.local'));
  assert.ok(!isInTrustDomain('spiffe://cluster.local', 'cluster.local'));
});

test('only sidecars offer the protocols of the mesh', () => {
  assert.ok(offersMeshProtocol(['istio-http/1.1', 'istio', 'http/1.1']));
  assert.ok(offersMeshProtocol(['istio']));
  assert.ok(!offersMeshProtocol(['h2', 'http/1.1']));
  assert.ok(!offersMeshProtocol([]));
});
