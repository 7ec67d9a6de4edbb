import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Chalk } from 'chalk';
import { XmlDocument } from 'libxml2-wasm';
import { marked } from 'marked';
import { parse } from 'yaml';
import type { Results } from '../model/results.js';
import { badgeSvg, badgesOf } from './badges/badges.js';
import { CONFORMANCE_SCHEMA } from './conformance/conformance-schema.js';
import { compareResults } from './history/compare.js';
import { describeResults } from './history/described-run.js';
import { type Diff, diffMarkdown, diffText } from './history/diff-text.js';
import { differencesOf } from './history/differences.js';
import { admittedJunit } from './junit/testing/admitted.js';
import { mergeResults } from './merge/merge-results.js';
import { scenarioText, summaryText } from './progress.js';
import { RESULTS_SCHEMA } from './results/results-schema.js';
import { sourceOf } from './results/write-results.js';
import { Tally } from './tally.js';
import { ACTING, HOSTILE_PAYLOADS, longLine, PIPELINE_COMMAND } from './testing/hostile-payloads.js';
import { HOSTILE, smallResults } from './testing/hostile-results.js';
import { writeReports } from './write-reports.js';

/** Results with `payload` in every place that text from outside can reach. */
function resultsWithin(payload: string): Results {
  return JSON.parse(JSON.stringify(smallResults()), (key, value: unknown) => {
    if (typeof value !== 'string' || !value.includes(HOSTILE.text)) return value;
    return key === 'url' ? value : value.replaceAll(HOSTILE.text, () => payload);
  }) as Results;
}

function diffOf(before: Results, now: Results): Diff {
  const [old, current] = [sourceOf(before), sourceOf(now)];
  return {
    before: describeResults(before),
    now: describeResults(now),
    differences: differencesOf(compareResults(old, current)),
  };
}

const payloads = [...Object.entries(HOSTILE_PAYLOADS), ['a line of 10 MiB', ''] as const];

describe('a payload is shown and harmless, wherever it gets to:', () => {
  const plain = new Chalk({ level: 0 });
  const validate = new Ajv2020({ strict: true }).compile(RESULTS_SCHEMA);
  const validateConformance = new Ajv2020({ strict: true }).compile(CONFORMANCE_SCHEMA);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'mirrorspec-hostile-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [what, given] of payloads) {
    it(what, () => {
      const long = given === '';
      const payload = long ? longLine() : given;
      // A line of 10 MiB stands in one place: a run cuts it everywhere.
      const results = long ? longResults(payload) : resultsWithin(payload);
      const files = written(folder, results);
      if (long) {
        for (const [name, text] of files) if (name !== 'results.json') assert.ok(text.length < 2_000_000, name);
        return;
      }
      for (const name of ['index.html', 'summary.md', 'junit.xml', 'verdict.svg']) {
        const found = ACTING.exec(files.get(name) ?? '');
        assert.equal(
          found === null ? '' : JSON.stringify(found.input.slice(found.index - 60, found.index + 20)),
          '',
          name,
        );
      }
      admittedJunit(files.get('junit.xml') ?? '').dispose();
      XmlDocument.fromString(files.get('verdict.svg') ?? '').dispose();
      const read: unknown = JSON.parse(files.get('results.json') ?? '');
      assert.ok(validate(read), JSON.stringify(validate.errors?.slice(0, 2)));
      assert.ok(validateConformance(parse(files.get('conformance.yaml') ?? '')));
      const html = marked.parse(files.get('summary.md') ?? '', { gfm: true, async: false });
      assert.doesNotMatch(html, /<(?:script|img|svg|b|del|style|iframe)\b|href="(?!#|\.\/)|<h1/i);
      assert.doesNotMatch(files.get('index.html') ?? '', /<(?:img|iframe|svg onload)|\son\w+="|href="javascript:/i);
      assert.equal((files.get('index.html') ?? '').match(/<script\b/g)?.length, 1, 'the page has one script, its own');
      const text = terminal(results, plain);
      assert.doesNotMatch(text, ACTING);
      assert.doesNotMatch(text, PIPELINE_COMMAND);
    });
  }

  it('also in merged reports and in what two runs differ in', () => {
    const everything = Object.values(HOSTILE_PAYLOADS).join(' ');
    const results = resultsWithin(everything);
    const again = { ...results, runs: results.runs.map((run) => ({ ...run, id: 'run-2' })) };
    const other = {
      ...again,
      scenarios: results.scenarios.map((scenario) => ({ ...scenario, run: 'run-2' })),
    };
    const merged = mergeResults([
      { results, shown: 'a' },
      { results: other, shown: 'b' },
    ]);
    const files = written(folder, merged);
    for (const name of ['index.html', 'summary.md', 'junit.xml'])
      assert.doesNotMatch(files.get(name) ?? '', ACTING, name);
    admittedJunit(files.get('junit.xml') ?? '').dispose();
    const good = { ...results, scenarios: results.scenarios.map((each) => ({ ...each, state: 'pass' as const })) };
    const diff = diffOf(good, results);
    assert.doesNotMatch(diffText(diff, plain), ACTING);
    assert.doesNotMatch(diffMarkdown(diff), ACTING);
    assert.doesNotMatch(marked.parse(diffMarkdown(diff), { async: false }), /<(?:script|img|svg|b|style)\b/i);
  });
});

function written(folder: string, results: Results): ReadonlyMap<string, string> {
  const source = sourceOf(results);
  writeReports(folder, source);
  const names = ['index.html', 'summary.md', 'junit.xml', 'results.json', 'conformance.yaml'];
  assert.match(readFileSync(join(folder, 'index.html'), 'utf8'), /<\/html>\s*$/, 'the page is whole');
  const [badge] = badgesOf(source);
  assert.ok(badge !== undefined);
  return new Map([
    ...names.map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
    [
      'verdict.svg',
      badgeSvg({ ...badge, label: `${badge.label} ${results.scenarios[2]?.name.slice(0, 100)}` }),
    ] as const,
  ]);
}

/** What a run prints of its scenarios. */
function terminal({ scenarios }: Results, colour: InstanceType<typeof Chalk>): string {
  const lines = scenarios.map(({ name, uri, line, attempts, steps }) =>
    scenarioText(
      {
        name,
        location: `${uri}/${name}:${line}`,
        status: 'failed',
        attempt: 1,
        willBeRetried: false,
        durationMs: 1,
        limitations: [],
        failures: [
          ...attempts.flatMap(({ errors }) => errors),
          ...steps.flatMap(({ error, text }) => (error === undefined ? [] : [{ ...error, step: text }])),
        ],
      },
      colour,
    ),
  );
  return lines.join('') + summaryText(new Tally(), 1, colour);
}

function longResults(line: string): Results {
  const results = smallResults();
  const [first, ...rest] = results.scenarios;
  assert.ok(first !== undefined);
  const steps = first.steps.map((step) => ({ ...step, log: [line], docString: line }));
  return { ...results, scenarios: [{ ...first, steps }, ...rest] };
}
