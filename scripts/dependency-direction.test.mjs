import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './prepare.mjs';

/** Which folder may import which, as DESIGN has it: everything points downwards. */
const MAY_IMPORT = {
  'support/model': [],
  'support/linux': ['model'],
  'support/program': ['model'],
  'support/wire': ['model'],
  'support/mirror': ['model', 'linux', 'program', 'wire'],
  'support/traffic': ['model', 'linux', 'program', 'wire'],
  'support/evidence': ['model', 'linux', 'program', 'wire'],
  'support/environment': ['model', 'linux', 'program', 'wire', 'mirror', 'traffic', 'evidence'],
  'support/language': ['model'],
  'support/report': ['model'],
  'support/world': ['model', 'linux', 'program', 'wire', 'mirror', 'traffic', 'evidence', 'environment', 'language'],
  steps: ['model', 'evidence', 'language', 'world'],
};
const FOLDERS = [
  ...new Set(Object.keys(MAY_IMPORT).flatMap((folder) => (folder === 'steps' ? [] : [folder.slice(8)]))),
  'cli',
];

test('every import against the direction is an error, also of types only, exports, and from nested folders', () => {
  const files = new Map();
  for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
    for (const target of FOLDERS) {
      if (folder === `support/${target}`) continue;
      const expected = !allowed.includes(target);
      const up = folder === 'steps' ? '../support' : '..';
      files.set(`${folder}/type-${target}.ts`, [`import type { A } from '${up}/${target}/a.js';`, expected]);
      files.set(`${folder}/value-${target}.ts`, [`import { a } from '${up}/${target}/a.js';`, expected]);
      files.set(`${folder}/export-${target}.ts`, [`export type { A } from '${up}/${target}/a.js';`, expected]);
      files.set(`${folder}/lazy-${target}.ts`, [`export const a = import('${up}/${target}/a.js');`, expected]);
      files.set(`${folder}/deep/er/${target}.ts`, [`import type { A } from '../../${up}/${target}/a.js';`, expected]);
    }
  }
  files.set('support/environment/embedded/k.ts', ["import type { A } from '../kubernetes/a.js';", true]);
  files.set('support/environment/kubernetes/e.ts', ["import type { A } from '../embedded/a.js';", true]);
  files.set('support/environment/embedded/w.ts', ["import type { A } from '../../world/a.js';", true]);
  files.set('support/environment/embedded/lab/up.ts', ["import type { A } from '../deployment.js';", false]);
  files.set('support/cli/steps.ts', ["import type { A } from '../../steps/a.js';", true]);

  const flagged = restrictedImports(files);

  const wrong = [...files].filter(([file, [, expected]]) => flagged.has(file) !== expected);
  assert.deepEqual(
    wrong.map(([file, [line, expected]]) => `${file}: ${line} ${expected ? 'is not' : 'is'} an error`),
    [],
  );
  assert.ok(flagged.size > 100);
});

/** Files in which the project's own Biome configuration finds an import that it restricts. */
function restrictedImports(files) {
  const project = mkdtempSync(join(tmpdir(), 'mirrorspec-direction-'));
  try {
    for (const name of ['biome.json', '.gitignore']) cpSync(join(ROOT, name), join(project, name));
    for (const [file, [line]] of files) {
      mkdirSync(dirname(join(project, file)), { recursive: true });
      writeFileSync(join(project, file), `${line}\n`);
    }
    const { stdout, stderr } = spawnSync(
      join(ROOT, 'node_modules/.bin/biome'),
      ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none'],
      { cwd: project, encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    const start = stdout.indexOf('{');
    assert.ok(start >= 0, stderr);
    const { diagnostics } = JSON.parse(stdout.slice(start));
    const found = diagnostics.filter(({ category }) => category === 'lint/style/noRestrictedImports');
    return new Set(found.map(({ location }) => location.path.file ?? location.path));
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
