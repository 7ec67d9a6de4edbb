import type { ChalkInstance } from 'chalk';
import type { GateOutcome, GateReport } from '../../model/gate.js';
import { withoutPipelineCommands } from '../../model/pipeline-commands.js';
import { visibleText } from '../../model/visible-text.js';

/** Of the reasons why a rule does not hold: the rest is counted. */
const REASONS = 20;

/** What a gate came to, for a person: every rule with its place, below those that do not hold why, and a last line. */
export function gateText(report: GateReport, colour: ChalkInstance): string {
  const { file, outcomes } = report;
  const places = outcomes.map(({ line }) => (line === undefined ? file : `${file}:${line}`));
  const width = Math.max(...places.map((place) => place.length));
  const lines = outcomes.flatMap((outcome, index) =>
    outcomeLines(outcome, (places[index] ?? '').padEnd(width), colour),
  );
  return withoutPipelineCommands([...lines, '', gateVerdict(report, colour), ''].join('\n'));
}

function outcomeLines({ ok, rule, found, because }: GateOutcome, place: string, colour: ChalkInstance): string[] {
  const word = ok ? colour.green('ok  ') : colour.red('FAIL');
  const shown = because.slice(0, REASONS).map(({ location, text }) => {
    const where = location === undefined ? '' : `${colour.dim(visibleText(location))}  `;
    return `        ${where}${visibleText(text)}`;
  });
  const more = because.length - shown.length;
  return [
    `${word}  ${visibleText(place)}  ${visibleText(rule)}: ${visibleText(found)}`,
    ...shown,
    ...(more > 0 ? [colour.dim(`        and ${more} more`)] : []),
  ];
}

/** `gate release: 2 of 9 rules do not hold` */
export function gateVerdict({ gate, outcomes }: GateReport, colour: ChalkInstance): string {
  const broken = outcomes.filter(({ ok }) => !ok).length;
  if (broken === 0) return colour.green(`gate ${gate}: all ${outcomes.length} rules hold`);
  return colour.red(`gate ${gate}: ${broken} of ${outcomes.length} rules ${broken === 1 ? 'does' : 'do'} not hold`);
}
