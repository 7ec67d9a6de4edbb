import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RequestContext } from '../sidecar/dialect.js';
import { endToEndFields } from '../sidecar/headers.js';
import { linkerdDialect } from './dialect.js';

const CLIENT = { id: 'caller.default.serviceaccount.identity.linkerd.cluster.local', certificateHash: 'ab' };
const OUTBOUND: RequestContext = {
  side: 'outbound',
  own: CLIENT.id,
  peer: undefined,
  spoken: 'http/1.1',
  upgrades: false,
};
const INBOUND: RequestContext = { side: 'inbound', own: 'echo', peer: CLIENT, spoken: 'h2', upgrades: false };

function passed(context: RequestContext, meshed: boolean, ...raw: string[]) {
  const fields = endToEndFields(raw);
  const goesOn = linkerdDialect(meshed).request(fields, context);
  return { goesOn, fields: { ...fields } };
}

describe('the outbound side', () => {
  it('carries HTTP/1.1 over HTTP/2 to another proxy, and says so', () => {
    assert.deepEqual(passed(OUTBOUND, true), { goesOn: 'http2', fields: { 'l5d-orig-proto': 'HTTP/1.1' } });
  });

  it('leaves alone HTTP/2, what changes the protocol, and what goes to a pod without a proxy', () => {
    const asItCame = { goesOn: undefined, fields: {} };
    assert.deepEqual(passed({ ...OUTBOUND, spoken: 'h2' }, true), asItCame);
    assert.deepEqual(passed({ ...OUTBOUND, upgrades: true }, true), asItCame);
    assert.deepEqual(passed(OUTBOUND, false), asItCame);
  });
});

describe('the inbound side', () => {
  it('gives the application the version that the request was made in, and the client’s identity', () => {
    const request = passed(INBOUND, false, 'l5d-orig-proto', 'HTTP/1.1');
    assert.deepEqual(request, { goesOn: 'http', fields: { 'l5d-client-id': CLIENT.id } });
    assert.equal(passed(INBOUND, false).goesOn, undefined);
  });

  it('believes a client without an identity nothing', () => {
    const claims = ['l5d-orig-proto', 'HTTP/1.1', 'l5d-client-id', 'admin'];
    assert.deepEqual(passed({ ...INBOUND, peer: undefined }, false, ...claims), { goesOn: undefined, fields: {} });
  });
});

describe('an answer of the proxy itself', () => {
  it('is a bad gateway where the application cannot be reached, and says why', () => {
    const fields = endToEndFields([]);
    assert.equal(linkerdDialect(false).failure(fields, { status: 503, message: 'connection refused' }), 502);
    assert.equal(fields['l5d-proxy-error'], 'connection refused');
  });
});
