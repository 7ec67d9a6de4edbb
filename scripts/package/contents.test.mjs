import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ROOT } from '../prepare.mjs';
import { pack } from './pack.mjs';

/** Bounds that notice what should not be in it: compressed and unpacked, in bytes. */
const MAX_SIZE = 1_250_000;
const MAX_UNPACKED_SIZE = 5_000_000;

const CUCUMBER = JSON.parse(readFileSync(join(ROOT, 'node_modules/@cucumber/cucumber/package.json'), 'utf8'));
const CUCUMBER_MAJOR = Number(CUCUMBER.version.split('.')[0]);

/** Steps of a user's that use what the package declares, each line for a reason. */
const STEPS = `import {
  Before,
  type DataTable,
  declareParameterType,
  declareStep,
  EnvironmentError,
  ExpectationError,
  type IWorldOptions,
  messagesOfLastCalls,
  MirrorspecWorld,
  setWorldConstructor,
  textOf,
  UserError,
} from 'mirrorspec';

class ShopWorld extends MirrorspecWorld {
  items = 0;
  constructor(options: IWorldOptions) {
    super(options);
    this.log(String(this.parameters));
  }
}
setWorldConstructor(ShopWorld);
Before(function (this: ShopWorld) {
  this.items = 1;
});

declareParameterType({ name: 'fruit', values: ['apple'], description: 'd', transform: (name): string => name });
declareStep<ShopWorld, [number, DataTable]>({
  keyword: 'Given',
  expression: 'an order of {int} item(s):',
  yaml: { key: 'order', value: { items: '{items}', rows: '{table}' } },
  title: 'an order',
  description: 'd',
  example: 'Given an order of 3 items:',
  parameters: [{ name: 'items', description: 'how many', schema: { minimum: 1 } }],
  attachment: { kind: 'table', description: 'd' },
  async run(items, table) {
    if (items < 1) throw new UserError('no');
    if (items > 9) throw new EnvironmentError('too many', { remedy: 'order less' });
    this.items = items + table.rows().length;
    this.call.path = '/orders';
    this.call.messages.push({ kind: 'json', value: { items } });
    this.describe.mesh = { kind: 'istio', mtls: 'STRICT' };
    await this.attach('a', 'text/plain');
    for (const [message] of await messagesOfLastCalls(this, 'request')) {
      if (message === undefined || textOf(message) !== 'a') throw new ExpectationError('another');
    }
  },
});
`;
const MISTAKES = `import { declareStep, type MirrorspecWorld } from 'mirrorspec';
declareStep<MirrorspecWorld, [number]>({
  keyword: 'Whenever',
  expression: 'x',
  title: 't',
  description: 'd',
  example: 'When x',
  run(count) {
    count.trim();
    this.calls;
  },
});
`;

describe('the npm package', () => {
  let folder = '';
  let packed;
  let installed = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'mirrorspec-package-'));
    packed = pack(folder);
    assert.equal(spawnSync('tar', ['-xzf', packed.file], { cwd: folder }).status, 0);
    // Its dependencies are those of the clone: what is tested here is what is in the package.
    installed = join(folder, 'node_modules', 'mirrorspec');
    mkdirSync(join(folder, 'node_modules'));
    renameSync(join(folder, 'package'), installed);
    for (const name of dependencyFolders()) {
      const path = join(folder, 'node_modules', name);
      mkdirSync(dirname(path), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), path);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const compile = (files, options) => {
    const project = mkdtempSync(join(folder, 'project-'));
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    for (const [name, content] of Object.entries(files)) writeFileSync(join(project, name), content);
    const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const args = [...strict, '--types', 'node', '--target', 'es2023', ...options, ...Object.keys(files)];
    return spawnSync(tsc, args, { cwd: project, encoding: 'utf8' });
  };

  test('has what it needs, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    for (const wanted of [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'dist/programs/environment/embedded/lab/init.js',
      'dist/support/cli/main.js',
      'dist/support/index.d.ts',
      'dist/support/cli/typescript-loader.js',
      'dist/steps/mesh.js',
      'docs/steps.md',
      'features/protocols.feature',
      'features/environments/embedded.yaml',
      'schemas/environment.schema.json',
      'support/cli/templates/gitignore',
      'support/cli/templates/github/workflows/mirrorspec.yml',
      'support/cli/templates/vscode/settings.json',
      'support/traffic/protos/echo.proto',
    ]) {
      assert.ok(paths.includes(wanted), `${wanted} is missing`);
    }
    const unwanted = paths.filter((path) =>
      /\.test\.|\.map$|\/testing\/|lab-test|test-(host|support)|^(bench|scripts|reports|\.ci)\/|adr|\.tsbuildinfo$/.test(
        path,
      ),
    );
    assert.deepEqual(unwanted, []);
    const sources = paths.filter((path) => /(?<!\.d)\.ts$/.test(path) && !path.startsWith('support/cli/templates/'));
    assert.deepEqual(sources, []);
  });

  test('is small', () => {
    assert.ok(packed.size < MAX_SIZE, `${packed.size} bytes`);
    assert.ok(packed.unpackedSize < MAX_UNPACKED_SIZE, `${packed.unpackedSize} bytes unpacked`);
  });

  test('imports nothing of its own that it does not have', () => {
    const missing = packed.files
      .map(({ path }) => path)
      .filter((path) => /^dist\/.*\.js$/.test(path))
      .flatMap((path) => {
        const text = readFileSync(join(installed, path), 'utf8');
        const imports = [...text.matchAll(/(?:from|import\(?)\s*'(\.{1,2}\/[^']+)'/g)].map(
          ([, specifier]) => specifier,
        );
        return imports
          .filter((each) => !isFile(join(installed, dirname(path), each)))
          .map((each) => `${path}: ${each}`);
      });
    assert.deepEqual(missing, []);
  });

  for (const [module, resolution] of [
    ['nodenext', 'nodenext'],
    ['node16', 'node16'],
    ['esnext', 'bundler'],
    ['preserve', 'bundler'],
  ]) {
    test(`its types serve steps under "strict" (module ${module}, resolution ${resolution})`, () => {
      const options = ['--module', module, '--moduleResolution', resolution];
      // The types of cucumber-js 13 are those of a CommonJS package that imports ES modules, which node16 does not know.
      if (module === 'node16' && CUCUMBER_MAJOR >= 13) options.push('--skipLibCheck');
      const { status, stdout } = compile({ 'own.ts': STEPS }, options);
      assert.equal(stdout, '');
      assert.equal(status, 0);
    });
  }

  test('its types find mistakes', () => {
    const { status, stdout } = compile({ 'own.ts': MISTAKES }, ['--module', 'nodenext']);
    const found = [...stdout.matchAll(/own\.ts\((\d+),\d+\): error/g)].map(([, line]) => Number(line));
    assert.deepEqual(found, [3, 9, 10]);
    assert.notEqual(status, 0);
  });

  for (const options of [[], ['--javascript']]) {
    test(`what \`mirrorspec init ${options.join('')}\` makes type-checks and declares its steps`, () => {
      const project = mkdtempSync(join(folder, 'init-'));
      const mirrorspec = (...args) =>
        spawnSync(process.execPath, [join(installed, 'dist/support/cli/main.js'), ...args], {
          cwd: project,
          encoding: 'utf8',
        });
      assert.equal(mirrorspec('init', ...options).status, 0);
      if (options.length === 0) {
        const { status, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), { cwd: project, encoding: 'utf8' });
        assert.equal(stdout, '');
        assert.equal(status, 0);
      }
      const { stdout, stderr } = mirrorspec('steps', 'order', '--format', 'json');
      assert.equal(stderr, '');
      const own = JSON.parse(stdout).steps.filter(({ theme }) => theme === 'orders');
      assert.deepEqual(
        own.flatMap(({ expressions }) => expressions),
        ['an order of {int} {drink}', 'the order is mirrored unchanged'],
      );
    });
  }
});

function dependencyFolders() {
  return readdirSync(join(ROOT, 'node_modules'))
    .filter((name) => !name.startsWith('.') && name !== 'mirrorspec')
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(ROOT, 'node_modules', name)).map((each) => `${name}/${each}`) : [name],
    );
}

function isFile(path) {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
