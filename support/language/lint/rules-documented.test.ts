import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SOURCES = /^(language\/(lint\/.*|settings\/.*|check|check-steps|parse-error)|cli\/lint.*)\.ts$/;

test('docs/lint.md has a section for each rule', () => {
  const text = readFileSync(join(ROOT, 'docs/lint.md'), 'utf8');
  const documented = new Set([...text.matchAll(/^### (.+)$/gm)].flatMap(([, heading = '']) => heading.split(', ')));
  const rules = new Set(rulesIn(join(ROOT, 'support')));
  assert.ok(rules.size > 30, 'the rules are found in the sources');
  assert.deepEqual([...rules].filter((rule) => !documented.has(rule)).sort(), []);
});

/** The names of rules that the sources write: `rule: 'no-then'`, and the first argument of a function `tell`. */
function rulesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => SOURCES.test(name) && !name.endsWith('.test.ts'))
    .flatMap((name) => {
      const source = readFileSync(join(folder, name), 'utf8');
      return [...source.matchAll(/(?:\brule: |\btell\(\s*)'([a-z]+(?:-[a-z0-9]+)*)'/g)].map(([, rule = '']) => rule);
    });
}
