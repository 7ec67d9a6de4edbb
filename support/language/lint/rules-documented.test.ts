import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

test('docs/lint.md has a section for each rule', () => {
  const text = readFileSync(join(ROOT, 'docs/lint.md'), 'utf8');
  const documented = new Set([...text.matchAll(/^### (.+)$/gm)].flatMap(([, heading = '']) => heading.split(', ')));
  const rules = new Set(['support/language', 'support/cli'].flatMap((folder) => rulesIn(join(ROOT, folder))));
  assert.ok(rules.size > 20, 'the rules are found in the sources');
  assert.deepEqual([...rules].filter((rule) => !documented.has(rule)).sort(), []);
});

/** The names of rules that the sources write: `rule: 'no-then'`, and the first argument of a function `mistake` or `wrong`. */
function rulesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ts$/.test(name) && !/\.test\.ts$|testing|^yaml/.test(name))
    .flatMap((name) => {
      const source = readFileSync(join(folder, name), 'utf8');
      return [...source.matchAll(/(?:\brule: |\b(?:mistake|wrong)\(\s*)'([a-z]+(?:-[a-z0-9]+)*)'/g)].map(
        ([, rule = '']) => rule,
      );
    });
}
