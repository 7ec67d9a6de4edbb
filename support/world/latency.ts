import type { CallOutcome } from '../model/call.js';
import type { Batch } from './world.js';

/** How long the calls of one batch took, from the first byte sent to the end of the answer; milliseconds. */
export interface Latency {
  readonly protocol: string;
  readonly interaction: string;
  readonly calls: number;
  /** They were made while a mirror session was running. */
  readonly session: boolean;
  readonly medianMs: number;
  readonly longestMs: number;
}

export function latencyOf({ plan, outcomes, mirrored }: Batch): Latency & { readonly text: string } {
  const [medianMs, longestMs] = [medianOf(outcomes), Math.max(0, ...outcomes.map(({ durationMs }) => durationMs))];
  const { protocol, interaction } = plan;
  const text = `${outcomes.length} ${protocol} calls, median ${medianMs.toFixed(1)} ms, longest ${longestMs.toFixed(1)} ms`;
  return { protocol, interaction, calls: outcomes.length, session: mirrored, medianMs, longestMs, text };
}

export function medianOf(outcomes: readonly Pick<CallOutcome, 'durationMs'>[]): number {
  const sorted = outcomes.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [lower = 0, upper = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (lower + upper) / 2;
}
