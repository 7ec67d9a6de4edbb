import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parse } from 'yaml';
import { UserError } from '../../model/errors.js';
import { InlineProject } from '../testing/inline-project.js';
import { makeProject } from './make-project.js';

/** They follow from the steps, once these can be loaded. */
const EDITOR = ['schemas/feature.schema.json', '.vscode/steps.js'];
const ALL = [
  'mirrorspec.yaml',
  'features/orders.feature',
  'features/order-service.yaml',
  'features/environments/embedded.yaml',
  'steps/orders.ts',
  'workload/orders.proto',
  'workload/server.mjs',
  'tsconfig.json',
  '.vscode/settings.json',
  '.vscode/extensions.json',
  '.github/workflows/mirrorspec.yml',
  '.gitignore',
  'README.md',
];

describe('mirrorspec init', { concurrency: 2 }, () => {
  const folders: string[] = [];
  const emptyFolder = (files: Readonly<Record<string, string>> = {}): string => {
    const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-init-'));
    folders.push(folder);
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), content);
    }
    return folder;
  };
  const make = (cwd: string, more: Partial<Parameters<typeof makeProject>[0]> = {}) =>
    makeProject({ cwd, folder: '.', language: 'typescript', force: false, ...more });
  const filesIn = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .sort();
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  test('makes a project, and says what it made and what comes next', async () => {
    using project = new InlineProject({});
    const { code, stdout, stderr } = await project.mirrorspec('init', 'my shop');
    assert.equal(
      stdout,
      `made in my shop:
  package.json
${[...ALL, ...EDITOR].map((path) => `  ${path}\n`).join('')}
next:
  cd 'my shop'
  npm install
  npx mirrorspec run
`,
    );
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.deepEqual(filesIn(join(project.path, 'my shop')), ['package.json', ...ALL, ...EDITOR].sort());
  });

  test('run again it changes nothing, and lists what it left alone', async () => {
    using project = new InlineProject({ 'package.json': '{ "name": "shop" }' });
    await project.mirrorspec('init');
    writeFileSync(join(project.path, 'README.md'), 'mine');
    const { code, stdout } = await project.mirrorspec('init');
    const paths = [...ALL, ...EDITOR].map((path) => path.replace('orders.ts', 'orders.mts'));
    assert.equal(
      stdout,
      `left alone, as they were there already:
${paths.map((path) => `  ${path}\n`).join('')}
next:
  npx mirrorspec run
`,
    );
    assert.equal(code, 0);
    assert.equal(readFileSync(join(project.path, 'README.md'), 'utf8'), 'mine');
  });

  test('editors are told of the steps later where mirrorspec is not installed yet', async () => {
    using project = new InlineProject({});
    rmSync(join(project.path, 'node_modules'), { recursive: true });
    const { code, stdout, stderr } = await project.mirrorspec('init');
    assert.match(stdout, /\nnext:\n {2}npm install\n {2}npm run editor\n {2}npx mirrorspec run\n$/);
    assert.deepEqual(filesIn(project.path), ['package.json', ...ALL].sort());
    assert.equal(stderr, '');
    assert.equal(code, 0);
  });

  test('editors are told of own steps in both languages', async () => {
    using project = new InlineProject({});
    await project.mirrorspec('init');
    const schema = readFileSync(join(project.path, 'schemas/feature.schema.json'), 'utf8');
    assert.match(schema, /"order-unchanged"/);
    assert.match(schema, /"cappuccino"/);
    const { Ajv2020 } = await import('ajv/dist/2020.js');
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(schema));
    const feature = readFileSync(join(project.path, 'features/order-service.yaml'), 'utf8');
    assert.ok(validate(parse(feature)), JSON.stringify(validate.errors));
    assert.ok(!validate(parse(feature.replace('drink: <drink>', 'drink: tea'))));
    const steps = readFileSync(join(project.path, '.vscode/steps.js'), 'utf8');
    assert.match(steps, /^Given\('an order of \{int\} \{drink\}', /m);
    assert.match(steps, /^When\('a\(n\) \{protocol\} call is made', /m);
  });

  test('--force writes over the files that it makes, and over no others', () => {
    const folder = emptyFolder({ 'README.md': 'mine', 'steps/own.ts': 'mine', 'package.json': '{ "name": "shop" }' });
    const { made, leftAlone } = make(folder, { force: true });
    assert.ok(made.includes('README.md'));
    assert.ok(!made.includes('package.json'));
    assert.deepEqual(leftAlone, []);
    assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), /^# Scenarios/);
    assert.equal(readFileSync(join(folder, 'steps/own.ts'), 'utf8'), 'mine');
    assert.equal(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name, 'shop');
  });

  test('--javascript makes no TypeScript', () => {
    const { made } = make(emptyFolder(), { language: 'javascript' });
    assert.ok(made.includes('steps/orders.js'));
    assert.deepEqual(
      made.filter((path) => /ts$|tsconfig/.test(path)),
      [],
    );
  });

  test('the names of modules say that they are ES modules where package.json does not', () => {
    for (const [language, steps] of [
      ['typescript', 'steps/orders.mts'],
      ['javascript', 'steps/orders.mjs'],
    ] as const) {
      const folder = emptyFolder({ 'package.json': '{ "type": "commonjs" }' });
      assert.ok(make(folder, { language }).made.includes(steps));
      assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), new RegExp(`\`${steps}\``));
    }
  });

  test('the steps are not made a second time in the other language', () => {
    const folder = emptyFolder();
    make(folder);
    const { leftAlone } = make(folder, { language: 'javascript', force: true });
    assert.deepEqual(leftAlone, ['steps/orders.ts']);
    assert.ok(!existsSync(join(folder, 'steps/orders.js')));
  });

  test('what is missing in package.json is added, and listed', async () => {
    using project = new InlineProject({ 'package.json': '{ "type": "module", "scripts": { "test": "jest" } }' });
    const { stdout } = await project.mirrorspec('init', '--javascript');
    assert.match(
      stdout,
      /^added to package\.json:\n {2}scripts\.lint\n {2}scripts\.editor\n {2}devDependencies\.@grpc\/grpc-js\n {2}devDependencies\.@grpc\/proto-loader\n {2}devDependencies\.mirrorspec\n\nnext:\n {2}npm install\n/m,
    );
  });

  const refused: readonly [string, Readonly<Record<string, string>>, string, string][] = [
    ['a file in place of the folder', { shop: '' }, 'shop', '"shop" is a file, not a folder'],
    [
      'a file above the folder',
      { shop: '' },
      'shop/a',
      'shop/a/package.json cannot be read: a part of its path is a file',
    ],
    [
      'a file where a folder must be',
      { features: '' },
      '.',
      'features/orders.feature cannot be written: a part of its path is a file',
    ],
    [
      'a folder that cannot be made',
      {},
      '/proc/shop',
      '/proc/shop/package.json cannot be written: its folder cannot be made',
    ],
    [
      'a package.json that is none',
      { 'package.json': '[]' },
      '.',
      'package.json is no JSON object, so that nothing can be added to it',
    ],
  ];
  for (const [what, files, folder, message] of refused) {
    test(`refused: ${what}`, () => {
      const cwd = emptyFolder(files);
      assert.throws(() => make(cwd, { folder }), new UserError(message));
    });
  }

  test('a package.json that is none is found before anything is written', () => {
    const cwd = emptyFolder({ 'package.json': '[]' });
    assert.throws(() => make(cwd));
    assert.deepEqual(filesIn(cwd), ['package.json']);
  });
});
