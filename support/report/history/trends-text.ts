import type { ChalkInstance } from 'chalk';
import { withoutPipelineCommands } from '../../model/pipeline-commands.js';
import { visibleText } from '../../model/visible-text.js';
import { markdownText } from '../markdown/markdown-text.js';
import { runLabel } from './described-run.js';
import type { FlakyScenario, TrendPoint, Trends } from './trends.js';

const HEADER = ['run', 'passed', 'of', 'rate', 'known limitations', 'not tested', 'median', 'run time'] as const;
const BARS = [...'▁▂▃▄▅▆▇█'];

/** Results of many runs, oldest first, and the scenarios that do not always come to the same. */
export function trendsText({ points, flaky }: Trends, colour: ChalkInstance): string {
  const rows = [HEADER, ...points.map(cellsOf)].map((row) => row.map(visibleText));
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const table = rows.map((row, index) => {
    const text = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return index === 0 ? colour.bold(text.join('  ')) : text.join('  ');
  });
  const lines = sparklines(points).map(([label, bars]) => [visibleText(label), bars] as const);
  const labels = Math.max(...lines.map(([label]) => label.length));
  return withoutPipelineCommands(
    [
      ...table,
      '',
      ...lines.map(([label, bars]) => `${label.padEnd(labels)}  ${bars}`),
      '',
      ...(flaky.length === 0
        ? [colour.green('no scenario passed and failed on the same commit, or only at a later try')]
        : [
            colour.yellow(`flaky (${flaky.length})`),
            ...flaky.map((each) => `  ${colour.dim(visibleText(each.location))}  ${visibleText(flakyText(each))}`),
          ]),
      '',
    ].join('\n'),
  );
}

export function trendsMarkdown({ points, flaky }: Trends): string {
  return [
    `| ${HEADER.join(' | ')} |`,
    `|---|${'--:|'.repeat(HEADER.length - 1)}`,
    ...points.map((point) => `| ${cellsOf(point).map(markdownText).join(' | ')} |`),
    '',
    ...sparklines(points).map(([label, bars]) => `${markdownText(label)}: ${bars}  `),
    '',
    ...(flaky.length === 0
      ? ['No scenario passed and failed on the same commit, or only at a later try.']
      : [
          `**flaky (${flaky.length})**`,
          '',
          ...flaky.map((each) => `- ${markdownText(each.location)}: ${markdownText(flakyText(each))}`),
        ]),
    '',
  ].join('\n');
}

function cellsOf(point: TrendPoint): readonly string[] {
  const { passed, failed, passRate, counts, medianMs, durationMs } = point;
  return [
    runLabel(point),
    String(passed),
    String(passed + failed),
    passRate === undefined ? '–' : `${(passRate * 100).toFixed(1)} %`,
    String(counts['known-limitation']),
    String(counts['not-tested']),
    medianMs === undefined ? '–' : `${(medianMs / 1000).toFixed(2)} s`,
    `${(durationMs / 1000).toFixed(1)} s`,
  ];
}

function flakyText({ name, environment, unstable, decided, lastSeen, commits }: FlakyScenario): string {
  const on = commits.length === 0 ? '' : `, passed and failed on ${commits.map((sha) => sha.slice(0, 10)).join(', ')}`;
  return `${name} (${environment}) — ${unstable} of ${decided} runs, last on ${lastSeen.slice(0, 10)}${on}`;
}

/** One of each for each environment: from 0 to the highest value of all, so that a small change looks small. */
function sparklines(points: readonly TrendPoint[]): readonly (readonly [label: string, bars: string])[] {
  const places = [...new Set(points.map(placeOf))];
  const line = (label: string, figureOf: (point: TrendPoint) => number) => {
    const most = Math.max(...points.map(figureOf), Number.MIN_VALUE);
    return places.flatMap((place): [string, string][] => {
      const there = points.filter((point) => placeOf(point) === place);
      if (there.length < 2) return [];
      const bars = there.map((point) => BARS[Math.round((figureOf(point) / most) * (BARS.length - 1))] ?? '').join('');
      return [[places.length === 1 ? label : `${label}, ${place}`, bars]];
    });
  };
  return [...line('pass rate', ({ passRate = 0 }) => passRate), ...line('median', ({ medianMs = 0 }) => medianMs)];
}

function placeOf({ environments }: TrendPoint): string {
  return environments.join(' + ');
}
