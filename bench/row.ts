/** One figure of the benchmark, with the bound that the design gives it. */
export interface Row {
  readonly what: string;
  /** As it is to be read, with unit. */
  readonly figure: string;
  readonly bound?: string;
  /** Absent where there is no bound to hold. */
  readonly holds?: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  if (low === undefined || high === undefined) throw new Error('there is no median of nothing');
  return (low + high) / 2;
}

/** The value below which a share (0 to 1) of all values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new Error('there is no percentile of nothing');
  return value;
}

/** `0.83 s (0.79–0.91, n = 11)` */
export function spread(seconds: readonly number[]): string {
  const fixed = (value: number): string => value.toFixed(2);
  return `${fixed(median(seconds))} s (${fixed(Math.min(...seconds))}–${fixed(Math.max(...seconds))}, n = ${seconds.length})`;
}

/** Seconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
