import type { ChalkInstance } from 'chalk';
import { withoutPipelineCommands } from '../../model/pipeline-commands.js';
import { visibleText } from '../../model/visible-text.js';
import { markdownText } from '../markdown/markdown-text.js';
import { countsText, type DescribedResults, runLabel } from './described-run.js';
import { diffSections } from './diff-sections.js';
import { type Differences, isRegression } from './differences.js';

/** Two results, and what they differ in. */
export interface Diff {
  readonly before: DescribedResults;
  readonly now: DescribedResults;
  readonly differences: Differences;
}

/** Of one kind of difference: the rest is counted. JSON has all. */
const ENTRIES = 50;

export function diffText({ before, now, differences }: Diff, colour: ChalkInstance): string {
  const sections = diffSections(differences).flatMap(({ title, regression, entries }) => [
    '',
    (regression ? colour.red : colour.bold)(`${title} (${entries.length})`),
    ...entries.slice(0, ENTRIES).map(({ location, text }) => {
      const where = location === undefined ? '' : `${colour.dim(visibleText(location))}  `;
      return `  ${where}${visibleText(text)}`;
    }),
    ...(entries.length > ENTRIES ? [colour.dim(`  and ${entries.length - ENTRIES} more`)] : []),
  ]);
  return withoutPipelineCommands(
    [
      visibleText(`then  ${runLabel(before)}  ${countsText(before)}`),
      visibleText(`now   ${runLabel(now)}  ${countsText(now)}`),
      ...acrossLines(differences).map(visibleText),
      ...sections,
      '',
      (isRegression(differences) ? colour.red : colour.green)(conclusion(differences)),
      '',
    ].join('\n'),
  );
}

export function diffMarkdown({ before, now, differences }: Diff): string {
  const sections = diffSections(differences).flatMap(({ title, entries }) => [
    '',
    `**${title} (${entries.length})**`,
    '',
    ...entries
      .slice(0, ENTRIES)
      .map(
        ({ location, text }) => `- ${location === undefined ? '' : `${markdownText(location)}: `}${markdownText(text)}`,
      ),
    ...(entries.length > ENTRIES ? [`- and ${entries.length - ENTRIES} more`] : []),
  ]);
  return [
    `### ${isRegression(differences) ? '❌' : '✅'} ${markdownText(conclusion(differences))}`,
    '',
    '| | run | scenarios |',
    '|---|---|---|',
    `| then | ${markdownText(runLabel(before))} | ${markdownText(countsText(before))} |`,
    `| now | ${markdownText(runLabel(now))} | ${markdownText(countsText(now))} |`,
    ...acrossLines(differences).flatMap((line) => ['', markdownText(line)]),
    ...sections,
    '',
  ].join('\n');
}

/** Everything, for programs. */
export function diffJson({ before, now, differences }: Diff): string {
  return `${JSON.stringify({ regression: isRegression(differences), before, now, ...differences }, undefined, 2)}\n`;
}

function acrossLines({ across }: Differences): string[] {
  return across === undefined
    ? []
    : [`These are different environments, compared scenario by scenario: then ${across.before}, now ${across.now}`];
}

function conclusion(differences: Differences): string {
  const { compared } = differences;
  if (compared === 0) return 'nothing to compare: the two have no scenario in common';
  const worse = diffSections(differences)
    .filter(({ regression }) => regression)
    .map(({ title, entries }) => `${entries.length} ${title}`);
  const of = `${compared} scenario${compared === 1 ? '' : 's'} compared`;
  return worse.length === 0 ? `no regression, ${of}` : `regression: ${worse.join(', ')}; ${of}`;
}
