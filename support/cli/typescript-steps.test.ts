import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PACKAGE_ROOT } from './project.js';
import { InlineProject } from './testing/inline-project.js';

const STEPS = `import { declareStep, type MirrorspecWorld } from 'mirrorspec';
import { shout } from './voice/shout.ts';

interface Counting extends MirrorspecWorld {
  count?: number;
}

const common = { keyword: 'When', title: 't', description: 'd', example: 'When x' } as const;

declareStep<Counting, [number]>({
  ...common,
  expression: 'it counts to {int}',
  run(limit: number): void {
    for (this.count = 0; this.count < limit; ) this.count++;
  },
});
declareStep<Counting, []>({ ...common, expression: 'it fails', run() { throw new Error(shout(\`at \${this.count!}\`)); } });
`;
const SHOUT = 'export const shout = (text: string): string => text.toUpperCase() satisfies string;\n';
const COUNT = 'Feature: f\n  Scenario: a\n    When it counts to 2\n  Scenario: b\n    When it counts to 3\n';
const FAIL = 'Feature: f\n  Scenario: s\n    When it counts to 2\n    And it fails\n';
const DECLARED =
  "declareStep({ keyword: 'When', expression: 'it works', title: 'mine', description: 'd', example: 'When x', run() {} });\n";

describe('steps in TypeScript', { concurrency: 2 }, () => {
  const projects: InlineProject[] = [];
  const projectOf = (files: Readonly<Record<string, string>>): InlineProject => {
    const project = new InlineProject({ 'steps/own.ts': STEPS, 'steps/voice/shout.ts': SHOUT, ...files });
    projects.push(project);
    return project;
  };
  after(() => {
    for (const project of projects) project.dispose();
  });

  for (const parallel of ['1', '2']) {
    test(`are loaded as they are (--parallel ${parallel})`, async () => {
      const project = projectOf({ 'features/a.feature': COUNT });
      const { code, stdout, stderr } = await project.mirrorspec('run', '-p', parallel);
      assert.equal(stderr, '');
      assert.match(stdout, /^2 scenarios: 2 passed/m);
      assert.equal(code, 0);
    });
  }

  test('keep their lines and columns: where a step is declared, and where an error was thrown', async () => {
    const { code, stdout } = await projectOf({ 'features/a.feature': FAIL }).mirrorspec('run');
    assert.match(stdout, /And it fails {2}features\/a\.feature:4 {2}code: steps\/own\.ts:17$/m);
    assert.match(stdout, /AT 2\n {8}at .*steps\/own\.ts:17:\d+\)/);
    assert.equal(code, 1);
  });

  for (const [type, steps] of [
    ['module', "import { declareStep } from 'mirrorspec';\n"],
    ['undefined', "import { declareStep } from 'mirrorspec';\n"],
    ['commonjs', "const { When }: any = require('@cucumber/cucumber');\nWhen('it works', (): void => {});\n"],
  ] as const) {
    test(`are modules of the kind that package.json says: ${type}`, async () => {
      const declaration = type === 'commonjs' ? '' : DECLARED;
      const project = new InlineProject({
        'package.json': type === 'undefined' ? '{}' : `{ "type": "${type}" }`,
        'steps/own.ts': `${steps}${declaration}`,
        'features/a.feature': 'Feature: f\n  Scenario: s\n    When it works\n',
      });
      projects.push(project);
      project.link('@cucumber/cucumber');
      const { code, stderr } = await project.mirrorspec('run');
      // Node.js that strips types by itself advises to say which kind it is.
      const advice = /^\(node:\d+\) \[MODULE_TYPELESS_PACKAGE_JSON\].*\n(?:Reparsing|To eliminate|\(Use).*\n(?:.+\n)*/m;
      assert.equal(type === 'undefined' ? stderr.replace(advice, '') : stderr, '');
      assert.equal(code, 0);
    });
  }

  test('of every kind of file name stand beside each other; declarations of types and tests are not loaded', async () => {
    const step = (word: string) => `import { declareStep } from 'mirrorspec';\n${DECLARED.replace('works', word)}`;
    const boom = 'throw new Error("this must not be loaded");\n';
    const project = new InlineProject({
      'steps/a.ts': step('is ts'),
      'steps/b.mts': step('is mts'),
      'steps/c.js': step('is js'),
      'steps/d.mjs': step('is mjs'),
      'steps/e.cjs': "import('mirrorspec');\n",
      'steps/f.d.ts': boom,
      'steps/g.d.mts': boom,
      'steps/h.test.ts': boom,
      'steps/i.test.js': boom,
      'steps/node_modules/j/index.js': boom,
      'steps/k.json': '{}',
    });
    projects.push(project);
    const { code, stdout, stderr } = await project.mirrorspec('steps', 'it is', '--format', 'json');
    assert.equal(stderr, '');
    const declared = JSON.parse(stdout).steps.filter(({ title }: { title: string }) => title === 'mine');
    assert.deepEqual(
      declared.map(({ expressions }: { expressions: string[] }) => expressions[0]),
      ['it is ts', 'it is mts', 'it is js', 'it is mjs'],
    );
    assert.equal(code, 0);
  });

  const mistakes: readonly [string, Readonly<Record<string, string>>, string][] = [
    [
      'every file with a syntax error is named, with its line and column',
      { 'steps/a.ts': 'const fruit: = 3;\n', 'steps/b.ts': 'export {};\n\n  foo(;\n' },
      `error: steps/a.ts cannot be loaded: Unexpected token \`=\`
 --> steps/a.ts:1:14
  |
1 | const fruit: = 3;
  |              ^

error: steps/b.ts cannot be loaded: Expression expected
 --> steps/b.ts:3:7
  |
3 |   foo(;
  |       ^
`,
    ],
    [
      'syntax that would have to be compiled',
      {
        'steps/a.ts': 'enum Fruit {\n  apple,\n}\n',
        'steps/b.ts': 'class A {\n  constructor(private b: string) {}\n}\n',
      },
      `error: steps/a.ts cannot be loaded: TypeScript enum is not supported
 --> steps/a.ts:1:1
  |
1 | enum Fruit {
  | ^
  = help: types are stripped, nothing is compiled: write it without TypeScript syntax that leaves code behind
  = help: "erasableSyntaxOnly": true in tsconfig.json lets editor and tsc find these places

error: steps/b.ts cannot be loaded: TypeScript parameter property is not supported
 --> steps/b.ts:2:23
  |
2 |   constructor(private b: string) {}
  |                       ^^^^^^^^^
  = help: types are stripped, nothing is compiled: write it without TypeScript syntax that leaves code behind
  = help: "erasableSyntaxOnly": true in tsconfig.json lets editor and tsc find these places
`,
    ],
    [
      'a module beside its own compiled form',
      { 'steps/own.js': '', 'steps/b.mts': '', 'steps/b.mjs': '' },
      `error: steps/b.mts and steps/b.mjs lie side by side: the same steps would be declared twice
  = help: delete steps/b.mjs: TypeScript is loaded as it is, nothing has to be compiled
  = help: or let tsc write to another folder ("outDir"), or nothing at all ("noEmit")

error: steps/own.ts and steps/own.js lie side by side: the same steps would be declared twice
  = help: delete steps/own.js: TypeScript is loaded as it is, nothing has to be compiled
  = help: or let tsc write to another folder ("outDir"), or nothing at all ("noEmit")
`,
    ],
    [
      'an import by the name of what would have been compiled',
      { 'steps/a.ts': "import { shout } from './voice/shout.js';\nshout('a');\n" },
      `error: steps/a.ts cannot be loaded: Error: Cannot find module 'steps/voice/shout.js' imported from steps/a.ts
  = help: there is steps/voice/shout.ts: TypeScript is loaded as it is, so import it by that name
`,
    ],
    [
      'an import of a package that is not there',
      { 'steps/a.ts': "import type { Nothing } from 'nowhere';\nimport 'no-such-package';\n" },
      `error: steps/a.ts cannot be loaded: Error: Cannot find package 'no-such-package' imported from steps/a.ts
  = help: get it: npm install no-such-package
`,
    ],
    [
      'an error while a module is evaluated',
      { 'steps/a.ts': 'const nothing: { name?: string } = {};\n\nnothing.name!.trim();\n' },
      `error: steps/a.ts cannot be loaded: TypeError: Cannot read properties of undefined (reading 'trim')
 --> steps/a.ts:3:15
  |
3 | nothing.name!.trim();
  |               ^
`,
    ],
  ];
  for (const [what, files, message] of mistakes) {
    test(`mistake, 2: ${what}`, async () => {
      const { code, stderr } = await projectOf({ ...files, 'features/a.feature': COUNT }).mirrorspec('run');
      assert.equal(stderr.split(/\nerror: \d mistake/)[0], message);
      assert.equal(code, 2);
    });
  }
});

test('steps that import another copy of mirrorspec than the one that was started are told so', async () => {
  using project = new InlineProject({
    'node_modules/other/package.json': '{ "name": "other", "main": "index.js" }',
    'node_modules/other/index.js':
      "throw new Error('You call on an instance of Cucumber that isn\\'t running (status: PENDING)');",
    'steps/own.ts': "import 'other';\n",
  });
  assert.deepEqual(await project.mirrorspec('steps'), {
    code: 2,
    stdout: '',
    stderr: `error: steps/own.ts cannot be loaded: the mirrorspec that was started is not the one that it imports
  = help: start the one of the project: npx mirrorspec

error: 1 mistake was found, nothing was run
`,
  });
});

test('an error in what steps import names the file that imports it, and where the error arose', async () => {
  for (const [file, text] of [
    ['index.cjs', "throw new Error('boom');\n"],
    ['index.mjs', "throw new Error('boom');\n"],
  ] as const) {
    using project = new InlineProject({
      'node_modules/other/package.json': `{ "name": "other", "main": "${file}" }`,
      [`node_modules/other/${file}`]: text,
      'steps/own.js': '',
      'steps/own2.js': "import 'other';\n",
    });
    assert.deepEqual(await project.mirrorspec('steps'), {
      code: 2,
      stdout: '',
      stderr: `error: steps/own2.js cannot be loaded: Error: boom
  = note: it arose at node_modules/other/${file}:1:7

error: 1 mistake was found, nothing was run
`,
    });
  }
});

describe('the TypeScript loader under plain Node.js', () => {
  test('names file, line and column of a syntax error', () => {
    const project = new InlineProject({ 'a.ts': 'export const a: number = 1;\n  enum B {}\n' });
    const loader = pathToFileURL(join(PACKAGE_ROOT, 'dist/support/cli/typescript-loader.js')).href;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(loader)}); await import('./a.ts');`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', register], {
      cwd: project.path,
      encoding: 'utf8',
    });
    project.dispose();
    assert.match(stderr, /a\.ts:2(:3)?\n/);
    assert.match(stderr, /TypeScript enum is not supported in strip-only mode/);
    assert.equal(status, 1);
  });
});
