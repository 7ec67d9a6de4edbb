import type { GateReport } from '../../model/gate.js';
import { markdownText } from '../markdown/markdown-text.js';

/** Of the reasons why a rule does not hold: the rest is counted. */
const REASONS = 20;

/** What a gate came to, for a pull request or the summary of a pipeline's step. */
export function gateMarkdown({ gate, file, ok, outcomes }: GateReport): string {
  const broken = outcomes.filter((outcome) => !outcome.ok);
  const rows = outcomes.map(({ ok: holds, rule, found, line }) => {
    const place = line === undefined ? '' : ` (line ${line})`;
    return `| ${holds ? '✅ holds' : '❌ broken'} | ${markdownText(rule)}${place} | ${markdownText(found)} |`;
  });
  const reasons = broken.flatMap(({ rule, because }) => [
    '',
    `**${markdownText(rule)}**`,
    '',
    ...because.slice(0, REASONS).map(({ location, text }) => {
      return `- ${location === undefined ? '' : `${markdownText(location)} — `}${markdownText(text)}`;
    }),
    ...(because.length > REASONS ? [`- and ${because.length - REASONS} more`] : []),
  ]);
  return [
    `### ${ok ? '✅' : '❌'} Gate ${markdownText(gate)}: ${ok ? 'passed' : `${broken.length} of ${outcomes.length} rules broken`}`,
    '',
    `Policy: ${markdownText(file)}`,
    '',
    '| | rule | found |',
    '|---|---|---|',
    ...rows,
    ...reasons,
    '',
  ].join('\n');
}
