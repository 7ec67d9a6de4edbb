import type { ResolvedEnvironment } from '../language/settings/index.js';
import { visibleText } from '../model/visible-text.js';

/** All values of an environment, and where each comes from, as a table. */
export function settingsText({ settings, source, values }: ResolvedEnvironment): string {
  const rows = values.map(({ key, value, from }) => [key, textOf(value), from] as const);
  const width = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length));
  const lines = rows.map(([key, value, from]) => `${key.padEnd(width(0))}  ${value.padEnd(width(1))}  ${from}`);
  return [`environment ${settings.name} (${source})`, '', ...lines, ''].join('\n');
}

/** The environment as data, for `doctor --format json` and `environment.json` among the reports. */
export function settingsJson({ settings, source, values }: ResolvedEnvironment) {
  const { name: environment, kind, description } = settings;
  return { environment, ...(description === undefined ? {} : { description }), kind, source, values };
}

/** One line that tells a run from one with the default environment; nothing for the default. */
export function settingsLine({ settings, source, values, isDefault }: ResolvedEnvironment): string | undefined {
  if (isDefault) return undefined;
  const changes = values.filter(
    ({ from }) => from === '--set' || from.startsWith('MIRRORSPEC_SET') || from.startsWith('mirrorspec.yaml'),
  );
  const told = changes.map(({ key, value, from }) => `${key}=${textOf(value)} by ${from}`);
  return `environment: ${[`${settings.name} (${source})`, ...told].join(', ')}`;
}

function textOf(value: unknown): string {
  if (value === null) return '-';
  return visibleText(typeof value === 'string' ? value : JSON.stringify(value));
}
