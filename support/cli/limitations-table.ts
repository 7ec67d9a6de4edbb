import { observedText } from '../model/limitation-observation.js';
import type { LimitationReport } from './explain-limitation-text.js';
import type { SeenLimitation, SeenLimitations } from './run-limitations.js';

/** Between these lines of a document is what {@link limitationsTable} makes. */
export const TABLE_BEGINS = '<!-- limitations: made by `npm run docs:limitations`, do not edit -->';
export const TABLE_ENDS = '<!-- limitations: end -->';

/** The document with the table in place of the one that it has. @throws {Error} where its markers are missing. */
export function withTable(document: string, table: string): string {
  const [begin, end] = [document.indexOf(TABLE_BEGINS), document.indexOf(TABLE_ENDS)];
  if (begin === -1 || end < begin) throw new Error(`the document lacks the lines ${TABLE_BEGINS} and ${TABLE_ENDS}`);
  return `${document.slice(0, begin + TABLE_BEGINS.length)}\n\n${table}\n${document.slice(end)}`;
}

/** What a run saw of each limitation, and which have no scenario and why, as Markdown. */
export function limitationsTable(reports: readonly LimitationReport[], run: SeenLimitations): string {
  const seen = reports.filter(({ id }) => run.seen.some(({ limitation }) => limitation === id));
  const others = reports.filter((report) => !seen.includes(report));
  const [minute = ''] = run.at.replace('T', ' ').split(/:\d\d\./);
  return [
    `Seen by mirrorspec ${run.mirrorspec ?? 'of an unknown version'} on ${minute} UTC in the environment ${run.environment ?? 'unknown'}.`,
    '',
    ...rows(
      ['limitation', 'mechanism', 'mirrord', 'mesh', 'protocols', 'seen'],
      seen.flatMap((report) => seenRows(report, run.seen)),
    ),
    '',
    'Without a scenario:',
    '',
    ...rows(
      ['limitation', 'why'],
      others.map((report) => [nameOf(report), whyNot(report)]),
    ),
    '',
  ].join('\n');
}

/** One row for each mechanism, version, mesh, and what was seen there; it names the protocols. */
function seenRows(report: LimitationReport, all: readonly SeenLimitation[]): string[][] {
  const rowsByPlace = new Map<
    string,
    { readonly cells: readonly string[]; readonly protocols: Set<string>; readonly seen: string }
  >();
  for (const each of all) {
    // Another limitation of the same scenario explains what was seen there.
    if (each.limitation !== report.id || each.outcome === 'not-observed') continue;
    const cells = [each.profile ?? 'no session', shortVersion(each.version), each.mesh];
    const seen = seenText(each);
    const key = JSON.stringify([cells, seen]);
    const row = rowsByPlace.get(key) ?? { cells, protocols: new Set<string>(), seen };
    rowsByPlace.set(key, row);
    if (each.protocol !== undefined) row.protocols.add(each.protocol);
  }
  return [...rowsByPlace.values()]
    .sort((a, b) => (a.cells.join() < b.cells.join() ? -1 : 1))
    .map(({ cells, protocols, seen }, index) => [
      index === 0 ? nameOf(report) : '',
      ...cells,
      [...protocols].sort().join(', '),
      seen,
    ]);
}

function seenText({ outcome, observed }: SeenLimitation): string {
  const verdicts = observed.map(observedText).join(', ');
  switch (outcome) {
    case 'known':
      return verdicts;
    case 'not-applicable':
      return 'does not apply: holds';
    case 'no-longer-limited':
      return `**no longer limited**: ${verdicts === '' ? 'holds' : verdicts}`;
    case 'failed':
    case 'not-observed':
      return `**otherwise than declared**: ${verdicts === '' ? 'no verdict' : verdicts}`;
  }
}

function whyNot({ needsCluster, noScenario, taggedScenarios }: LimitationReport): string {
  if (needsCluster !== undefined) return `needs a cluster. ${needsCluster}`;
  if (noScenario !== undefined) return noScenario;
  return taggedScenarios.length > 0 ? 'its scenarios were not in this run' : 'nobody has written one';
}

function nameOf({ id, title }: LimitationReport): string {
  return `**${id}** ${title}`;
}

/** `3.250`, for a version that ends with `.0`. */
function shortVersion(version: string | undefined): string {
  return version?.replace(/\.0$/, '') ?? '';
}

function rows(header: readonly string[], body: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...body.map(line)];
}
