/**
 * The report in a browser: matrix, links, filters and panels with JavaScript and without it, hostile payloads, a large report, and axe.
 * Chromium is looked for in MIRRORSPEC_CHROMIUM and on the PATH; without it these tests are skipped, and say so.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { prepare } from './prepare.mjs';

prepare();
const { findChromium, launchChromium, workOfLargePage } = await import('../dist/bench/page-in-browser.js');
const { largeResults, smallResults, HOSTILE } = await import('../dist/support/report/testing/hostile-results.js');
const { sourceOf } = await import('../dist/support/report/results/write-results.js');
const { writePage } = await import('../dist/support/report/write-reports.js');

const executablePath = findChromium();
if (executablePath === undefined) {
  process.stderr.write(
    'SKIPPED: the report is not looked at in a browser. Install Chromium, or name it in MIRRORSPEC_CHROMIUM.\n',
  );
}
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('the report in a browser', { skip: executablePath === undefined && 'there is no Chromium' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-page-'));
  const small = join(folder, 'small.html');
  let browser;
  before(async () => {
    writePage(small, sourceOf(smallResults()));
    browser = await launchChromium(executablePath);
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** A page, and what it did that it must not: errors, dialogs, requests. */
  async function open(file, { hash = '', ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    const mishaps = [];
    page.on('pageerror', ({ message }) => mishaps.push(message));
    page.on('console', (message) => message.type() === 'error' && mishaps.push(message.text()));
    page.on('dialog', (dialog) => {
      mishaps.push(`a dialog: ${dialog.message()}`);
      return dialog.dismiss();
    });
    page.on('request', (request) => !request.url().startsWith(`file://${file}`) && mishaps.push(request.url()));
    const began = performance.now();
    await page.goto(`file://${file}${hash}`);
    return { page, mishaps, opened: performance.now() - began };
  }

  for (const javaScriptEnabled of [true, false]) {
    it(`a cell of the matrix leads to its scenarios (JavaScript ${javaScriptEnabled ? 'on' : 'off'})`, async () => {
      const opened = await open(small, { javaScriptEnabled });
      const { page, mishaps } = opened;
      const failed = page.locator('.matrix td.s-fail a');
      await failed.first().click();
      const panel = page.locator('.case[data-s=fail] .panel').first();
      await panel.waitFor({ state: 'visible' });
      assert.match(await panel.innerText(), /the mirror listened on eth0/);
      assert.equal(await panel.locator('svg[role=img]').count(), 1);
      const several = page.locator('.matrix td.s-pass a', { hasText: 'scenarios' }).first();
      await several.click();
      await page.locator('.cell-list:target').waitFor({ state: 'visible' });
      await page.locator('.cell-list:target a').first().click();
      await page.locator('.case[data-s=pass] .panel').first().waitFor({ state: 'visible' });
      assert.deepEqual(mishaps, []);
    });
  }

  it('without JavaScript everything is there: every scenario, its steps, and where to find it', async () => {
    const opened = await open(small, { javaScriptEnabled: false });
    const { page } = opened;
    const { scenarios } = smallResults();
    assert.equal(await page.locator('.case').count(), scenarios.length);
    const text = await page.locator('body').evaluate((body) => body.textContent);
    for (const { name, reproduce } of scenarios) {
      assert.ok(text.includes(reproduce), `${name}: ${reproduce}`);
    }
    assert.equal(await page.locator('.filters').isVisible(), false);
    assert.equal(await page.locator('.matrix td:empty').count(), 0);
    assert.ok((await page.locator('.matrix td.s-not-tested').count()) > 0);
  });

  it('filters scenarios and the matrix, says how many are left, and a link shows what was filtered away', async () => {
    const opened = await open(small);
    const { page } = opened;
    const left = () => page.locator('.case:not([hidden])').count();
    const all = await left();
    await page.locator('#filter-text').fill('no-such-thing');
    await page.locator('#filter-count', { hasText: '0 of' }).waitFor();
    assert.equal(await left(), 0);
    await page.locator('#filter-reset').click();
    assert.equal(await left(), all);
    for (const box of await page.locator('input[name=state]').all()) {
      if ((await box.getAttribute('value')) !== 'fail') await box.uncheck();
    }
    assert.equal(await left(), await page.locator('.case[data-s=fail]').count());
    await page.locator('select[data-filter=mech]').selectOption('sniffer/eth0');
    assert.equal(await page.locator('.group:visible').count(), 1);
    await page.evaluate(() => {
      location.hash = document.querySelector('.case[data-s=pass] .panel').id;
    });
    await page.locator('.case[data-s=pass] .panel').first().waitFor({ state: 'visible' });
    assert.equal(await left(), all);
  });

  it('is worked with the keyboard alone', async () => {
    const opened = await open(small);
    const { page } = opened;
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.locator('.case[data-s=pass] > summary').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.case[data-s=pass] .panel').first().waitFor({ state: 'visible' });
  });

  it('what a payload contains is shown, and does nothing, wherever it gets to', async () => {
    const opened = await open(small);
    const { page, mishaps } = opened;
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    const text = await page.locator('body').evaluate((body) => body.innerText);
    assert.ok(text.includes(HOSTILE.shown), 'it is shown');
    assert.equal(await page.evaluate(() => globalThis.harmed), undefined);
    assert.deepEqual(
      await page.evaluate(() => [
        document.querySelectorAll('main script:not([id^=pack-]), img, iframe, object, base').length,
        [...document.querySelectorAll('a')].filter(({ protocol }) => !/^(https?|file):$/.test(protocol)).length,
        [...document.querySelectorAll('*')].filter((each) =>
          [...each.attributes].some(({ name }) => name.startsWith('on')),
        ).length,
      ]),
      [0, 0, 0],
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    assert.deepEqual(mishaps, []);
  });

  for (const [name, options] of Object.entries({
    light: {},
    dark: { colorScheme: 'dark' },
    phone: { viewport: { width: 360, height: 740 } },
  })) {
    it(`axe finds nothing (${name})`, async () => {
      const opened = await open(small, { ...options, bypassCSP: true });
      const { page } = opened;
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      await page.addScriptTag({ content: axe });
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(
        violations.map(({ id, impact, nodes }) => [
          id,
          impact,
          nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)),
        ]),
        [],
      );
      const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(width <= room, `the page is ${width} wide, the window ${room}`);
    });
  }

  it('10,000 scenarios: opens, filters and shows a packed panel', async () => {
    const large = join(folder, 'large.html');
    writePage(large, sourceOf(largeResults(10_000)));
    const { page, mishaps } = await open(small);
    mishaps.length = 0;
    const { opened, filtered } = await workOfLargePage(page, `file://${large}`);
    await page.locator('.case:not([hidden]) > summary').click();
    await page.locator('.case:not([hidden]) .panel svg').waitFor({ state: 'visible' });
    assert.ok(opened > 0 && filtered > 0);
    assert.ok(opened < 1.5, `opening took ${opened.toFixed(2)} s of work`);
    assert.ok(filtered < 1.5, `filtering took ${filtered.toFixed(2)} s of work`);
    console.log(`worked ${opened.toFixed(2)} s to open, ${filtered.toFixed(2)} s to filter`);
    assert.deepEqual(
      mishaps.filter((each) => each !== `file://${large}`),
      [],
    );
  });
});
