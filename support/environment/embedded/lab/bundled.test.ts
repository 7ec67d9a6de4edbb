import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { bundled } from './bundled.js';

it('a program is started from few files where they are not older than its module', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-bundled-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const folders = { modules: join(folder, 'support'), programs: join(folder, 'programs') };
  const write = (file: string, modified: number): string => {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
    utimesSync(file, modified, modified);
    return file;
  };
  const module = write(join(folders.modules, 'traffic/program.js'), 1000);
  assert.equal(bundled(module, folders), module);

  const file = write(join(folders.programs, 'traffic/program.js'), 1000);
  assert.equal(bundled(module, folders), file);

  write(module, 2000);
  assert.equal(bundled(module, folders), module);

  const foreign = write(join(folder, 'elsewhere/program.js'), 0);
  assert.equal(bundled(foreign, folders), foreign);
});
