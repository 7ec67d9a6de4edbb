import type { ChalkInstance } from 'chalk';
import { INTERACTIONS, type Interaction, PROTOCOLS, type Protocol } from '../../model/protocol.js';
import { plural } from '../../report/progress.js';
import { STATES } from '../../report/wording.js';
import type { CellState, DecidedCell } from './outcome.js';
import { cellName, type MatrixPlan, PLACES, rowText } from './plan.js';

const SIGNS: Readonly<Record<CellState, { readonly sign: string; readonly words: string }>> = {
  pass: { sign: STATES.pass.sign, words: 'mirrored' },
  'known-limitation': { sign: STATES['known-limitation'].sign, words: 'falls short as a known limitation says' },
  flaky: { sign: STATES.flaky.sign, words: 'mirrored only when tried again' },
  fail: { sign: STATES.fail.sign, words: 'falls short, and no limitation says so' },
  fixed: { sign: STATES.fixed.sign, words: 'mirrored, although a limitation says that it cannot be' },
  error: { sign: '!', words: 'error: something broke' },
  'not-applicable': { sign: STATES['not-applicable'].sign, words: 'not applicable' },
  'not-tested': { sign: STATES['not-tested'].sign, words: 'undecided: it did not run' },
};

const SHORT: Readonly<Partial<Record<Protocol, string>>> = {
  'gRPC-over-HTTP/1.1': 'gRPC-Web',
  'gRPC-over-HTTP/2': 'gRPC',
};
const LETTERS: Readonly<Record<Interaction, string>> = {
  unary: 'u',
  'client-streaming': 'c',
  'server-streaming': 's',
  'bidi-streaming': 'b',
};
/** Cells that are told one by one for each reason. */
const TOLD = 3;

/**
 * What is mirrored where: a line for each mesh, policy and caller, a column for each protocol and interaction, and in it a sign for
 * each place. Protocols that do not fit into `width` characters come below.
 */
export function matrixTable(cells: readonly DecidedCell[], width: number, colour: ChalkInstance): string {
  const rows = [...new Set(cells.map(({ cell }) => rowText(cell)))];
  const label = Math.max(...rows.map((row) => row.length));
  const places = PLACES.filter((place) => cells.some(({ cell }) => cell.place === place));
  const blocks = packed(columnGroups(cells, places.length), width - label);
  const at = new Map(cells.map((decided) => [keyOf(rowText(decided.cell), decided.cell), decided.state]));
  const tables = blocks.map((groups) =>
    [
      [''.padEnd(label), ...groups.map(({ title, width: wide }) => title.padEnd(wide))],
      [
        ''.padEnd(label),
        ...groups.map(({ columns, width: wide }) =>
          columns
            .map(({ interaction }) => LETTERS[interaction].padEnd(places.length))
            .join(' ')
            .padEnd(wide),
        ),
      ],
      ...rows.map((row) => [
        row.padEnd(label),
        ...groups.map(({ columns, width: wide }) => {
          const signs = columns.map((column) =>
            places.map((place) => at.get(keyOf(row, { ...column, place }))).map((state) => painted(state, colour)),
          );
          const length = columns.length * (places.length + 1) - 1;
          return signs.map((each) => each.join('')).join(' ') + ' '.repeat(wide - length);
        }),
      ]),
    ]
      .map((parts) => parts.join('  ').trimEnd())
      .join('\n'),
  );
  return `${tables.join('\n\n')}\n\n${legend(cells, places)}\n`;
}

/** How many cells came to what, and why: the same reason once, with the first cells that have it where that fails the run. */
export function causesText(cells: readonly DecidedCell[], colour: ChalkInstance): string {
  const lines = (Object.keys(SIGNS) as CellState[]).flatMap((state) => {
    const here = cells.filter((cell) => cell.state === state);
    if (here.length === 0) return [];
    const reasons = new Map<string | undefined, DecidedCell[]>();
    for (const cell of here) reasons.set(cell.why, [...(reasons.get(cell.why) ?? []), cell]);
    return [
      `${String(here.length).padStart(5)} ${painted(state, colour)} ${SIGNS[state].words}`,
      ...[...reasons].flatMap(([why, those]) => [
        ...(why === undefined ? [] : [`${String(those.length).padStart(9)} × ${why}`]),
        ...(isRed(state) ? toldCells(those) : []),
      ]),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** Whether it makes a run fail. */
export function isRed(state: CellState): boolean {
  return state === 'fail' || state === 'fixed' || state === 'error' || state === 'not-tested';
}

function toldCells(cells: readonly DecidedCell[]): string[] {
  const more = cells.length - TOLD;
  return [
    ...cells
      .slice(0, TOLD)
      .map(({ cell, place }) => `            ${[place, cellName(cell)].filter(Boolean).join('  ')}`),
    ...(more > 0 ? [`            and ${more} more`] : []),
  ];
}

interface ColumnGroup {
  readonly title: string;
  readonly width: number;
  readonly columns: readonly { readonly protocol: Protocol; readonly interaction: Interaction }[];
}

function columnGroups(cells: readonly DecidedCell[], places: number): ColumnGroup[] {
  return PROTOCOLS.flatMap((protocol) => {
    const columns = INTERACTIONS.filter((interaction) =>
      cells.some(({ cell }) => cell.protocol === protocol && cell.interaction === interaction),
    ).map((interaction) => ({ protocol, interaction }));
    const title = SHORT[protocol] ?? protocol;
    const width = Math.max(title.length, columns.length * (places + 1) - 1);
    return columns.length === 0 ? [] : [{ title, width, columns }];
  });
}

function packed(groups: readonly ColumnGroup[], width: number): readonly (readonly ColumnGroup[])[] {
  const blocks: ColumnGroup[][] = [];
  let left = 0;
  for (const group of groups) {
    const block = blocks.at(-1);
    if (block !== undefined && group.width + 2 <= left) block.push(group);
    else blocks.push([group]);
    left = (blocks.at(-1) === block ? left : width) - group.width - 2;
  }
  return blocks;
}

function legend(cells: readonly DecidedCell[], places: readonly string[]): string {
  const used = INTERACTIONS.filter((interaction) => cells.some(({ cell }) => cell.interaction === interaction));
  const interactions = used.map((interaction) => `${LETTERS[interaction]} ${interaction}`).join(', ');
  const order = places.map((place) => (place === 'redirect' ? 'redirect' : `sniffer on ${place}`)).join(', ');
  return `${interactions}; ${places.length === 1 ? 'everywhere' : 'in each column'}: ${order}`;
}

function painted(state: CellState | undefined, colour: ChalkInstance): string {
  if (state === undefined) return colour.dim(STATES['not-applicable'].sign);
  const { sign } = SIGNS[state];
  if (isRed(state)) return colour.red(sign);
  if (state === 'pass') return colour.green(sign);
  return state === 'known-limitation' ? colour.magenta(sign) : colour.yellow(sign);
}

function keyOf(
  row: string,
  { protocol, interaction, place }: Pick<DecidedCell['cell'], 'protocol' | 'interaction' | 'place'>,
): string {
  return `${row} ${protocol} ${interaction} ${place}`;
}

/** What a run is about to do: how many cells, what falls short for known reasons, and what is left out and why. */
export function planText({ cells, notApplicable }: MatrixPlan): string {
  const expected = new Map<string, number>();
  for (const { limitations } of cells) {
    for (const { id, title } of limitations)
      expected.set(`${id}: ${title}`, (expected.get(`${id}: ${title}`) ?? 0) + 1);
  }
  const line = ([what, count]: readonly [string, number]): string => `${String(count).padStart(6)} × ${what}`;
  const left = notApplicable.reduce((sum, { cells: count }) => sum + count, 0);
  return [
    plural(cells.length, 'cell'),
    ...(expected.size === 0 ? [] : ['known to fall short:', ...[...expected].map(line)]),
    ...(left === 0
      ? []
      : [
          `not applicable, ${plural(left, 'combination')}:`,
          ...notApplicable.map((each) => line([each.reason, each.cells])),
        ]),
    '',
    '',
  ].join('\n');
}
