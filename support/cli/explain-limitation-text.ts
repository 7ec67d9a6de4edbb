import type { Limitation } from '../model/limitation.js';
import { type LimitationOutcome, observedText } from '../model/limitation-observation.js';
import type { SeenLimitation } from './run-limitations.js';

/** A limitation with all that the project knows of it. */
export interface LimitationReport extends Limitation {
  readonly taggedScenarios: readonly { readonly name: string; readonly location: string }[];
  /** Absent: there is no report of a run. `seen` is empty where it ran none of the scenarios. */
  readonly lastRun?: { readonly at: string; readonly seen: readonly SeenLimitation[] };
}

const WIDTH = 110;

const OUTCOMES: Readonly<Record<LimitationOutcome, string>> = {
  known: 'known',
  'no-longer-limited': 'no longer limited',
  failed: 'failed',
  'not-applicable': 'does not apply',
  'not-observed': 'not observed',
};

/** One line for each: id, title, and what the last run saw. */
export function listText(reports: readonly LimitationReport[]): string {
  if (reports.length === 0) return 'no limitation is declared in features/limitations/\n';
  const width = Math.max(...reports.map(({ id }) => id.length));
  const lines = reports.map(
    (report) => `${report.id.padEnd(width)}  ${report.title}\n${' '.repeat(width + 2)}${seenText(report)}`,
  );
  return `${lines.join('\n')}\n\nmirrorspec explain <id> says more about one.\n`;
}

/** What the last run saw of it, in one line. */
export function seenText({ lastRun, needsCluster, noScenario, expect, taggedScenarios }: LimitationReport): string {
  if (lastRun !== undefined && lastRun.seen.length > 0) {
    const counts = new Map<string, number>();
    for (const { outcome, observed } of lastRun.seen) {
      const verdicts = observed.map(observedText).join(', ');
      const text = `${OUTCOMES[outcome]}${verdicts === '' ? '' : `: ${verdicts}`}`;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    return [...counts].map(([text, count]) => `${count} × ${text}`).join('; ');
  }
  if (taggedScenarios.length > 0) return lastRun === undefined ? 'not run yet' : 'not in the last run';
  if (needsCluster !== undefined) return `needs a cluster: ${needsCluster}`;
  if (noScenario !== undefined) return `no scenario: ${noScenario}`;
  return expect === undefined ? 'no verdict shows it' : 'no scenario';
}

/** Width of the longest name of a field, with the space behind it. */
const LABEL = 'no scenario: '.length;

/** All of one limitation, for a person. */
export function explainText(report: LimitationReport): string {
  const { id, title, explanation, symptom, certainty, when, expect, references, workaround } = report;
  const field = (name: string, text: string | undefined): string[] =>
    text === undefined || text === '' ? [] : [...wrapped(`${name}:`.padEnd(LABEL) + text, LABEL)];
  const expected =
    expect === undefined
      ? 'no verdict of a scenario shows it'
      : `${expect.verdict}${expect.because === undefined ? '' : ` because of ${expect.because}`}`;
  return `${[
    `${id}: ${title}`,
    '',
    ...wrapped(explanation, 0),
    '',
    ...field('shows when', when),
    ...field('symptom', symptom),
    ...field('applies to', scopeText(report)),
    ...field('expected', expected),
    ...field('workaround', workaround),
    ...field('certainty', certainty),
    ...field('checked', checkedText(report)),
    ...field('declared', report.source),
    ...field('no scenario', report.needsCluster ?? report.noScenario),
    ...list(
      'references',
      references.map(({ title: name, upstream, url, state }) =>
        [name, state === undefined ? '' : ` (${state})`, ` — ${url ?? upstream}`].join(''),
      ),
    ),
    ...list(
      'scenarios',
      report.taggedScenarios.map(({ name, location }) => `${location}  ${name}`),
    ),
    ...lastRunLines(report),
  ].join('\n')}\n`;
}

/** `mirrord <3.181, sniffer, mesh istio, listening on eth0; HTTP/2`. */
export function scopeText({ appliesTo, protocols, interactions }: Limitation): string {
  const { mirrord, profiles, meshes, mtls, interceptions, callers, environments, listen } = appliesTo;
  const parts = [
    ...(mirrord === undefined ? [] : [`mirrord ${mirrord}`]),
    ...(profiles.length === 0 ? [] : [`profile ${profiles.join(' or ')}`]),
    ...(meshes.length === 0 ? [] : [`mesh ${meshes.join(' or ')}`]),
    ...(mtls.length === 0 ? [] : [`mutual TLS ${mtls.join(' or ')}`]),
    ...(interceptions.length === 0 ? [] : [`interception ${interceptions.join(' or ')}`]),
    ...(callers.length === 0 ? [] : [`${callers.join(' or ')} caller`]),
    ...(listen.length === 0 ? [] : [`listening on ${listen.join(' or ')}`]),
    ...(environments.length === 0 ? [] : [`environment ${environments.join(' or ')}`]),
    ...(protocols.length === 0 ? [] : [protocols.join(', ')]),
    ...(interactions.length === 0 ? [] : [interactions.join(', ')]),
  ];
  return parts.length === 0 ? 'everything' : parts.join('; ');
}

function checkedText({ firstSeen, lastChecked }: Limitation): string | undefined {
  const days = [
    ...(firstSeen === undefined ? [] : [`first ${firstSeen}`]),
    ...(lastChecked === undefined ? [] : [`last ${lastChecked}`]),
  ];
  return days.length === 0 ? undefined : days.join(', ');
}

function lastRunLines({ lastRun, taggedScenarios }: LimitationReport): string[] {
  if (lastRun === undefined) return taggedScenarios.length === 0 ? [] : ['', 'It has not been run yet.'];
  if (lastRun.seen.length === 0) return taggedScenarios.length === 0 ? [] : ['', 'The last run left it out.'];
  return list(
    `last run (${lastRun.at})`,
    lastRun.seen.map(({ location, outcome, observed, profile, version, mesh, protocol, notApplicable }) => {
      const where = [
        ...(version === undefined ? [] : [`mirrord ${version}`]),
        ...(profile === undefined ? [] : [profile]),
        `mesh ${mesh}`,
        ...(protocol === undefined ? [] : [protocol]),
      ];
      const verdicts = observed.map(observedText).join(', ');
      const why = notApplicable === undefined ? '' : ` (${notApplicable})`;
      return `${location}  ${OUTCOMES[outcome]}${verdicts === '' ? '' : `: ${verdicts}`} — ${where.join(', ')}${why}`;
    }),
  );
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ['', `${title}:`, ...items.flatMap((item) => wrapped(`  ${item}`, 4))];
}

function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = /^\s*/.exec(text)?.[0] ?? '';
  for (const word of text
    .replaceAll('\n', ' ')
    .trim()
    .split(/(?<=\S) (?=\S)/)) {
    if (line.trim() !== '' && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = ' '.repeat(indent);
    }
    line += line.trim() === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
