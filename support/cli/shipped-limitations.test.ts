import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { limitationReports } from './explain-limitation.js';
import type { LimitationReport } from './explain-limitation-text.js';
import { TABLE_BEGINS, TABLE_ENDS } from './limitations-table.js';
import { lintProject } from './lint-project.js';
import { PACKAGE_ROOT } from './project.js';

/** The rows of the table of limitations that the project set out with: L1 to L33, and those that were split off. */
const ROWS = [...Array.from({ length: 33 }, (_, index) => `L${index + 1}`), 'L21b', 'L21c'];

describe('the shipped limitations', () => {
  let reports: readonly LimitationReport[];
  before(async () => {
    reports = await limitationReports(PACKAGE_ROOT);
  });

  it('are all that are known', () => {
    const ids = new Set(reports.map(({ id }) => id));
    assert.deepEqual(
      ROWS.filter((id) => !ids.has(id)),
      [],
    );
  });

  it('have a scenario each, or say why there is none', () => {
    const silent = reports.filter(
      ({ taggedScenarios, needsCluster, noScenario }) =>
        taggedScenarios.length > 0 === ((needsCluster ?? noScenario) !== undefined),
    );
    assert.deepEqual(
      silent.map(({ id }) => id),
      [],
    );
  });

  it('name a file with a scenario that has their tag', () => {
    for (const { id, scenario, taggedScenarios } of reports) {
      if (taggedScenarios.length === 0) assert.equal(scenario, undefined, id);
      else
        assert.ok(
          taggedScenarios.some(({ location }) => location.startsWith(`${scenario}:`)),
          id,
        );
    }
  });

  it('say all that a reader asks for', () => {
    for (const { id, references, firstSeen, lastChecked, certainty, symptom } of reports) {
      assert.ok(references.length > 0, `${id} has no reference`);
      assert.ok(firstSeen !== undefined && lastChecked !== undefined, `${id} does not say when it was checked`);
      assert.ok(certainty !== undefined && symptom !== undefined, `${id} lacks its certainty or its symptom`);
      for (const { upstream, url } of references) {
        const issue = /^metalbear-co\/mirrord#(\d+)$/.exec(upstream ?? '')?.[1];
        if (issue === undefined) continue;
        assert.match(url ?? '', new RegExp(`^https://github\\.com/metalbear-co/mirrord/(issues|pull)/${issue}$`), id);
      }
    }
  });

  it('are those of the table in the documentation', () => {
    const document = readFileSync(join(PACKAGE_ROOT, 'docs/limitations.md'), 'utf8');
    const table = document.slice(document.indexOf(TABLE_BEGINS), document.indexOf(TABLE_ENDS));
    const named = [...table.matchAll(/^\| \*\*(\S+)\*\* (.*?) \|/gm)].map(([, id, title]) => `${id} ${title}`);
    const declared = new Set(reports.map(({ id, title }) => `${id} ${title}`));
    assert.ok(named.length > 20);
    assert.deepEqual(
      named.filter((name) => !declared.has(name)),
      [],
      'npm start, then npm run docs:limitations',
    );
  });

  it('are the ones that the tags of shipped features name', async () => {
    const { mistakes } = await lintProject(PACKAGE_ROOT, []);
    assert.deepEqual(
      mistakes.map(({ message, at }) => `${at?.file}:${at?.line} ${message}`),
      [],
    );
  });
});
