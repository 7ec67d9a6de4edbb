import chalk, { type ChalkInstance } from 'chalk';
import type { Requirement } from './preflight.js';

export function doctorText(requirements: readonly Requirement[], colour: ChalkInstance = chalk): string {
  const width = Math.max(...requirements.map(({ name }) => name.length));
  const lines = requirements.flatMap(({ name, ok, found, remedy }) => [
    `${ok ? colour.green('ok     ') : colour.red('missing')}  ${name.padEnd(width)}  ${found.replaceAll('\n', ' ')}`,
    ...(ok || remedy === undefined ? [] : [`         to mend it: ${remedy}`]),
  ]);
  const missing = requirements.filter(({ ok }) => !ok).length;
  const verdict =
    missing === 0 ? 'Scenarios can run in this environment.' : 'Scenarios cannot run in this environment yet.';
  return `${lines.join('\n')}\n\n${verdict}\n`;
}
