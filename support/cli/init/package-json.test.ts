import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UserError } from '../../model/errors.js';
import { mergedPackage, newPackage } from './package-json.js';

const OWN = {
  version: '1.2.3',
  dependencies: { '@grpc/grpc-js': '^1.14.0', '@grpc/proto-loader': '^0.8.0' },
  devDependencies: { typescript: '^7.0.0', '@types/node': '^20.0.0' },
};
const ALL_TYPESCRIPT = [
  'scripts.test',
  'scripts.lint',
  'scripts.editor',
  'scripts.typecheck',
  'devDependencies.@grpc/grpc-js',
  'devDependencies.@grpc/proto-loader',
  'devDependencies.@types/node',
  'devDependencies.mirrorspec',
  'devDependencies.typescript',
];

describe('package.json of a new project', () => {
  test('has scripts and what steps and workload import, in the versions that mirrorspec has', () => {
    const { text, esModules } = newPackage('Shop Scenarios', OWN, 'typescript');
    assert.equal(
      text,
      `{
  "name": "shop-scenarios",
  "private": true,
  "type": "module",
  "scripts": {
    "test": "mirrorspec run",
    "lint": "mirrorspec lint",
    "editor": "mirrorspec schema feature --out schemas && mirrorspec steps --format editor > .vscode/steps.js",
    "typecheck": "tsc --noEmit"
  },
  "devDependencies": {
    "@grpc/grpc-js": "^1.14.0",
    "@grpc/proto-loader": "^0.8.0",
    "@types/node": "^20.0.0",
    "mirrorspec": "^1.2.3",
    "typescript": "^7.0.0"
  }
}
`,
    );
    assert.equal(esModules, true);
  });

  test('needs no compiler for JavaScript', () => {
    const { scripts, devDependencies } = JSON.parse(newPackage('shop', OWN, 'javascript').text);
    assert.deepEqual(Object.keys(scripts), ['test', 'lint', 'editor']);
    assert.deepEqual(Object.keys(devDependencies), ['@grpc/grpc-js', '@grpc/proto-loader', 'mirrorspec']);
  });

  for (const [folder, name] of [
    ['mirrorspec', 'scenarios'],
    ['node_modules', 'scenarios'],
    ['.shop', 'shop'],
    ['Überweisung', 'berweisung'],
    ['商店', 'scenarios'],
  ] as const) {
    test(`in the folder "${folder}" is called "${name}"`, () => {
      assert.equal(JSON.parse(newPackage(folder, OWN, 'javascript').text).name, name);
    });
  }
});

describe('package.json of a project that has one', () => {
  const merged = (text: string) => mergedPackage(text, 'package.json', OWN, 'typescript');

  test('keeps all that it says, its order and its indentation', () => {
    const before = {
      name: 'shop',
      scripts: { test: 'jest', editor: 'vi', typecheck: 'tsc -b' },
      type: 'commonjs',
      dependencies: { '@grpc/grpc-js': '1.0.0', mirrorspec: 'file:../mirrorspec.tgz' },
      license: 'MIT',
    };
    const { text, added, esModules } = merged(`${JSON.stringify(before, undefined, 4)}\n`);
    assert.deepEqual(JSON.parse(text), {
      ...before,
      scripts: { ...before.scripts, lint: 'mirrorspec lint' },
      devDependencies: { '@grpc/proto-loader': '^0.8.0', '@types/node': '^20.0.0', typescript: '^7.0.0' },
    });
    assert.deepEqual(Object.keys(JSON.parse(text)).slice(0, 5), Object.keys(before));
    assert.match(text, /^ {4}"name": "shop",$/m);
    assert.deepEqual(added, [
      'scripts.lint',
      'devDependencies.@grpc/proto-loader',
      'devDependencies.@types/node',
      'devDependencies.typescript',
    ]);
    assert.equal(esModules, false);
  });

  test('is left as it is, to the byte, when nothing is missing', () => {
    const complete = merged('{"type":"module"}').text.replace(/\n/g, ' ');
    assert.deepEqual(merged(complete), { text: complete, added: [], esModules: true });
  });

  test('gets a test in place of the one that npm init invents', () => {
    const { text, added } = merged('{ "scripts": { "test": "echo \\"Error: no test specified\\" && exit 1" } }');
    assert.equal(JSON.parse(text).scripts.test, 'mirrorspec run');
    assert.deepEqual(added, ALL_TYPESCRIPT);
  });

  for (const [text, message] of [
    ['[]', 'package.json is no JSON object, so that nothing can be added to it'],
    ['{ "scripts": [] }', '"scripts" in package.json is no JSON object, so that nothing can be added to it'],
    ['{ "scripts": null }', '"scripts" in package.json is no JSON object, so that nothing can be added to it'],
  ] as const) {
    test(`${text} is refused`, () => {
      assert.throws(() => merged(text), new UserError(message));
    });
  }

  test('that is no JSON is refused', () => {
    assert.throws(
      () => merged('{ "name": shop }'),
      (error) =>
        error instanceof UserError &&
        error.message.startsWith('package.json is no JSON, so that nothing can be added to it: Unexpected token'),
    );
  });
});
