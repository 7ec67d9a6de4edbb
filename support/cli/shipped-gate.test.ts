import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { scenariosTagged } from '../language/lint/limitations.js';
import { type LintedFeature, scopesOf } from '../language/lint/linted.js';
import { DEFAULT_PROJECT, projectLimitations, readGate } from '../language/settings/index.js';
import type { Gate } from '../model/gate.js';
import { projectFeatures } from './lint-project.js';
import { PACKAGE_ROOT } from './project.js';

describe("the gate of this project's own features", () => {
  let gate: Gate;
  let features: readonly LintedFeature[];
  before(async () => {
    const shown = 'features/gates/release.yaml';
    const read = await readGate({ path: join(PACKAGE_ROOT, shown), shown });
    assert.deepEqual(read.mistakes, []);
    assert.ok(read.gate !== undefined);
    gate = read.gate;
    features = await projectFeatures(PACKAGE_ROOT, DEFAULT_PROJECT);
  });

  it('says until when each limitation may show that a scenario is tagged with, and of no other', async () => {
    const { limitations } = await projectLimitations(PACKAGE_ROOT, DEFAULT_PROJECT.features);
    const tagged = [...limitations.keys()].filter((id) => scenariosTagged(features, id).length > 0);
    const allowed = gate.allowLimitations?.allowed.map(({ id }) => id) ?? [];
    assert.deepEqual([...allowed].sort(), tagged.sort());
  });

  it('requires scenarios that there are', () => {
    for (const requirement of gate.require) {
      if (requirement.kind !== 'scenario') continue;
      const there = features.filter(({ file }) => requirement.file === undefined || file.endsWith(requirement.file));
      const names = there.flatMap(scopesOf).flatMap(({ scenarios }) => scenarios.map(({ name }) => name));
      assert.ok(names.includes(requirement.name), `${requirement.name} (${requirement.file ?? 'anywhere'})`);
    }
  });
});
