import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addRequestFields, addResponseFields, endToEndFields, type Fields, isGrpcRequest } from './headers.js';

const OWN = 'spiffe://cluster.local/ns/default/sa/echo';
const PEER = { id: 'spiffe://cluster.local/ns/default/sa/caller', certificateHash: 'ab12' };
const plain = (fields: Fields) => ({ ...fields });

test('names become lower case; repeated and empty fields stay as they are', () => {
  const fields = endToEndFields([
    'Host',
    'a',
    'X-A',
    '1',
    'Set-Cookie',
    'a',
    'x-a',
    '2',
    'X-Empty',
    '',
    'set-cookie',
    'b',
  ]);
  assert.deepEqual(plain(fields), { host: 'a', 'x-a': ['1', '2'], 'set-cookie': ['a', 'b'], 'x-empty': '' });
});

test('fields of one connection go, with those that it names', () => {
  const fields = endToEndFields([
    ...[
      'Connection',
      'keep-alive, X-Private',
      'Keep-Alive',
      'timeout=5',
      'X-Private',
      '1',
      'Proxy-Connection',
      'close',
    ],
    ...['Transfer-Encoding', 'chunked', 'Upgrade', 'h2c', 'TE', 'gzip, trailers', 'Trailer', 'x-sum'],
  ]);
  assert.deepEqual(plain(fields), { te: 'trailers', trailer: 'x-sum' });
  assert.deepEqual(plain(endToEndFields(['te', 'gzip'])), {});
});

test('names that JavaScript objects know by themselves are ordinary names', () => {
  const fields = endToEndFields(['__proto__', 'a', 'Constructor', 'b', 'constructor', 'c']);
  assert.deepEqual(Object.entries(fields), [
    ['__proto__', 'a'],
    ['constructor', ['b', 'c']],
  ]);
});

test('the inbound side appends the proven client', () => {
  const fields = endToEndFields([]);
  addRequestFields(fields, 'inbound', OWN, PEER);
  const own = `By=${OWN};Hash=ab12;Subject="";URI=${PEER.id}`;
  assert.equal(fields['x-forwarded-client-cert'], own);
  assert.equal(fields['x-envoy-attempt-count'], undefined);
  const forwarded = endToEndFields(['x-forwarded-client-cert', 'By=a']);
  addRequestFields(forwarded, 'inbound', OWN, PEER);
  assert.equal(forwarded['x-forwarded-client-cert'], `By=a,${own}`);
});

test('a client certificate that is only claimed goes', () => {
  for (const side of ['inbound', 'outbound'] as const) {
    const fields = endToEndFields(['X-Forwarded-Client-Cert', 'By=forged']);
    addRequestFields(fields, side, OWN, undefined);
    assert.equal(fields['x-forwarded-client-cert'], undefined);
  }
});

test('what the first sidecar set is kept by the second', () => {
  const fields = endToEndFields([]);
  addRequestFields(fields, 'outbound', OWN, undefined);
  const id = fields['x-request-id'];
  assert.match(String(id), /^[0-9a-f-]{36}$/);
  assert.equal(fields['x-forwarded-proto'], 'http');
  assert.equal(fields['x-envoy-attempt-count'], '1');
  addRequestFields(fields, 'inbound', OWN, PEER);
  assert.equal(fields['x-request-id'], id);
  assert.equal(fields['x-forwarded-proto'], 'http');
});

test('responses name the proxy, and keep the date of the application', () => {
  const fields = endToEndFields(['Server', 'app', 'Date', 'then']);
  addResponseFields(fields, 'inbound', 12.6);
  assert.deepEqual(plain(fields), { server: 'istio-envoy', date: 'then', 'x-envoy-upstream-service-time': '13' });
  const own = endToEndFields([]);
  addResponseFields(own, 'outbound', undefined);
  assert.equal(own.server, 'envoy');
  assert.ok(Math.abs(Date.parse(String(own.date)) - Date.now()) < 2000);
  assert.equal(own['x-envoy-upstream-service-time'], undefined);
});

test('gRPC-Web is not gRPC', () => {
  const type = (value: string) => isGrpcRequest(endToEndFields(['Content-Type', value]));
  assert.deepEqual(
    [
      'application/grpc',
      'application/grpc+proto',
      'application/grpc-web',
      'application/grpc-web+proto',
      'text/html',
    ].map(type),
    [true, true, false, false, false],
  );
});
