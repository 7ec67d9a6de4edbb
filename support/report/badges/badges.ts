import { xmlAttribute, xmlText } from '../junit/xml-text.js';
import { isRed, summariesOf } from '../results/scenario-summary.js';
import type { ResultsSource } from '../results/write-results.js';

export interface Badge {
  /** Of the file, without `.svg`. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly colour: string;
}

/** White on any of these has a contrast of 4.5 at least. */
const COLOURS = { good: '#217a3c', bad: '#b3261e', middling: '#8a5a00', neutral: '#4a5568' } as const;

/** What a run came to in a word each: for a README. */
export function badgesOf(source: ResultsSource): readonly Badge[] {
  const scenarios = summariesOf(source);
  const { runs, counts } = source.head;
  const kinds = [...new Set(runs.map(({ environment }) => environment.kind))].join(' + ');
  const failed = scenarios.filter(isRed).length;
  const passed = runs.every(({ verdict }) => verdict === 'passed');
  const verdict = passed
    ? 'passed'
    : failed > 0
      ? `${failed} failed`
      : (runs.find((run) => run.verdict !== 'passed')?.verdict ?? '');
  const asked = scenarios.filter((scenario) => scenario.verdict !== undefined);
  const mirrored = asked.filter((scenario) => scenario.verdict === 'mirrored').length;
  const limitations = new Set(scenarios.flatMap(({ known }) => known.map(({ id }) => id)));
  return [
    { name: 'verdict', label: `mirrorspec (${kinds})`, value: verdict, colour: passed ? COLOURS.good : COLOURS.bad },
    {
      name: 'mirrored',
      label: 'mirrored',
      value: asked.length === 0 ? 'not tested' : `${mirrored} of ${asked.length}`,
      colour: asked.length === 0 ? COLOURS.neutral : failed > 0 ? COLOURS.middling : COLOURS.good,
    },
    {
      name: 'limitations',
      label: 'known limitations',
      value: `${limitations.size} in ${counts['known-limitation']} scenario${counts['known-limitation'] === 1 ? '' : 's'}`,
      colour: limitations.size === 0 ? COLOURS.good : COLOURS.neutral,
    },
  ];
}

/** A badge as an image that stands by itself: no font, script or style from elsewhere. */
export function badgeSvg({ label, value, colour }: Badge): string {
  const left = widthOf(label);
  const right = widthOf(value);
  const title = `${label}: ${value}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${xmlAttribute(title)}">
  <title>${xmlText(title)}</title>
  <rect width="${left + right}" height="20" rx="3" fill="#2d3340"/>
  <path d="M${left} 0h${right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-${right - 3}z" fill="${colour}"/>
  <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
    <text x="${left / 2}" y="14" textLength="${left - 12}">${xmlText(label)}</text>
    <text x="${left + right / 2}" y="14" textLength="${right - 12}">${xmlText(value)}</text>
  </g>
</svg>
`;
}

/** Of 11 px Verdana, near enough: `textLength` makes it fit. */
function widthOf(text: string): number {
  return Math.round([...text].length * 6.7) + 12;
}
