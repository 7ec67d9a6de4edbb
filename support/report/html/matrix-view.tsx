import type { CallerKind } from '../../model/situation.js';
import type { Verdict } from '../../model/verdict.js';
import { type MatrixCell, type MatrixColumn, type MatrixGroup, type MatrixRow, matrixOf } from '../matrix.js';
import type { LoggedScenario } from '../results/scenario-log.js';
import { environmentWord, INTERACTION_WORDS, MESH_WORDS, mechanismWords, STATES } from '../wording.js';
import { Scroll } from './scroll.js';
import { plural, shown } from './shown.js';

/** Scenarios of a cell that are listed below a table; who wants more filters. */
const LISTED = 50;

/** Who calls, in a row for calls that are not made as usual there. */
const CALLERS: Readonly<Record<CallerKind, string>> = {
  meshed: 'caller with a sidecar',
  unmeshed: 'caller outside of it',
  'in-pod': "caller in the workload's pod",
};

/** What is mirrored where: a table for each mechanism. */
export function Matrix({ entries }: { readonly entries: readonly LoggedScenario[] }) {
  const groups = matrixOf(entries);
  return (
    <section id="matrix" aria-labelledby="matrix-title">
      <h2 id="matrix-title">What is mirrored where</h2>
      {groups.length === 0 ? (
        <p class="muted">No scenario of this run made a call, so that there is nothing to arrange.</p>
      ) : (
        <>
          <p class="lead">
            A row is a mesh and what it demands of connections, a column a protocol and how messages flow in a call, a
            table how and where the copy is taken. Every cell leads to its scenarios.
          </p>
          <Legend />
          {groups.map((group, index) => (
            <Group
              group={group}
              number={index}
              several={new Set(groups.map(({ environment }) => environment)).size > 1}
            />
          ))}
        </>
      )}
    </section>
  );
}

function Legend() {
  return (
    <details class="legend">
      <summary>What the signs mean</summary>
      <dl>
        {Object.entries(STATES).map(([state, { sign, word, meaning }]) => (
          <>
            <dt>
              <span class={`badge s-${state}`}>
                <span aria-hidden="true">{sign}</span> {word}
              </span>
            </dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
      <p>
        A pass means that the scenario's expectation holds. That may well be that a call is <em>not</em> mirrored: the
        second line of a cell says what became of the copies.
      </p>
    </details>
  );
}

function Group({
  group,
  number,
  several,
}: {
  readonly group: MatrixGroup;
  readonly number: number;
  readonly several: boolean;
}) {
  const tested = group.rows.some(({ cells }) => cells.some(({ scenarios }) => scenarios.length > 0));
  const { title, note } = mechanismWords(group);
  const id = `matrix-${number}`;
  const heading = (
    <>
      {several ? `${environmentWord(group.environment)}: ` : ''}
      {title}
    </>
  );
  const filter = {
    'data-env': group.environment,
    'data-mech': `${group.profile ?? 'none'}/${group.listenInterface ?? ''}`,
  };
  if (!tested) {
    return (
      <details class="group untested" {...filter}>
        <summary>
          <h3 id={id}>{heading}</h3>{' '}
          <span class="badge s-not-tested">
            <span aria-hidden="true">○</span> not tested
          </span>
        </summary>
        <p class="muted">{note}</p>
        <Table group={group} id={id} />
      </details>
    );
  }
  return (
    <div class="group" {...filter}>
      <h3 id={id}>{heading}</h3>
      <p class="muted">{note}</p>
      <Table group={group} id={id} />
      <CellLists group={group} id={id} />
    </div>
  );
}

function Table({ group, id }: { readonly group: MatrixGroup; readonly id: string }) {
  const protocols = [...new Set(group.columns.map(({ protocol }) => protocol))];
  return (
    <Scroll label="Matrix">
      <table class="matrix">
        <thead>
          <tr>
            <th rowSpan={2} scope="col">
              mesh
            </th>
            {protocols.map((protocol) => (
              <th colSpan={group.columns.filter((column) => column.protocol === protocol).length} scope="colgroup">
                {protocol}
              </th>
            ))}
          </tr>
          <tr>
            {group.columns.map(({ interaction }) => (
              <th scope="col" class="minor">
                {INTERACTION_WORDS[interaction]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {group.rows.map((row, rowNumber) => (
            <tr data-mesh={row.mesh}>
              <th scope="row">
                {MESH_WORDS[row.mesh]}
                {row.mtls === undefined ? null : <span class="minor"> {row.mtls}</span>}
                {row.interception === undefined ? null : <span class="minor"> {row.interception}</span>}
                {row.caller === undefined ? null : <span class="minor block">{CALLERS[row.caller]}</span>}
              </th>
              {row.cells.map((cell, column) => (
                <Cell cell={cell} listId={listId(id, rowNumber, column)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Cell({ cell, listId }: { readonly cell: MatrixCell; readonly listId: string }) {
  const { state, scenarios } = cell;
  const { sign, word } = STATES[state];
  const mark = (
    <>
      <span aria-hidden="true">{sign}</span> {word}
    </>
  );
  const [only] = scenarios;
  if (only === undefined) return <td class={`cell s-${state}`}>{mark}</td>;
  const ids = [...new Set(scenarios.flatMap(({ limitations }) => limitations))];
  return (
    <td class={`cell s-${state}`} data-protocol={cell.protocol}>
      <a href={`#${scenarios.length === 1 ? only.id : listId}`}>
        <strong>{mark}</strong>
        {ids.length === 0 ? null : <span class="minor block">{ids.join(', ')}</span>}
        <span class="minor block">{outcomeText(scenarios)}</span>
        {scenarios.length === 1 ? null : <span class="minor block">{plural(scenarios.length, 'scenario')}</span>}
      </a>
    </td>
  );
}

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  mirrored: 'mirrored',
  'not-mirrored': 'not mirrored',
  duplicated: 'duplicated',
  truncated: 'truncated',
  corrupted: 'corrupted',
  reordered: 'reordered',
  leaked: 'leaked',
  collateral: 'harmed the call',
};

/** `mirrored`, or where they differ `11 of 12 mirrored`. */
function outcomeText(scenarios: readonly LoggedScenario[]): string {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of scenarios) if (verdict !== undefined) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  if (counts.size === 0) return '';
  if (counts.size === 1) return [...counts.keys()].map((verdict) => VERDICT_WORDS[verdict]).join();
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return `${counts.get('mirrored') ?? 0} of ${total} mirrored`;
}

/** Where cells with several scenarios lead to. */
function CellLists({ group, id }: { readonly group: MatrixGroup; readonly id: string }) {
  const cells = group.rows.flatMap((row, rowNumber) =>
    row.cells.map((cell, column) => ({
      row,
      cell,
      column: group.columns[column],
      listId: listId(id, rowNumber, column),
    })),
  );
  const several = cells.filter(({ cell }) => cell.scenarios.length > 1);
  if (several.length === 0) return null;
  return (
    <details class="cells">
      <summary>The scenarios of each cell</summary>
      {several.map(({ row, cell, column, listId }) => (
        <div id={listId} class="cell-list">
          <h4>{cellTitle(row, column)}</h4>
          <ul>
            {cell.scenarios.slice(0, LISTED).map(({ id, name, state }) => (
              <li>
                <a href={`#${id}`}>
                  <span class={`sign s-${state}`} aria-hidden="true">
                    {STATES[state].sign}
                  </span>
                  <span class="hidden">{STATES[state].word}: </span>
                  {shown(name)}
                </a>
              </li>
            ))}
            {cell.scenarios.length > LISTED ? <li>and {cell.scenarios.length - LISTED} more</li> : null}
          </ul>
        </div>
      ))}
    </details>
  );
}

function listId(table: string, row: number, column: number): string {
  return `${table}-${row}-${column}`;
}

function cellTitle({ mesh, mtls, interception, caller }: MatrixRow, column: MatrixColumn | undefined): string {
  const where = [MESH_WORDS[mesh], mtls, interception, caller === undefined ? undefined : `${caller} caller`]
    .filter(Boolean)
    .join(' ');
  return column === undefined ? where : `${where}, ${column.protocol}, ${INTERACTION_WORDS[column.interaction]}`;
}
