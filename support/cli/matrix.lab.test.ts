import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { missingForEmbedded } from '../environment/embedded/requirements.js';
import type { Results } from '../model/results.js';
import { InlineProject } from './testing/inline-project.js';

const able = (await missingForEmbedded()).length === 0;
const skip = able ? false : 'this machine cannot build labs (mirrorspec doctor says why)';

it('a matrix decides every cell, leaves each as a scenario, and compares with another run’s', { skip }, async () => {
  using project = new InlineProject({});
  const dimensions = ['--mesh', 'istio', '--policy', 'PERMISSIVE', '--protocol', 'HTTP/1.1', '--interaction', 'unary'];
  const { code, stdout } = await project.mirrorspec('matrix', ...dimensions, '--report-dir', 'old');
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^6 cells\n/);
  assert.match(stdout, /istio PERMISSIVE, meshed caller +✓◐✓\nistio PERMISSIVE, unmeshed caller +✓✓✓\n/);

  const { scenarios } = JSON.parse(readFileSync(join(project.path, 'old/results.json'), 'utf8')) as Results;
  assert.equal(scenarios.length, 6);
  const known = scenarios.find(({ state }) => state === 'known-limitation');
  const again = await project.mirrorspec('run', `old/matrix.yaml:${known?.line}`, '--report-dir', 'new');
  assert.equal(again.code, 0, again.stdout);
  assert.match(again.stdout, /1 known limitation/);
  const { stdout: diff, stderr } = await project.mirrorspec('report', 'diff', 'old', 'new');
  assert.doesNotMatch(stderr, /nothing to compare/);
  assert.match(diff, /1 scenario compared/, diff);
});
