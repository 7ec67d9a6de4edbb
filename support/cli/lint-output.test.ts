import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LintReport } from '../language/lint/report.js';
import { lintOutput } from './lint-output.js';

const report: LintReport = {
  mistakes: [
    {
      rule: 'a-rule',
      message: '100% wrong,\r\nand: so on',
      at: { file: 'a, b:c.feature', line: 2, column: 3, length: 4 },
    },
    { message: 'wrong', at: { file: '../out.feature', line: 1 }, notes: ['one'], help: ['two'] },
    { message: 'nowhere' },
  ],
  totals: { files: 2, features: 1, scenarios: 3 },
};
const cwd = '/repository/tests';

test('workflow commands are escaped, and their paths begin at the root of the repository', async () => {
  assert.equal(
    await lintOutput(report, { format: 'github', cwd, env: { GITHUB_WORKSPACE: '/repository' } }),
    `::error file=tests/a%2C b%3Ac.feature,line=2,col=3,endColumn=7,title=mirrorspec%3A a-rule::100%25 wrong,%0Aand: so on
::error file=out.feature,line=1,title=mirrorspec::wrong%0Anote: one%0Ahelp: two
::error title=mirrorspec::nowhere
`,
  );
});

test('a path outside of the repository, or without one, stays as it is shown', async () => {
  const [, line] = (await lintOutput(report, { format: 'github', cwd, env: {} })).split('\n');
  assert.equal(line, '::error file=../out.feature,line=1,title=mirrorspec::wrong%0Anote: one%0Ahelp: two');
});

test('without a format, annotations follow the text in GitHub Actions only', async () => {
  const annotations = await lintOutput(report, { format: 'github', cwd, env: {} });
  const text = await lintOutput(report, { format: undefined, cwd, env: {} });
  assert.match(text, /\nerror: 3 mistakes were found in 2 files with 1 feature and 3 scenarios\n$/);
  assert.equal(
    await lintOutput(report, { format: undefined, cwd, env: { GITHUB_ACTIONS: 'true' } }),
    text + annotations,
  );
  assert.equal(await lintOutput(report, { format: 'text', cwd, env: { GITHUB_ACTIONS: 'true' } }), text);
});

test('what is not known is null in JSON', async () => {
  const { mistakes } = JSON.parse(await lintOutput(report, { format: 'json', cwd, env: {} }));
  assert.deepEqual(mistakes.slice(1), [
    {
      file: '../out.feature',
      line: 1,
      column: null,
      endColumn: null,
      rule: null,
      message: 'wrong',
      notes: ['one'],
      help: ['two'],
    },
    { file: null, line: null, column: null, endColumn: null, rule: null, message: 'nowhere', notes: [], help: [] },
  ]);
});
