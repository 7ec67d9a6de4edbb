import assert from 'node:assert/strict';
import { normalize } from 'node:path';
import { test } from 'node:test';
import { documentUri, fileOfUri, isYamlFeature } from './feature-path.js';

test('settings are told from features by their folder, the configuration of the project by its name', () => {
  const files = ['features/a.yaml', 'a.yml', 'features/environments.yaml', 'features/deep/gates/a.yml'];
  assert.deepEqual(files.filter(isYamlFeature), files);
  const others = [
    'features/environments/a.yaml',
    'limitations/a.yml',
    '/x/features/gates/a.yaml',
    'specs/gates/a.yaml',
    'mirrorspec.yaml',
  ];
  assert.deepEqual(others.filter(isYamlFeature), []);
  assert.equal(isYamlFeature('features/a.feature'), false);
});

test('each document of a file has a uri of its own, and all of them are the same path', () => {
  for (const file of ['features/a.yaml', 'a.yaml', '../x/a.yaml', '/abs/a.yaml']) {
    const uris = [0, 1, 2].map((index) => documentUri(file, index));
    assert.equal(new Set(uris).size, 3);
    assert.equal(uris[0], file);
    for (const uri of uris) assert.deepEqual([fileOfUri(uri), normalize(uri)], [file, file]);
  }
});
