import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriersOf, realityOf } from './run-facts.js';

const SIDECAR = { mesh: ['istio (sidecar), embedded reference'], 'sidecar engine': ['node'] };
const OTHERS = {
  mesh: ['istio (ambient), embedded reference: one ztunnel in each pod', 'linkerd, embedded reference', 'none'],
};

test('sidecars are named where one has run, or nothing was built', () => {
  assert.deepEqual(carriersOf(SIDECAR, 'node, of our own'), ['sidecars: node, of our own']);
  assert.deepEqual(carriersOf({}, 'node, of our own'), ['sidecars: node, of our own']);
  assert.deepEqual(carriersOf({}, undefined), []);
  assert.deepEqual(carriersOf({ mesh: ['none'] }, 'node, of our own'), []);
});

test('other meshes have no sidecars of Istio: what carries there is named', () => {
  assert.deepEqual(carriersOf(OTHERS, 'envoy 1.40.0'), [
    "ztunnels: mirrorspec's own program",
    "Linkerd's proxies: mirrorspec's own program",
  ]);
});

test('what stood for each mesh is told', () => {
  const { standIns } = realityOf('embedded', OTHERS, []);
  assert.match(standIns.join('\n'), /^the ambient mesh: .* without waypoints$/m);
  assert.match(standIns.join('\n'), /^the Linkerd mesh: .* without a control plane$/m);
  assert.doesNotMatch(standIns.join('\n'), /own sidecars/);
  assert.match(realityOf('embedded', SIDECAR, []).standIns.join('\n'), /^the mesh: .* mirrorspec's own sidecars$/m);
});
