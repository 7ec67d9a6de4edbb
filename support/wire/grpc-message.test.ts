import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeGrpcMessage, encodeGrpcMessage } from './grpc-message.js';

it('a gRPC status message is percent-encoded where it is no printable ASCII', () => {
  assert.equal(encodeGrpcMessage('50% of <grün>\r\n'), '50%25 of <gr%C3%BCn>%0D%0A');
  for (const text of ['', 'no such order', '50% €', '\u{1f600}\0'])
    assert.equal(decodeGrpcMessage(encodeGrpcMessage(text)), text);
});

it('a gRPC status message that nobody can decode stays as it is', () => {
  assert.equal(decodeGrpcMessage('100% <%ff>'), '100% <%ff>');
  assert.equal(decodeGrpcMessage('%3Cimg%20src%3D'), '<img src=');
});
