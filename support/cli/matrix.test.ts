import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InlineProject } from './testing/inline-project.js';

describe('mirrorspec matrix', () => {
  it('lists its cells with what falls short for known reasons, in a project without limitations of its own, too', async () => {
    using project = new InlineProject({});
    const { code, stdout } = await project.mirrorspec(
      ...[
        'matrix',
        '--list',
        '--mesh',
        'ISTIO',
        '--policy',
        'permissive',
        '--caller',
        'meshed',
        '--mirror',
        'eth0,redirect',
      ],
      ...['--protocol', 'HTTP/1.1', '--interaction', 'unary'],
    );
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `istio PERMISSIVE, meshed caller, packets captured on eth0: HTTP/1.1 unary (L1)
istio PERMISSIVE, meshed caller, redirected connections: HTTP/1.1 unary

2 cells
known to fall short:
     1 × L1: On a mesh, eth0 carries ciphertext only
`,
    );
  });

  it('says of a word that it does not know what it can be', async () => {
    using project = new InlineProject({});
    const { code, stderr } = await project.mirrorspec('matrix', '--mirror', 'lo,redirekt');
    assert.equal(code, 2);
    assert.match(stderr, /There is no "redirekt"\. Did you mean redirect\? It can be: lo, eth0, redirect\./);
  });

  it('refuses to run nothing, and says why nothing is left', async () => {
    using project = new InlineProject({});
    const { code, stderr } = await project.mirrorspec('matrix', '--mesh', 'none', '--caller', 'meshed');
    assert.equal(code, 2);
    assert.match(stderr, /no cell is left to run:\n0 cells\nnot applicable, \d+ combinations:\n +\d+ × without a mesh/);
  });
});
