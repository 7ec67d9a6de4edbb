import assert from 'node:assert/strict';
import { it } from 'node:test';
import { InlineProject } from '../testing/inline-project.js';
import { featureFile } from './feature-file.js';

it('the feature of a matrix says of each cell what ought to be, and is a feature like any other', async () => {
  const text = featureFile(
    [
      {
        mesh: { kind: 'istio', mtls: 'STRICT', interception: 'TPROXY' },
        caller: 'meshed',
        place: 'eth0',
        protocol: 'HTTP/2',
        interaction: 'unary',
        limitations: [],
      },
      {
        mesh: { kind: 'istio', mtls: 'PERMISSIVE' },
        caller: 'unmeshed',
        place: 'redirect',
        protocol: 'WebSocket',
        interaction: 'bidi-streaming',
        limitations: [],
      },
      {
        mesh: { kind: 'none' },
        caller: 'unmeshed',
        place: 'lo',
        protocol: 'TCP',
        interaction: 'unary',
        limitations: [],
      },
    ],
    'reports/matrix.yaml',
  );
  using project = new InlineProject({ 'reports/matrix.yaml': text });
  const { code, stdout } = await project.mirrorspec('compile', 'reports/matrix.yaml');
  assert.equal(code, 0, stdout);
  const steps = stdout.split('\n').map((line) => line.trim());
  assert.deepEqual(
    steps.filter((line) => /^(Given|And|When|Then|\*) /.test(line)),
    [
      'Given an Istio mesh with TPROXY interception',
      'And a caller inside the mesh',
      'And the mirror listens on "eth0"',
      'When a unary HTTP/2 call is made',
      'Then it is mirrored',
      'Given an Istio mesh with PERMISSIVE mutual TLS',
      'And a caller outside the mesh',
      'And the mirror redirects connections',
      'And 300 ms between messages',
      'When a bidi-streaming WebSocket call is made',
      'Then it is mirrored',
      'Given no mesh',
      'And a caller outside the mesh',
      'And the mirror listens on "lo"',
      'When a unary TCP call is made',
      'Then it is mirrored',
    ],
  );
});
