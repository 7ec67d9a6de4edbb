import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

/** Chromium, named in MIRRORSPEC_CHROMIUM or found on the PATH. */
export function findChromium(): string | undefined {
  const onPath = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
    (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)),
  );
  return [process.env.MIRRORSPEC_CHROMIUM, ...onPath].find((path) => path !== undefined && existsSync(path));
}

export async function launchChromium(executablePath: string): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] });
}

/** Seconds of work of the page's own thread: how busy the machine is otherwise counts little. */
export interface PageWork {
  /** From a blank page until everything is there and has been drawn. */
  readonly opened: number;
  /** From the first key to the result, which one scenario fits. */
  readonly filtered: number;
}

/** Opens a report of 10,000 scenarios and types what one of them is called, as a person would. */
export async function workOfLargePage(page: Page, address: string): Promise<PageWork> {
  await page.goto('about:blank');
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const drawn = (): Promise<unknown> =>
    page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
  const blank = await worked();
  await page.goto(address);
  await drawn();
  const open = await worked();
  await page.locator('#filter-text').focus();
  const focused = await worked();
  await page.keyboard.type('scenario 4711 ');
  await page.locator('#filter-count', { hasText: '1 of 10,000' }).waitFor();
  await drawn();
  return { opened: open - blank, filtered: (await worked()) - focused };
}
