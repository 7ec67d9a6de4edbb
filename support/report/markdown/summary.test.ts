import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXIT } from '../../model/errors.js';
import { sourceOf } from '../results/write-results.js';
import { HOSTILE, largeResults, smallResults } from '../testing/hostile-results.js';
import { summaryMarkdown } from './summary.js';

describe('summary.md', () => {
  const summary = summaryMarkdown(sourceOf(smallResults()));

  it('begins with the verdict, what it is about, and how many scenarios have which state', () => {
    assert.deepEqual(summary.split('\n').slice(0, 7), [
      '## ❌ mirrorspec: 2 of 8 scenarios failed, with 1 known limitation and 1 only when tried again.',
      '',
      '> These are verdicts on the reference agent.',
      '',
      '| ✓ pass | ✕ fail | ◐ known limitation | ★ fixed | ≈ flaky | – not applicable | ○ not tested |',
      '|---|---|---|---|---|---|---|',
      '| 2 | 1 | 1 | 1 | 1 | 1 | 1 |',
    ]);
  });

  it('tells what failed and why, and how to run it again', () => {
    assert.match(summary, /^### ✕ fail \(1\)$/m);
    assert.match(summary, /the mirror listened on eth0, where the mesh carries the call inside mutual TLS/);
    assert.match(summary, /^ {2}<br>again: npx mirrorspec run b/m);
  });

  it('has the matrix as tables, no cell of which is blank, in rows of equal length', () => {
    const tables = summary.split('\n\n').filter((part) => part.startsWith('|'));
    assert.ok(tables.length >= 3);
    for (const table of tables) {
      const rows = table
        .trimEnd()
        .split('\n')
        .map((row) => row.split('|').slice(1, -1));
      assert.equal(new Set(rows.map(({ length }) => length)).size, 1, table);
      const blank = rows.slice(1).flatMap((row) => row.filter((cell) => cell.trim() === ''));
      assert.deepEqual(blank, []);
    }
    assert.match(summary, /\| istio STRICT \| .*✓ ⇉/i);
  });

  it('what a payload contains is no markup, link or mention', () => {
    const tags = [...summary.matchAll(/<[^>]*>/g)].map(([tag]) => tag);
    assert.deepEqual([...new Set(tags)].sort(), ['</details>', '</summary>', '<br>', '<details>', '<summary>']);
    assert.ok(!summary.includes(HOSTILE.text));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(summary, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  it('a gate that stops a run whose scenarios all pass is the verdict', () => {
    const results = largeResults(3);
    const gate = { gate: 'release', file: 'features/gates/release.yaml', ok: false, outcomes: [] };
    const runs = results.runs.map((run) => ({ ...run, verdict: 'failed' as const, exitCode: EXIT.failed, gate }));
    assert.match(
      summaryMarkdown(sourceOf({ ...results, runs })),
      /^## ❌ mirrorspec: The gate release stops the run, although all 3 scenarios came out as specified\.$/m,
    );
  });

  it('of 10,000 scenarios still fits into the summary of a step', () => {
    assert.ok(summaryMarkdown(sourceOf(largeResults(10_000))).length < 200_000);
  });
});
