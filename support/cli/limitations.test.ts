import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PACKAGE_ROOT } from './project.js';
import { InlineProject } from './testing/inline-project.js';

const LIMITATIONS = `limitation: L1
title: t
explanation: e
when: w
expect: { verdict: not-mirrored }
---
limitation: L2
title: t
explanation: e
when: w
`;

function project(files: Readonly<Record<string, string>>): InlineProject {
  return new InlineProject({ 'features/limitations/all.yaml': LIMITATIONS, ...files });
}

describe('a tag that names no limitation', () => {
  for (const [language, file, content, place] of [
    ['Gherkin', 'a.feature', 'Feature: a\n  @limitation:L3\n  Scenario: s\n    Given no mesh\n', '2:3'],
    [
      'YAML',
      'a.yaml',
      'feature: a\nscenarios:\n  - scenario: s\n    tags: [limitation:L3]\n    given:\n      - mesh: none\n    when:\n      - session: started\n',
      '4:12',
    ],
  ] as const) {
    for (const command of [['run'], ['run', '--dry-run'], ['lint']]) {
      it(`in ${language} is refused by ${command.join(' ')}`, async () => {
        using made = project({ [`features/${file}`]: content });
        const { code, stdout, stderr } = await made.mirrorspec(...command);
        assert.equal(code, 2, stdout + stderr);
        const told = stdout + stderr;
        assert.match(told, /there is no limitation "L3"/);
        assert.match(told, new RegExp(`features/${file}:${place}`));
        assert.match(told, /did you mean @limitation:L1\?/);
      });
    }
  }

  it('is refused by plain cucumber-js, in a dry run too', async () => {
    using made = project({
      'features/a.feature': 'Feature: a\n  @limitation:L3\n  Scenario: s\n    Given no mesh\n',
      'cucumber.js': `export { default } from 'mirrorspec/profile';\n`,
    });
    made.link('@cucumber/cucumber');
    const cucumber = join(PACKAGE_ROOT, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
    const { code, text } = await new Promise<{ code: unknown; text: string }>((resolve) => {
      execFile(process.execPath, [cucumber, '--dry-run'], { cwd: made.path }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, text: stdout + stderr }),
      );
    });
    assert.notEqual(code, 0, text);
    assert.match(text, /there is no limitation "L3"/);
  });
});

describe('a limitation without a verdict', () => {
  it('is no tag for a scenario', async () => {
    using made = project({ 'features/a.feature': 'Feature: a\n  @limitation:L2\n  Scenario: s\n    Given no mesh\n' });
    const { code, stderr } = await made.mirrorspec('run');
    assert.equal(code, 2);
    assert.match(stderr, /the limitation "L2" does not say which verdict is expected: the tag means nothing/);
  });
});

describe('a mistaken file of limitations', () => {
  it('is told where a scenario needs it', async () => {
    using made = project({
      'features/a.feature': 'Feature: a\n  @limitation:L1\n  Scenario: s\n    Given no mesh\n',
      'features/limitations/b.yaml': 'limitation: L9\ntitle: t\nwhen: w\n',
    });
    const { code, stderr } = await made.mirrorspec('run');
    assert.equal(code, 2);
    assert.match(stderr, /"explanation" is missing here/);
  });
});
