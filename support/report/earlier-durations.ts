import { readFile, stat } from 'node:fs/promises';
import { type EarlierDurations, scenarioKey } from './remaining-time.js';

/** A larger file takes longer to read than knowing the remaining time is worth. Bytes. */
const LARGEST = 64_000_000;

/** How long scenarios took in the run whose `results.json` this is. Nothing where there is none, or it is something else. */
export async function earlierDurations(path: string): Promise<EarlierDurations> {
  const sums = new Map<string, { total: number; count: number }>();
  try {
    if ((await stat(path)).size > LARGEST) return new Map();
    const { scenarios } = JSON.parse(await readFile(path, 'utf8')) as { readonly scenarios?: unknown };
    for (const scenario of Array.isArray(scenarios) ? scenarios : []) {
      const { uri, name, durationMs, state } = Object(scenario) as Readonly<Record<string, unknown>>;
      if (typeof uri !== 'string' || typeof name !== 'string' || state === 'not-tested') continue;
      if (typeof durationMs !== 'number' || !(durationMs >= 0)) continue;
      const key = scenarioKey(uri, name);
      const sum = sums.get(key) ?? { total: 0, count: 0 };
      sums.set(key, { total: sum.total + durationMs, count: sum.count + 1 });
    }
  } catch {
    // It only helps to guess.
  }
  return new Map([...sums].map(([key, { total, count }]) => [key, total / count]));
}
