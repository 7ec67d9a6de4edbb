import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Results } from '../../model/results.js';
import { sourceOf } from '../results/write-results.js';
import { attemptWith, errorWith, resultsWith } from '../testing/synthetic-results.js';
import { junitXml } from './junit.js';
import { admittedJunit } from './testing/admitted.js';

/** The document, which the schema admits. */
function documentOf(results: Results): { readonly xml: string; texts(path: string): string[]; dispose(): void } {
  const xml = [...junitXml(sourceOf(results))].join('');
  const document = admittedJunit(xml);
  return {
    xml,
    texts: (path) => document.find(path).map((node) => node.content),
    dispose: () => document.dispose(),
  };
}

describe('junit.xml', () => {
  it('has every state as test views know it, with the reason, and is admitted by the schema', () => {
    const failed = attemptWith('failed');
    const document = documentOf(
      resultsWith([
        { name: 'passes', verdict: 'mirrored' },
        { name: 'fails', state: 'fail', error: 'sent a\narrived b' },
        {
          name: 'breaks',
          state: 'fail',
          attempts: [{ ...failed, errors: [{ ...errorWith('no iptables'), type: 'EnvironmentError' }] }],
        },
        { name: 'is limited', known: ['L4'] },
        { name: 'is cured', state: 'fixed' },
        { name: 'trembles', state: 'flaky' },
        { name: 'is skipped', state: 'not-applicable', reason: 'redirect has no listen interface' },
        { name: 'is late', state: 'not-tested', reason: 'the run was interrupted' },
        { name: 'is ruled', rule: 'a rule' },
      ]),
    );
    const { texts } = document;
    assert.deepEqual(
      texts('//testsuite/@*[name()="tests" or name()="failures" or name()="errors" or name()="skipped"]'),
      ['9', '2', '1', '3'],
    );
    assert.deepEqual(texts('//skipped/@type'), ['known-limitation', 'not-applicable', 'not-tested']);
    assert.deepEqual(texts('//skipped/@message'), [
      'known limitation L4: what L4 is',
      'not applicable: redirect has no listen interface',
      'not tested: the run was interrupted',
    ]);
    assert.deepEqual(texts('//failure/@type'), ['ExpectationError', 'no-longer-limited']);
    assert.deepEqual(texts('//error/@type'), ['EnvironmentError']);
    assert.match(
      texts('//failure')[0] ?? '',
      /^Then it is mirrored {2}features\/a.feature:5 {2}code: steps\/verdicts.ts:10\nsent a\narrived b\n/,
    );
    assert.deepEqual(texts('//flakyFailure/@message'), ['attempt 1: nothing arrived']);
    assert.match(
      texts('//testcase[@name="is limited"]/system-out')[0] ?? '',
      /L4: what L4 is\nobserved: not-mirrored \(encrypted-interface\)/,
    );
    assert.deepEqual(texts('//testcase[@name="a rule - is ruled"]/@classname'), ['a feature']);
    document.dispose();
  });

  it('holds any payload, and nothing in it acts', () => {
    const hostile = `]]><x a="1">&amp;</x>\u0000\u0001\u001b[31mred\u001b[0m\ud800 \udfff \ufffe\uffff\u202e"' \t\r\n<!--`;
    const document = documentOf(
      resultsWith([
        { name: hostile, state: 'fail', error: hostile, tags: [hostile] },
        { name: 'b', rule: hostile, state: 'not-applicable', reason: hostile },
        {
          name: 'c',
          state: 'flaky',
          attempts: [attemptWith('failed', { errors: [errorWith(hostile)] }), attemptWith('passed')],
        },
      ]),
    );
    const shown = `]]><x a="1">&amp;</x>\\u{0}\\u{1}red\\u{d800} \\u{dfff} \\u{fffe}\\u{ffff}\\u{202e}"' \t\n<!--`;
    assert.equal(document.texts('//testcase/@name')[0], shown);
    assert.ok(document.texts('//failure')[0]?.includes(shown));
    assert.deepEqual(document.texts('//x'), []);
    document.dispose();
  });

  it('tells environments apart', () => {
    const embedded = resultsWith([{ name: 'a' }]);
    const cluster = resultsWith([{ name: 'a' }], { id: 'run-2', environment: { name: 'staging', kind: 'kubernetes' } });
    const both = {
      ...embedded,
      runs: [...embedded.runs, ...cluster.runs],
      scenarios: [...embedded.scenarios, ...cluster.scenarios],
    };
    const document = documentOf(both);
    assert.deepEqual(document.texts('//testsuite/@name'), ['a feature (embedded)', 'a feature (staging)']);
    assert.deepEqual(document.texts('//property[@name="environment.kind"]/@value'), ['embedded', 'kubernetes']);
    document.dispose();
  });
});
