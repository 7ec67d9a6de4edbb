import type { Coordinates, ScenarioRecord } from '../../model/scenario-record.js';

export type PartName = 'caller' | 'caller-sidecar' | 'workload-sidecar' | 'agent' | 'workload' | 'local-process';

/** A part of a situation, as a column of the diagram. */
export interface Lifeline {
  readonly part: PartName;
  /** Two short lines. */
  readonly label: readonly [string, string];
  readonly x: number;
}

/** Between two columns the sidecars speak mutual TLS. */
export interface Lifelines {
  readonly columns: readonly Lifeline[];
  readonly width: number;
  /** From where to where calls are encrypted; undefined where they are not. */
  readonly encrypted?: readonly [from: number, to: number];
  xOf(part: PartName): number;
  has(part: PartName): boolean;
}

const FIRST = 62;
const APART = 118;
/** A drawing of few parts is so wide nevertheless: labels need room. */
const WIDTH = 640;

/** The parts that took part, in the order in which a call passes them; where the agent stands says where it takes its copy. */
export function lifelinesOf(
  { sidecars, session }: Pick<ScenarioRecord, 'sidecars' | 'session'>,
  cell: Coordinates | undefined,
): Lifelines {
  const agentIsOutside = session?.profile === 'sniffer' && session.listenInterface !== 'lo';
  const where = session?.profile === 'redirect' ? 'in between' : `on ${session?.listenInterface ?? '?'}`;
  const agent: readonly Part[] = session === undefined ? [] : [['agent', 'mirror agent', where]];
  const parts: readonly Part[] = [
    ['caller', 'caller', sidecars.caller ? 'in the mesh' : sidecars.workload ? 'outside the mesh' : ''],
    ...part(sidecars.caller, ['caller-sidecar', 'sidecar', 'of the caller']),
    ...(agentIsOutside ? agent : []),
    ...part(sidecars.workload, ['workload-sidecar', 'sidecar', 'of the workload']),
    ...(agentIsOutside ? [] : agent),
    ['workload', 'workload', cell?.workload ?? ''],
    ...part(session !== undefined, ['local-process', 'local process', 'gets the copy']),
  ];
  const apart = Math.max(APART, (WIDTH - 2 * FIRST) / (parts.length - 1));
  const columns = parts.map(([name, ...label], index): Lifeline => ({ part: name, label, x: FIRST + index * apart }));
  const xOf = (name: PartName): number => columns.find((column) => column.part === name)?.x ?? 0;
  const tls = sidecars.caller && sidecars.workload && cell?.mtls !== 'DISABLE';
  return {
    columns,
    width: 2 * FIRST + (columns.length - 1) * apart,
    ...(tls ? { encrypted: [xOf('caller-sidecar'), xOf('workload-sidecar')] as const } : {}),
    xOf,
    has: (name) => columns.some((column) => column.part === name),
  };
}

type Part = readonly [PartName, string, string];

function part(isThere: boolean, each: Part): readonly Part[] {
  return isThere ? [each] : [];
}
