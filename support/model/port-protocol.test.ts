import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from './errors.js';
import { checkPortName, type PortDeclaration, protocolOfPort } from './port-protocol.js';

describe('the protocol of a port', () => {
  for (const [declaration, expected] of [
    [{ name: 'http' }, 'http'],
    [{ name: 'http-api' }, 'http'],
    [{ name: 'HTTP-api' }, 'http'],
    [{ name: 'http2-api' }, 'http2'],
    [{ name: 'grpc' }, 'grpc'],
    [{ name: 'grpc-orders' }, 'grpc'],
    [{ name: 'grpc-web' }, 'grpc-web'],
    [{ name: 'grpc-web-orders' }, 'grpc-web'],
    [{ name: 'grpc-webhook' }, 'grpc'],
    [{ name: 'tcp-db' }, 'tcp'],
    [{ name: 'https-api' }, 'tcp'],
    [{ name: 'web' }, 'auto'],
    [{ name: 'api-http' }, 'auto'],
    [{}, 'auto'],
    [{ appProtocol: 'kubernetes.io/h2c' }, 'http2'],
    [{ appProtocol: 'kubernetes.io/ws' }, 'http'],
    [{ appProtocol: 'grpc' }, 'grpc'],
    [{ appProtocol: 'HTTP2' }, 'http2'],
    [{ name: 'http', appProtocol: 'grpc' }, 'grpc'],
    [{ name: 'http', appProtocol: 'example.org/own' }, 'auto'],
  ] as const satisfies readonly (readonly [PortDeclaration, string])[]) {
    it(`is ${expected} for ${JSON.stringify(declaration)}`, () => {
      assert.equal(protocolOfPort(8080, declaration), expected);
    });
  }

  it('is TCP for ports whose servers are known to speak first, unless they are declared', () => {
    assert.deepEqual(
      [25, 53, 3306, 27_017].map((port) => protocolOfPort(port, { name: 'web' })),
      ['tcp', 'tcp', 'tcp', 'tcp'],
    );
    assert.equal(protocolOfPort(3306, { name: 'http' }), 'http');
  });
});

describe('the name of a port', () => {
  it('is one that Kubernetes takes', () => {
    for (const name of ['http', 'grpc-web', 'h2', '2d']) assert.equal(checkPortName(name), name);
    for (const name of ['', '-a', 'a-', 'A', 'a--b', '80', 'sixteen-letters1']) {
      assert.throws(() => checkPortName(name), UserError, name);
    }
  });
});
