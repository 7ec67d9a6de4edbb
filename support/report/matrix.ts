import type { EnvironmentKind } from '../model/environment-settings.js';
import { INTERACTIONS, INTERACTIONS_OF, type Interaction, PROTOCOLS, type Protocol } from '../model/protocol.js';
import type { ScenarioState } from '../model/results.js';
import type { Coordinates } from '../model/scenario-record.js';
import { PROFILES, type Profile } from '../model/session.js';
import { MESHES, MTLS_POLICIES } from '../model/situation.js';
import type { LoggedScenario } from './results/scenario-log.js';

/** What a cell is where its scenarios differ: the first of these that any of them is. */
const WORST_FIRST: readonly ScenarioState[] = [
  'fail',
  'fixed',
  'flaky',
  'known-limitation',
  'pass',
  'not-tested',
  'not-applicable',
];

export interface MatrixColumn {
  readonly protocol: Protocol;
  readonly interaction: Interaction;
}

export interface MatrixRow {
  readonly mesh: Coordinates['mesh'];
  readonly mtls?: NonNullable<Coordinates['mtls']>;
  readonly interception?: NonNullable<Coordinates['interception']>;
  /** Absent: the caller that is usual there, with a sidecar on a mesh and without one where there is none. */
  readonly caller?: Coordinates['caller'];
  /** One for each column. */
  readonly cells: readonly MatrixCell[];
}

export interface MatrixCell extends MatrixColumn {
  readonly state: ScenarioState;
  /** In the order of their features. */
  readonly scenarios: readonly LoggedScenario[];
}

/** One mechanism in one environment: what a table shows. */
export interface MatrixGroup {
  readonly environment: EnvironmentKind;
  /** Absent: scenarios without a mirror session. */
  readonly profile?: Profile;
  /** Of `sniffer`; absent where no capture came about. */
  readonly listenInterface?: string;
  readonly columns: readonly MatrixColumn[];
  readonly rows: readonly MatrixRow[];
}

/** Each mesh as it usually is. Other ways to intercept connections are shown where they were tried. */
const USUAL_ROWS: readonly RowKey[] = MESHES.filter((mesh) => !('interception' in mesh)).map((mesh) => ({
  mesh: mesh.kind,
  ...('mtls' in mesh ? { mtls: mesh.mtls } : {}),
}));

/** Mechanisms that every environment's matrix shows, be it that nothing was tested of them. */
const USUAL_GROUPS: readonly Pick<MatrixGroup, 'profile' | 'listenInterface'>[] = [
  { profile: 'sniffer', listenInterface: 'lo' },
  { profile: 'sniffer', listenInterface: 'eth0' },
  { profile: 'redirect' },
];

/** Arranges scenarios by where they ran: a table for each mechanism, a row for each mesh and policy, a column for each kind of call. */
export function matrixOf(entries: readonly LoggedScenario[]): readonly MatrixGroup[] {
  const places = entries.flatMap((scenario) => scenario.cells.map((at) => ({ at, scenario })));
  if (places.length === 0) return [];
  const columns = columnsOf(places.map(({ at }) => at));
  const environments = [...new Set(places.map(({ at }) => at.environment))].sort();
  const rowKeys = distinct(
    [...USUAL_ROWS, ...places.map(({ at }) => rowOf(at))],
    ({ mesh, mtls, interception, caller }) => `${mesh} ${mtls} ${interception} ${caller}`,
  ).sort(byRow);
  return environments.flatMap((environment) => {
    const here = places.filter(({ at }) => at.environment === environment);
    const groups = distinct(
      [...USUAL_GROUPS, ...here.filter(({ at }) => at.protocol !== undefined).map(({ at }) => groupOf(at))],
      ({ profile, listenInterface }) => `${profile} ${listenInterface}`,
    ).sort(byGroup);
    return groups.map((group): MatrixGroup => {
      const inGroup = here.filter(
        ({ at }) => at.profile === group.profile && at.listenInterface === group.listenInterface,
      );
      const rows = rowKeys.map((row): MatrixRow => {
        const inRow = inGroup.filter(({ at }) => sameRow(rowOf(at), row));
        const cells = columns.map(({ protocol, interaction }): MatrixCell => {
          const scenarios = inRow
            .filter(({ at }) => at.protocol === protocol && at.interaction === interaction)
            .map(({ scenario }) => scenario);
          return {
            protocol,
            interaction,
            state: worstState(scenarios),
            scenarios: distinct(scenarios, ({ id }) => id),
          };
        });
        return { ...row, cells };
      });
      // A row for an unusual caller says nothing where nobody tried it.
      const shown = rows.filter(
        ({ caller, cells }) => caller === undefined || cells.some(({ scenarios }) => scenarios.length > 0),
      );
      return { environment, ...group, columns, rows: shown };
    });
  });
}

/** What several scenarios come to together. */
export function worstState(scenarios: readonly { readonly state: ScenarioState }[]): ScenarioState {
  return WORST_FIRST.find((state) => scenarios.some((scenario) => scenario.state === state)) ?? 'not-tested';
}

function rowOf({ mesh, mtls, interception, caller }: Coordinates): RowKey {
  const usual = mesh === 'none' ? 'unmeshed' : 'meshed';
  return {
    mesh,
    ...(mtls === undefined ? {} : { mtls }),
    ...(interception === undefined ? {} : { interception }),
    ...(caller === usual ? {} : { caller }),
  };
}

function groupOf({ profile, listenInterface }: Coordinates): Pick<MatrixGroup, 'profile' | 'listenInterface'> {
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(listenInterface === undefined ? {} : { listenInterface }),
  };
}

function columnsOf(places: readonly Coordinates[]): readonly MatrixColumn[] {
  const tried = new Set(places.map(({ protocol, interaction }) => `${protocol} ${interaction}`));
  return PROTOCOLS.flatMap((protocol) =>
    INTERACTIONS.filter(
      (interaction) => tried.has(`${protocol} ${interaction}`) || INTERACTIONS_OF[protocol].includes(interaction),
    ).map((interaction) => ({ protocol, interaction })),
  );
}

type RowKey = Omit<MatrixRow, 'cells'>;

function sameRow(a: RowKey, b: RowKey): boolean {
  return a.mesh === b.mesh && a.mtls === b.mtls && a.interception === b.interception && a.caller === b.caller;
}

function byRow(a: RowKey, b: RowKey): number {
  const rank = ({ mesh, mtls, interception, caller }: RowKey): string =>
    `${mesh === 'none' ? 0 : 1} ${mesh} ${mtls === undefined ? 0 : MTLS_POLICIES.indexOf(mtls)} ${interception ?? ''} ${caller ?? ''}`;
  return rank(a) < rank(b) ? -1 : 1;
}

function byGroup(a: Partial<MatrixGroup>, b: Partial<MatrixGroup>): number {
  const rank = ({ profile, listenInterface }: Partial<MatrixGroup>): string =>
    `${profile === undefined ? 9 : PROFILES.indexOf(profile)} ${listenInterface === undefined ? 'zz' : listenInterface === 'lo' ? '' : listenInterface}`;
  return rank(a) < rank(b) ? -1 : 1;
}

function distinct<Value>(values: readonly Value[], keyOf: (value: Value) => string): Value[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}
