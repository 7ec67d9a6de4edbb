import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GateReport } from '../model/gate.js';
import type { StepFailure, Tally } from '../report/tally.js';
import { gateAnnotations, runAnnotations } from './annotations.js';

const PLACE = { cwd: '/repo/sub', env: { GITHUB_WORKSPACE: '/repo' } };

function tallyOf(...failures: readonly (readonly StepFailure[])[]): Pick<Tally, 'results'> {
  return {
    results: failures.map((each, index) => ({
      name: `s${index}`,
      location: `features/a.yaml:${index + 1}`,
      status: each.length === 0 ? 'passed' : 'failed',
      attempt: 1,
      willBeRetried: false,
      durationMs: 1,
      failures: each,
      limitations: [],
    })),
  };
}

describe('annotations on GitHub', () => {
  const failure: StepFailure = {
    step: 'Then it is mirrored',
    location: 'features/a.feature:7',
    type: 'ExpectationError',
    message: 'sent 100 %\n::error::x\u001b[31m',
    stack: [],
  };

  it('stand at the lines of steps, by their path in the repository; a hook stands at its scenario', () => {
    const { location: _, ...hook } = failure;
    assert.equal(
      runAnnotations(tallyOf([], [failure], [{ ...hook, step: 'a hook', message: 'm' }]), PLACE),
      `::error file=sub/features/a.feature,line=7,title=mirrorspec%3A s1::Then it is mirrored%0Asent 100 %25%0A::error::x
::error file=sub/features/a.yaml,line=3,title=mirrorspec%3A s2::a hook%0Am
`,
    );
  });

  it('are as many as GitHub shows', () => {
    const many = Array.from({ length: 50 }, () => [{ ...failure, message: 'x'.repeat(100_000) }]);
    const text = runAnnotations(tallyOf(...many), PLACE);
    assert.equal(text.trimEnd().split('\n').length, 10);
    assert.ok(text.length < 30_000);
  });

  it('stand at the rules of a gate that do not hold', () => {
    const report: GateReport = {
      gate: 'release',
      file: 'features/gates/release.yaml',
      ok: false,
      outcomes: [
        {
          kind: 'count',
          rule: 'at most 0 scenarios failed',
          line: 4,
          ok: false,
          found: '1 of 2',
          because: [{ location: 'a.feature:3', text: 'a' }],
        },
        { kind: 'complete', rule: 'every run came to its end', ok: true, found: '1 run', because: [] },
      ],
    };
    assert.equal(
      gateAnnotations(report, PLACE),
      '::error file=sub/features/gates/release.yaml,line=4,title=mirrorspec%3A gate release::at most 0 scenarios failed: 1 of 2%0Aa.feature:3  a\n',
    );
  });
});
