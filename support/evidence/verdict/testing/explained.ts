import assert from 'node:assert/strict';
import type { Evidence, Explanation } from '../../../model/verdict.js';
import { explain } from '../explain.js';
import { evidenceOf, httpCall, type Script } from './scripted-evidence.js';

/** Call `c1` was made and served, and nothing of it arrived. */
export function silent(script: Partial<Script>): Evidence {
  return evidenceOf({ caller: [httpCall('c1')], localProcess: [], ...script });
}

/** The explanation of call `c1`, word for word. */
export function expectExplanation(evidence: Evidence, expected: Explanation): void {
  assert.deepEqual(explain(evidence, 'c1'), expected);
}
