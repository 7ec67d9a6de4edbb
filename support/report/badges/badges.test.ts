import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { XmlDocument } from 'libxml2-wasm';
import { sourceOf } from '../results/write-results.js';
import { resultsWith } from '../testing/synthetic-results.js';
import { badgeSvg, badgesOf } from './badges.js';

const valuesOf = (...args: Parameters<typeof resultsWith>): string[] =>
  badgesOf(sourceOf(resultsWith(...args))).map(({ label, value }) => `${label}: ${value}`);

describe('badges', () => {
  it('say verdict and environment, what was mirrored, and what is known to fall short', () => {
    assert.deepEqual(
      valuesOf([
        { name: 'a', verdict: 'mirrored' },
        { name: 'b', verdict: 'not-mirrored', known: ['L4'] },
      ]),
      ['mirrorspec (embedded): passed', 'mirrored: 1 of 2', 'known limitations: 1 in 1 scenario'],
    );
    const failed = valuesOf([{ name: 'a', state: 'fail' }], { verdict: 'failed', environment: { kind: 'kubernetes' } });
    assert.deepEqual(failed.slice(0, 2), ['mirrorspec (kubernetes): 1 failed', 'mirrored: not tested']);
    assert.equal(valuesOf([], { verdict: 'interrupted' })[0], 'mirrorspec (embedded): interrupted');
  });

  it('are images that stand by themselves, with their text for whoever does not see them', () => {
    const svg = badgeSvg({ name: 'x', label: '<b>&"', value: "'\u0000", colour: '#000' });
    const document = XmlDocument.fromString(svg);
    assert.equal(document.root.attr('aria-label')?.value, `<b>&": '\\u{0}`);
    assert.deepEqual(document.find('//*[@href]'), []);
    document.dispose();
  });
});
