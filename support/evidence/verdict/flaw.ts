import type { Bytes } from '../../model/bytes.js';
import type { Difference } from '../../model/verdict.js';

/**
 * What a difference says of the thing that differs:
 * `absent` nothing of the call is there · `corrupted` it is not what was sent · `duplicated` there is more of it than
 * was sent · `truncated` something is missing, the rest is right · `reordered` all is there in another order.
 */
export type Defect = 'absent' | 'corrupted' | 'duplicated' | 'truncated' | 'reordered';

/** A difference with what is needed to judge it and to show it. */
export interface Flaw {
  readonly defect: Defect;
  readonly difference: Difference;
  /** A header that was not sent but is there. */
  readonly added?: true;
  /** The messages that differ, for a detailed diff. */
  readonly payload?: { readonly expected: Bytes; readonly found: Bytes; readonly unfinished?: true };
}

export function flaw(
  defect: Defect,
  between: Difference['between'],
  what: string,
  expected: string,
  found: string,
): Flaw {
  return { defect, difference: { between, what, expected, found } };
}

/** Worse defects count more: used to pair what was sent with the arrival that resembles it most. */
const WEIGHT: Readonly<Record<Defect, number>> = {
  absent: 1_000_000,
  corrupted: 10_000,
  duplicated: 100,
  truncated: 10,
  reordered: 1,
};

export function weightOf(flaws: readonly Flaw[]): number {
  return flaws.reduce((sum, { defect }) => sum + WEIGHT[defect], 0);
}
