import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PACKAGE_ROOT } from './project.js';
import { InlineProject } from './testing/inline-project.js';

const STEPS = `import { declareStep, MirrorspecWorld, setWorldConstructor } from 'mirrorspec';

class ShopWorld extends MirrorspecWorld {
  open: boolean = true;
}
setWorldConstructor(ShopWorld);
declareStep<ShopWorld, [number]>({
  keyword: 'Given', expression: 'a shop with {int} guest(s)', yaml: { key: 'guests' }, title: 't', description: 'd',
  example: 'Given a shop with 3 guests', parameters: [{ name: 'count', description: 'c' }],
  run(count) {
    if (!this.open || count !== 3) throw new Error(\`\${count}\`);
  },
});
`;

describe('mirrorspec/profile', () => {
  for (const parallel of ['0', '2']) {
    test(`lets plain cucumber-js run both languages with a project's own steps (--parallel ${parallel})`, () => {
      using project = new InlineProject({
        'cucumber.js':
          "import profile from 'mirrorspec/profile';\n\nexport default { ...profile, format: ['summary'] };\n",
        'mirrorspec.yaml': 'steps: [vocabulary]\n',
        'vocabulary/shop.ts': STEPS,
        'features/a.feature': 'Feature: f\n  Scenario: s\n    Given a shop with 3 guests\n',
        'features/b.yaml': 'feature: g\nscenarios:\n  - scenario: t\n    given:\n      - guests: 3\n',
      });
      const cucumber = join(PACKAGE_ROOT, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
      const { NODE_TEST_CONTEXT: _, ...env } = process.env;
      const { status, stdout, stderr } = spawnSync(process.execPath, [cucumber, '--parallel', parallel], {
        cwd: project.path,
        env,
        encoding: 'utf8',
      });
      assert.equal(stderr, '');
      assert.match(stdout, /^2 scenarios \(2 passed\)$/m);
      assert.equal(status, 0);
    });
  }
});
