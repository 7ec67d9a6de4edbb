import chalk, { type ChalkInstance } from 'chalk';
import type { Requirement } from './preflight.js';

export function doctorText(requirements: readonly Requirement[], colour: ChalkInstance = chalk): string {
  const width = Math.max(...requirements.map(({ name }) => name.length));
  const lines = requirements.flatMap(({ name, ok, found, remedy }) => [
    `${ok ? colour.green('ok     ') : colour.red('missing')}  ${name.padEnd(width)}  ${found.replaceAll('\n', ' ')}`,
    ...(ok || remedy === undefined ? [] : [`         to mend it: ${remedy}`]),
  ]);
  return `${lines.join('\n')}\n\n${verdictOn(requirements)}\n`;
}

function verdictOn(requirements: readonly Requirement[]): string {
  const missing = requirements.filter(({ ok }) => !ok);
  if (missing.some(({ only }) => only === undefined)) return 'Scenarios cannot run in this environment yet.';
  const without = missing.flatMap(({ only }) => only ?? []);
  return without.length === 0
    ? 'Scenarios can run in this environment.'
    : `Scenarios can run in this environment, but not those ${without.join(' or ')}.`;
}
