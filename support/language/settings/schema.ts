import { DURATION_PATTERN, formatDuration } from '../../model/duration.js';
import type { Schema } from '../../model/json-schema.js';

export { documentSchema as settingsSchema, mappingOf, type Schema } from '../../model/json-schema.js';

export function listOf(items: Schema, more: Schema): Schema {
  return { type: 'array', minItems: 1, ...more, items };
}

/** Text that says something. */
export function textOf(title: string, description: string, more: Schema = {}): Schema {
  return { title, description, type: 'string', pattern: '\\S', ...more };
}

/** A duration and its bounds in milliseconds. A schema cannot compare durations: `checkDurations` does. */
export interface DurationBounds {
  readonly least: number;
  readonly most: number;
}

export function durationOf(title: string, description: string, { least, most }: DurationBounds, ms: number): Schema {
  return {
    title,
    description: `${description} From ${formatDuration(least)} to ${formatDuration(most)}, with its unit: ms, s, min or h.`,
    type: 'string',
    pattern: DURATION_PATTERN,
    default: formatDuration(ms),
  };
}

/** A day, as text: `2026-11-30`. */
export function dayOf(title: string, description: string): Schema {
  return { title, description, type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', examples: ['2026-11-30'] };
}
