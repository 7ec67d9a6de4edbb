import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Limitation } from './limitation.js';
import { type Circumstances, whyNotApplicable } from './limitation-scope.js';

const EVERYWHERE: Limitation = {
  id: 'L',
  title: 't',
  explanation: 'e',
  when: 'w',
  protocols: [],
  interactions: [],
  appliesTo: { profiles: [], meshes: [], mtls: [], interceptions: [], callers: [], environments: [], listen: [] },
  everyCall: false,
  references: [],
  source: 'l.yaml:1',
};
const HERE: Circumstances = {
  environment: 'embedded',
  mesh: 'istio',
  mtls: 'STRICT',
  interception: 'REDIRECT',
  caller: 'meshed',
  session: { profile: 'sniffer', version: '3.180.0', listenInterface: 'lo' },
  call: { protocol: 'HTTP/2', interaction: 'unary' },
};
const limited = (appliesTo: Partial<Limitation['appliesTo']>, more: Partial<Limitation> = {}): Limitation => ({
  ...EVERYWHERE,
  ...more,
  appliesTo: { ...EVERYWHERE.appliesTo, ...appliesTo },
});

describe('a limitation applies', () => {
  for (const [what, limitation] of [
    ['everywhere unless it says where', EVERYWHERE],
    ['in its environment', limited({ environments: ['embedded'] })],
    ['on one of its meshes', limited({ meshes: ['linkerd', 'istio'] })],
    ['under its mTLS policies', limited({ mtls: ['STRICT', 'PERMISSIVE'] })],
    ['to calls of its callers', limited({ callers: ['meshed'] })],
    ['to its profile', limited({ profiles: ['sniffer'] })],
    ['to its versions', limited({ mirrord: '>=3.67 <3.181' })],
    ['on its listen interface', limited({ listen: ['lo'] })],
    ['to its protocols', limited({}, { protocols: ['gRPC-over-HTTP/2', 'HTTP/2'] })],
    ['to its interactions', limited({}, { interactions: ['unary'] })],
  ] as const) {
    it(what, () => assert.equal(whyNotApplicable(limitation, HERE), undefined));
  }
});

describe('a limitation does not apply, which is said', () => {
  for (const [reason, limitation] of [
    ['it is about the environment kubernetes; here it is embedded', limited({ environments: ['kubernetes'] })],
    ['it is about the mesh linkerd, kuma; here it is istio', limited({ meshes: ['linkerd', 'kuma'] })],
    ['it is about the mTLS policy DISABLE; here it is STRICT', limited({ mtls: ['DISABLE'] })],
    ['it is about the interception TPROXY; here it is REDIRECT', limited({ interceptions: ['TPROXY'] })],
    ['it is about the caller unmeshed; here it is meshed', limited({ callers: ['unmeshed'] })],
    ['it is about the profile redirect; here it is sniffer', limited({ profiles: ['redirect'] })],
    ['it is about mirrord >=3.181; here the version is 3.180.0', limited({ mirrord: '>=3.181' })],
    ['it is about the listen interface eth0; here it is lo', limited({ listen: ['eth0'] })],
    ['it is about the protocol HTTP/1.1; here it is HTTP/2', limited({}, { protocols: ['HTTP/1.1'] })],
    ['it is about the interaction bidi-streaming; here it is unary', limited({}, { interactions: ['bidi-streaming'] })],
  ] as const) {
    it(reason, () => assert.equal(whyNotApplicable(limitation, HERE), reason));
  }

  it('unless its interfaces are all that speaks against an agent that listens on none', () => {
    const redirecting: Circumstances = { ...HERE, session: { profile: 'redirect', version: '3.250.0' } };
    assert.equal(whyNotApplicable(limited({ listen: ['lo'] }), redirecting), undefined);
  });

  it('without a session or a call, where it depends on them', () => {
    const alone: Circumstances = { environment: 'embedded', mesh: 'none', caller: 'unmeshed' };
    assert.equal(whyNotApplicable(EVERYWHERE, alone), undefined);
    assert.equal(
      whyNotApplicable(limited({ mirrord: '<3.181' }), alone),
      'it is about mirrord <3.181; here there is no session',
    );
    assert.equal(
      whyNotApplicable(limited({}, { protocols: ['TCP'] }), alone),
      'it is about the protocol TCP; here there is none',
    );
  });
});
