const MILLISECONDS = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 } as const;
type Unit = keyof typeof MILLISECONDS;

/** How a duration is written, for schemas and messages: `100 ms`, `2.5 s`, `2 min`, `1 h`. */
export const DURATION_PATTERN = '^\\d+(\\.\\d+)? ?(ms|s|min|h)$';
const DURATION = new RegExp(DURATION_PATTERN);

/** Milliseconds of a duration as it is written; `undefined` if it is none. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  const unit = /[a-z]+$/.exec(text)?.[0] as Unit;
  return Math.round(Number.parseFloat(text) * MILLISECONDS[unit]);
}

/** A duration as a person writes it, in the largest unit that needs no fraction. */
export function formatDuration(milliseconds: number): string {
  const units = Object.keys(MILLISECONDS).reverse() as Unit[];
  const unit = units.find((candidate) => milliseconds > 0 && milliseconds % MILLISECONDS[candidate] === 0) ?? 'ms';
  return `${milliseconds / MILLISECONDS[unit]} ${unit}`;
}
