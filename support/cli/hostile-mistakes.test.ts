import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Chalk } from 'chalk';
import type { Diagnostic } from '../language/diagnostic.js';
import { githubAnnotations } from '../language/lint/github.js';
import { renderDiagnostics } from '../language/render-diagnostics.js';
import { ACTING, HOSTILE_PAYLOADS, PIPELINE_COMMAND } from '../report/testing/hostile-payloads.js';
import { runAnnotations } from './annotations.js';

describe('a mistake that quotes a payload is shown and harmless:', () => {
  for (const [what, text] of Object.entries(HOSTILE_PAYLOADS)) {
    const [line = ''] = text.split('\n');
    const mistake: Diagnostic = {
      rule: text,
      message: text,
      at: { file: `features/${text}.feature`, line: 1, column: 1, length: 1, source: line },
      notes: [text],
      help: [text],
    };

    it(`${what}, on a terminal`, () => {
      const shown = renderDiagnostics([mistake], new Chalk({ level: 0 }));
      assert.doesNotMatch(shown, ACTING);
      assert.doesNotMatch(shown, PIPELINE_COMMAND);
      assert.match(shown, /^error: [\s\S]*1 mistake was found/);
    });

    it(`${what}, as an annotation`, () => {
      const failure = { step: text, type: 'Error', message: text, stack: [], location: `features/a.feature:7` };
      const ran = {
        name: text,
        location: 'features/a.feature:3',
        status: 'failed',
        attempt: 1,
        willBeRetried: false,
        durationMs: 1,
        failures: [failure],
        limitations: [],
      } as const;
      const { at: _, ...placeless } = mistake;
      const lines = [
        githubAnnotations([placeless], (file) => file),
        runAnnotations({ results: [ran] }, { cwd: '/repo', env: { GITHUB_WORKSPACE: '/repo' } }),
      ];
      for (const shown of lines) {
        assert.match(shown, /^::error [^\n]*::[^\n]*\n$/, 'it is one command, in one line');
        assert.doesNotMatch(shown, ACTING);
      }
    });
  }
});
