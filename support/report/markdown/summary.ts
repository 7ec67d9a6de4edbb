import { type Results, SCENARIO_STATES, type ScenarioResult, type ScenarioState } from '../../model/results.js';
import { gateMarkdown } from '../gate/gate-markdown.js';
import { type MatrixGroup, type MatrixRow, matrixOf } from '../matrix.js';
import type { ResultsSource } from '../results/write-results.js';
import {
  environmentLabel,
  environmentWord,
  MESH_WORDS,
  mechanismWords,
  reasonOf,
  STATES,
  verdictOf,
  verdictSentence,
} from '../wording.js';
import { markdownText } from './markdown-text.js';

/** Scenarios of a state that are listed; the rest is counted. The summary of a step on GitHub may have 1 MiB. */
const LISTED = 50;

/** States whose scenarios are listed, what has to be looked at first. */
const TOLD: readonly ScenarioState[] = ['fail', 'fixed', 'flaky', 'known-limitation', 'not-applicable', 'not-tested'];

interface Told {
  readonly scenario: Pick<ScenarioResult, 'name' | 'uri' | 'line' | 'reproduce'>;
  readonly reason: string;
}

/** What a run came to, as Markdown: for pull requests and the summaries of pipelines' steps. */
export function summaryMarkdown({ head, entries, scenarios }: ResultsSource): string {
  const { runs, counts } = head;
  const verdict = verdictOf(runs);
  const sign = verdict === 'passed' ? '✅' : verdict === 'failed' ? '❌' : '⚠️';
  const meanings = [...new Set(runs.map(({ environment }) => environment.meaning))];
  const told = toldScenarios(scenarios());
  return [
    `## ${sign} mirrorspec: ${verdictSentence(runs, counts)}`,
    '',
    ...meanings.flatMap((meaning) => [`> ${markdownText(meaning)}`, '']),
    countsTable(counts),
    ...runs.flatMap(({ gate }) => (gate === undefined ? [] : [gateMarkdown(gate)])),
    ...TOLD.flatMap((state) => toldSection(state, counts[state], told.get(state) ?? [])),
    ...matrixSection(matrixOf(entries)),
    ...runs.flatMap((run) => environmentSection(run)),
  ].join('\n');
}

function countsTable(counts: Results['counts']): string {
  const shown = SCENARIO_STATES.filter((state) => counts[state] > 0);
  if (shown.length === 0) return 'No scenario was chosen.\n';
  return [
    `| ${shown.map((state) => `${STATES[state].sign} ${STATES[state].word}`).join(' | ')} |`,
    `|${shown.map(() => '---|').join('')}`,
    `| ${shown.map((state) => counts[state].toLocaleString('en')).join(' | ')} |`,
    '',
  ].join('\n');
}

function toldScenarios(scenarios: Iterable<ScenarioResult>): ReadonlyMap<ScenarioState, readonly Told[]> {
  const told = new Map<ScenarioState, Told[]>();
  for (const scenario of scenarios) {
    if (!TOLD.includes(scenario.state)) continue;
    const here = told.get(scenario.state) ?? [];
    if (here.length < LISTED) here.push({ scenario, reason: reasonOf(scenario) });
    told.set(scenario.state, here);
  }
  return told;
}

function toldSection(state: ScenarioState, count: number, told: readonly Told[]): readonly string[] {
  if (told.length === 0) return [];
  const isBad = state === 'fail' || state === 'fixed';
  const items = told.flatMap(({ scenario: { name, uri, line, reproduce }, reason }) => [
    `- **${markdownText(name)}** (${markdownText(`${uri}:${line}`)})${reason === '' ? '' : `: ${markdownText(reason)}`}`,
    ...(isBad ? [`  <br>again: ${markdownText(reproduce)}`] : []),
  ]);
  const more = count > told.length ? [`- and ${count - told.length} more`] : [];
  const title = `${STATES[state].sign} ${STATES[state].word} (${count.toLocaleString('en')})`;
  return isBad
    ? [`### ${title}`, '', ...items, ...more, '']
    : ['<details>', `<summary>${title}</summary>`, '', ...items, ...more, '', '</details>', ''];
}

function matrixSection(groups: readonly MatrixGroup[]): readonly string[] {
  if (groups.length === 0) return [];
  const several = new Set(groups.map(({ environment }) => environment)).size > 1;
  const tested = groups.filter(({ rows }) => rows.some(isTested));
  const untested = groups.filter((group) => !tested.includes(group));
  const title = (group: MatrixGroup): string =>
    markdownText(`${several ? `${environmentWord(group.environment)}: ` : ''}${mechanismWords(group).title}`);
  const legend = SCENARIO_STATES.map((state) => `${STATES[state].sign} ${STATES[state].word}`).join(', ');
  return [
    '### What is mirrored where',
    '',
    ...tested.flatMap((group) => [`**${title(group)}**`, '', matrixTable(group), '']),
    ...(untested.length === 0 ? [] : [`Not tested at all: ${untested.map(title).join(', ')}.`, '']),
    `Signs: ${legend}. A pass may be that a call is not mirrored, as its scenario says: ⇉ at least one copy arrived, ⇥ none did.`,
    '',
  ];
}

function isTested({ cells }: MatrixRow): boolean {
  return cells.some(({ scenarios }) => scenarios.length > 0);
}

function matrixTable({ columns, rows }: MatrixGroup): string {
  const cellText = ({ state, scenarios }: MatrixRow['cells'][number]): string => {
    const ids = [...new Set(scenarios.flatMap(({ limitations }) => limitations))].map(markdownText).join(' ');
    const verdicts = scenarios.flatMap(({ verdict }) => verdict ?? []);
    const arrow = verdicts.length === 0 ? '' : verdicts.includes('mirrored') ? ' ⇉' : ' ⇥';
    return `${STATES[state].sign}${arrow}${ids === '' ? '' : ` ${ids}`}`;
  };
  return [
    `| | ${columns.map(({ protocol, interaction }) => `${markdownText(protocol)} ${interaction.replace('-streaming', '')}`).join(' | ')} |`,
    `|---|${columns.map(() => ':-:|').join('')}`,
    ...rows.map(({ mesh, mtls, interception, caller, cells }) => {
      const name = [MESH_WORDS[mesh], mtls, interception, caller === undefined ? undefined : `${caller} caller`];
      return `| ${name.filter((word) => word !== undefined).join(' ')} | ${cells.map(cellText).join(' | ')} |`;
    }),
  ].join('\n');
}

function environmentSection({ environment, tool, commit, command }: Results['runs'][number]): readonly string[] {
  const { real, standIns, versions } = environment;
  const facts = [
    ...Object.entries({ mirrorspec: tool.version, ...versions }).map(([what, version]) => `${what} ${version}`),
    ...(commit === undefined ? [] : [`commit ${commit.sha.slice(0, 10)}`]),
  ];
  return [
    '<details>',
    `<summary>Environment: ${markdownText(environmentLabel(environment))}</summary>`,
    '',
    ...real.map((each) => `- real: ${markdownText(each)}`),
    ...standIns.map((each) => `- stood for the real thing: ${markdownText(each)}`),
    `- ${facts.map(markdownText).join(', ')}`,
    `- command: ${markdownText(command)}`,
    '',
    '</details>',
    '',
  ];
}
