import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { sourceOf } from '../results/write-results.js';
import { HOSTILE, largeResults, smallResults } from '../testing/hostile-results.js';
import { page } from './page.js';

function text(results: Parameters<typeof sourceOf>[0]): string {
  return [...page(sourceOf(results))].join('');
}

describe('the page', () => {
  it('is one document that asks for nothing: no address but links, a policy that forbids the rest', () => {
    const html = text(smallResults());
    assert.match(
      html,
      /^<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy"/,
    );
    assert.match(html, /default-src &#39;none&#39;; style-src &#39;sha256-[\w+/=]+&#39;; script-src &#39;sha256-/);
    assert.doesNotMatch(html, /\s(src|srcset|action|formaction|style|on\w+)="/);
    assert.doesNotMatch(html, /url\(|@import/);
    const addresses = [...html.matchAll(/href="([^"]*)"/g)].map(([, address = '']) => address);
    assert.deepEqual(
      addresses.filter((address) => !/^(#|\.\/|https:\/\/)/.test(address)),
      [],
    );
    assert.ok(!addresses.some((address) => address.includes('..')), 'no link leaves the folder of the reports');
  });

  it('every link within the page leads somewhere, and no place has two names', () => {
    const html = text(smallResults());
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
    assert.equal(new Set(ids).size, ids.length);
    const lost = [...html.matchAll(/href="#([^"]*)"/g)].flatMap(([, id = '']) => (ids.includes(id) ? [] : [id]));
    assert.deepEqual(lost, []);
  });

  it('quotes nothing as markup', () => {
    const html = text(smallResults());
    assert.ok(!html.includes('<img'));
    assert.ok(html.includes('&lt;img src=x onerror='));
    assert.ok(!html.includes('\u202e') && !html.includes('\u001b') && !html.includes('\u0007'));
    assert.ok(html.includes('\\u{202e}'));
  });

  it('tells whose environment a scenario is of where there are several, and does not where there is one', () => {
    const results = smallResults();
    const [run] = results.runs;
    const [scenario] = results.scenarios;
    assert.ok(run !== undefined && scenario !== undefined);
    assert.doesNotMatch(text(results), /class="ran-in"/);
    const staging = {
      ...run,
      id: 'elsewhere',
      environment: { ...run.environment, name: 'staging', kind: 'kubernetes' as const, meaning: 'Of a cluster.' },
    };
    const html = text({
      ...results,
      runs: [run, staging],
      scenarios: [...results.scenarios, { ...scenario, id: 'twin', run: staging.id, state: 'fail' }],
    });
    assert.match(html, /<strong>staging \(Kubernetes cluster\):<\/strong> Of a cluster\./);
    assert.match(html, /<strong>Embedded mesh:<\/strong>/, 'what is named after its kind is told once');
    assert.match(html, /class="ran-in">Embedded mesh</);
    assert.match(html, /class="ran-in">staging \(Kubernetes cluster\)</);
    assert.match(html, /href="#twin">.*?<\/a> <span class="minor">[^<]* · staging \(Kubernetes cluster\)</s);
  });

  it('says above its verdict what is tested, in words that need no knowledge of mirroring', () => {
    const html = text(smallResults());
    const first = html.indexOf('an exact copy of the requests');
    assert.ok(first > 0 && first < html.indexOf('id="verdict-title"'));
  });

  it('says where a long text is cut', () => {
    assert.match(text(smallResults()), /x… cut at 12000 of \d+ characters/);
  });

  it('1,000 scenarios stand in the page as they are, in less than 15 MB', () => {
    const html = text(largeResults(1_000));
    assert.ok(html.length < 15_000_000, `${html.length} characters`);
    assert.equal(html.match(/<details class="case"/g)?.length, 1_000);
    assert.ok(!html.includes('data-p='));
  });

  it('of a large report every scenario has its line, and its panel is there or packed', () => {
    const html = text(largeResults(2_500));
    assert.equal(html.match(/<details class="case"/g)?.length, 2_500);
    const chunks = new Map(
      [...html.matchAll(/<template id="pack-(\d+)">([^<]*)<\/template>/g)].map(([, number = '', data = '']) => [
        number,
        JSON.parse(inflateRawSync(Buffer.from(data, 'base64')).toString()) as string[],
      ]),
    );
    const packed = [...html.matchAll(/id="(scenario-\d+)" data-p="(\d+) (\d+)"/g)];
    assert.ok(packed.length > 1_000);
    for (const [, id = '', chunk = '', index] of packed) {
      const panel = chunks.get(chunk)?.[Number(index)] ?? '';
      assert.ok(panel.includes(`POST /orders/${id.replace('scenario-', 'c')}<`), id);
    }
    const failed = html.match(/data-s="fail"[^>]*>.*?<div class="panel" id="scenario-\d+"( data-p)?/g) ?? [];
    assert.ok(failed.length > 20);
    assert.deepEqual(
      failed.filter((each) => each.endsWith('data-p')),
      [],
    );
  });

  it('shows what hostile text there is', () => {
    assert.ok(
      text(smallResults()).includes(
        HOSTILE.shown.replace(
          /[&<>"']/g,
          (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c] ?? c,
        ),
      ),
    );
  });
});
