import type { GateCells, GateOutcome } from '../../model/gate.js';
import type { Coordinates } from '../../model/scenario-record.js';
import type { ScenarioSummary } from '../results/scenario-summary.js';
import { counted, reasonOf } from './outcome.js';

/** One combination of what a rule lists. What is absent may be anything. */
export type RequiredCell = Required<Pick<Coordinates, 'mesh' | 'protocol' | 'interaction'>> &
  Partial<Pick<Coordinates, 'environment' | 'mtls' | 'profile'>> & {
    readonly interface?: string;
  };

/** Every combination must have been decided, and every scenario there must have ended in one of the states. */
export function judgeCells(cells: GateCells, scenarios: readonly ScenarioSummary[]): GateOutcome {
  const required = requiredCells(cells);
  let bad = 0;
  const because = required.flatMap((cell) => {
    const there = scenarios.filter((scenario) => scenario.cells.some((each) => isIn(each, cell)));
    const decided = there.filter(({ state }) => state !== 'not-tested');
    const wrong = there.filter(({ state }) => !(cells.states as readonly string[]).includes(state));
    if (decided.length > 0 && wrong.length === 0) return [];
    bad += 1;
    if (decided.length === 0) return [{ text: `${cellText(cell)}: not tested` }];
    return wrong.map((scenario) => {
      const { location = '', text } = reasonOf(scenario);
      return { location, text: `${cellText(cell)}: ${text}` };
    });
  });
  return {
    kind: 'cells',
    rule: `${counted(required.length, 'cell')} of the matrix: ${cells.states.join(' or ')}`,
    line: cells.line,
    ok: because.length === 0,
    found: bad === 0 ? 'all of them are' : `${bad} of them ${bad === 1 ? 'is' : 'are'} not`,
    because,
  };
}

/** Without a mesh there is no policy, and `redirect` has no listen interface: such combinations are one. */
export function requiredCells(cells: GateCells): RequiredCell[] {
  const { environments, meshes, mtls, protocols, interactions, interfaces, profiles } = cells;
  const combinations = new Map<string, RequiredCell>();
  for (const environment of orAny(environments)) {
    for (const mesh of meshes) {
      for (const policy of mesh === 'none' ? [undefined] : orAny(mtls)) {
        for (const protocol of protocols) {
          for (const interaction of interactions) {
            for (const profile of orAny(profiles)) {
              for (const listen of profile === 'redirect' ? [undefined] : orAny(interfaces)) {
                const cell: RequiredCell = {
                  ...(environment === undefined ? {} : { environment }),
                  mesh,
                  ...(policy === undefined ? {} : { mtls: policy }),
                  protocol,
                  interaction,
                  ...(profile === undefined ? {} : { profile }),
                  ...(listen === undefined ? {} : { interface: listen }),
                };
                combinations.set(cellText(cell), cell);
              }
            }
          }
        }
      }
    }
  }
  return [...combinations.values()];
}

function orAny<T>(values: readonly T[]): readonly (T | undefined)[] {
  return values.length === 0 ? [undefined] : values;
}

function isIn(coordinates: Coordinates, cell: RequiredCell): boolean {
  const { environment, mesh, mtls, protocol, interaction, profile, interface: listen } = cell;
  return (
    coordinates.mesh === mesh &&
    coordinates.protocol === protocol &&
    coordinates.interaction === interaction &&
    (environment === undefined || coordinates.environment === environment) &&
    (mtls === undefined || coordinates.mtls === mtls) &&
    (profile === undefined || coordinates.profile === profile) &&
    (listen === undefined || coordinates.requestedInterface === listen || coordinates.listenInterface === listen)
  );
}

/** `istio STRICT, HTTP/2 unary, sniffer on lo` */
export function cellText({
  environment,
  mesh,
  mtls,
  protocol,
  interaction,
  profile,
  interface: listen,
}: RequiredCell): string {
  const mirror = [profile, listen === undefined ? undefined : `on ${listen}`];
  return [[environment], [mesh === 'none' ? 'no mesh' : mesh, mtls], [protocol, interaction], mirror]
    .map((words) => words.filter((word) => word !== undefined).join(' '))
    .filter((words) => words !== '')
    .join(', ');
}
