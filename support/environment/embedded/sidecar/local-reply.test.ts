import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ISTIO_DIALECT } from './dialect.js';
import { endToEndFields } from './headers.js';
import { failureReply } from './local-reply.js';
import { UpstreamFailure, upstreamFailureOf } from './upstream-failure.js';

const WORDS = 'upstream connect error or disconnect/reset before headers. reset reason:';

const ANSWERING = {
  inbound: { dialect: ISTIO_DIALECT, side: 'inbound' },
  outbound: { dialect: ISTIO_DIALECT, side: 'outbound' },
} as const;

test('a failure is told in plain text', () => {
  const reply = failureReply(endToEndFields([]), ANSWERING.inbound, new UpstreamFailure('connection timeout'));
  assert.equal(reply.status, 503);
  assert.equal(reply.body, `${WORDS} connection timeout`);
  assert.equal(reply.fields['content-length'], String(reply.body.length));
  assert.equal(reply.fields.server, 'istio-envoy');
});

test('a gRPC call is told UNAVAILABLE in a head without a body', () => {
  const request = endToEndFields(['content-type', 'application/grpc']);
  const failure = new UpstreamFailure('remote connection failure', '100 % ü');
  const { status, body, fields } = failureReply(request, ANSWERING.outbound, failure);
  assert.deepEqual([status, body, fields['grpc-status']], [200, '', '14']);
  assert.equal(fields['grpc-message'], `${WORDS} remote connection failure, transport failure reason: 100 %25 %C3%BC`);
});

test('what is no HTTP is a bad gateway, a lost connection an unavailable service', () => {
  const withCode = (code: string) => Object.assign(new Error(code), { code });
  assert.equal(upstreamFailureOf(withCode('HPE_INVALID_CONSTANT')).status, 502);
  assert.equal(upstreamFailureOf(withCode('ECONNRESET')).message, `${WORDS} connection termination`);
  const failure = new UpstreamFailure('remote reset');
  assert.equal(upstreamFailureOf(failure), failure);
});
