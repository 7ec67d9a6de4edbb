import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Header } from '../../../model/journal.js';
import type { Verdict } from '../../../model/verdict.js';
import { decide } from '../decide.js';
import { changed, evidenceOf, type Script, type ScriptedAnswer, type ScriptedExchange } from './scripted-evidence.js';

/** One row of a table of verdicts on call `c1`. */
export interface Case {
  readonly it: string;
  readonly script: Script;
  readonly verdict: Verdict;
  /** `comparison what: expected | found`, all of them, in order. */
  readonly differences?: readonly string[];
}

/** Declares a test for each row. */
export function cases(title: string, all: readonly Case[]): void {
  describe(title, () => {
    for (const each of all) {
      it(each.it, () => {
        const { verdict, differences } = decide(evidenceOf(each.script), 'c1');
        const told = differences.map(
          ({ between, what, expected, found }) => `${between} ${what}: ${expected} | ${found}`,
        );
        assert.equal(verdict, each.verdict, told.join('\n'));
        if (each.differences !== undefined) assert.deepEqual(told, each.differences);
      });
    }
  });
}

/** The local process saw the call with these changes, the others saw it as it was. */
export function copy(call: ScriptedExchange, changes: Partial<ScriptedExchange>): Script {
  return { caller: [call], localProcess: [changed(call, changes)] };
}

/** The same call with more headers. */
export function withHeaders(call: ScriptedExchange, ...headers: readonly Header[]): ScriptedExchange {
  return changed(call, { headers: [...call.headers, ...headers] });
}

/** The same call, answered otherwise. */
export function answered(call: ScriptedExchange, changes: Partial<ScriptedAnswer>): ScriptedExchange {
  assert.ok(call.answer !== undefined);
  return changed(call, { answer: { ...call.answer, ...changes } });
}
