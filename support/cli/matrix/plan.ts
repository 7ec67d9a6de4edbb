import type { EnvironmentKind } from '../../model/environment-settings.js';
import type { Limitation } from '../../model/limitation.js';
import { whyNotApplicable } from '../../model/limitation-scope.js';
import { type MirrordVersion, newestWith, profilesOf, versionText } from '../../model/mirrord-version.js';
import { INTERACTIONS_OF, type Interaction, type Protocol } from '../../model/protocol.js';
import {
  type CallerKind,
  interceptionOf,
  MESHES,
  type Mesh,
  type MtlsPolicy,
  meshText,
  mtlsOf,
} from '../../model/situation.js';

/** How and where the copy is taken: packets of an interface, or redirected connections. */
export const PLACES = ['lo', 'eth0', 'redirect'] as const;
export type Place = (typeof PLACES)[number];

/** What a matrix is to be made of: every combination of these. */
export interface MatrixSelection {
  readonly meshes: readonly Mesh['kind'][];
  /** Absent: every policy, and meshes without any. */
  readonly policies?: readonly MtlsPolicy[];
  readonly callers: readonly CallerKind[];
  readonly protocols: readonly Protocol[];
  readonly interactions: readonly Interaction[];
  readonly places: readonly Place[];
}

/** What is known of where the matrix runs. */
export interface MatrixSetting {
  readonly environment: EnvironmentKind;
  /** Absent: of each mechanism the newest that has it. */
  readonly mirrord?: MirrordVersion;
  readonly limitations: readonly Limitation[];
}

export interface PlannedCell {
  readonly mesh: Mesh;
  readonly caller: CallerKind;
  readonly place: Place;
  readonly protocol: Protocol;
  readonly interaction: Interaction;
  /** Those that every call shows there. */
  readonly limitations: readonly Limitation[];
}

export interface MatrixPlan {
  readonly cells: readonly PlannedCell[];
  /** Combinations that make no sense, by the reason. */
  readonly notApplicable: readonly { readonly reason: string; readonly cells: number }[];
}

type Combination = Omit<PlannedCell, 'limitations'>;

/** Row by row: mesh, policy, caller; in each row place by place. */
export function planMatrix(selection: MatrixSelection, setting: MatrixSetting): MatrixPlan {
  const cells: PlannedCell[] = [];
  const reasons = new Map<string, number>();
  for (const combination of combinationsOf(selection)) {
    const reason = whySenseless(combination, selection, setting);
    if (reason === undefined) cells.push({ ...combination, limitations: limitationsOf(combination, setting) });
    else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return { cells, notApplicable: [...reasons].map(([reason, count]) => ({ reason, cells: count })) };
}

function combinationsOf(selection: MatrixSelection): Combination[] {
  const { policies, callers, protocols, interactions, places } = selection;
  const isAsked = (mesh: Mesh): boolean => {
    const policy = mtlsOf(mesh);
    return selection.meshes.includes(mesh.kind) && (policy === undefined || (policies?.includes(policy) ?? true));
  };
  return MESHES.filter(isAsked).flatMap((mesh) =>
    callers.flatMap((caller) =>
      places.flatMap((place) =>
        protocols.flatMap((protocol) =>
          interactions.map((interaction) => ({ mesh, caller, place, protocol, interaction })),
        ),
      ),
    ),
  );
}

function whySenseless(
  { mesh, caller, place, protocol, interaction }: Combination,
  { policies }: MatrixSelection,
  { mirrord }: MatrixSetting,
): string | undefined {
  if (mesh.kind === 'none' && caller === 'meshed') return 'without a mesh no caller has a sidecar';
  if (policies !== undefined && mtlsOf(mesh) === undefined) return `${nameOf(mesh)} has no mTLS policy`;
  if (mirrord !== undefined && !profilesOf(mirrord).includes(profileOf(place))) {
    const what = place === 'redirect' ? 'redirects no connections' : 'captures no packets';
    return `mirrord ${versionText(mirrord)}, which the environment says, ${what}`;
  }
  const possible = INTERACTIONS_OF[protocol];
  return possible.includes(interaction) ? undefined : `${protocol} is ${possible.join(' or ')} only`;
}

function limitationsOf(cell: Combination, { environment, mirrord, limitations }: MatrixSetting): Limitation[] {
  const { mesh, caller, place, protocol, interaction } = cell;
  const profile = profileOf(place);
  const mtls = mtlsOf(mesh);
  const interception = interceptionOf(mesh);
  const circumstances = {
    environment,
    mesh: mesh.kind,
    ...(mtls === undefined ? {} : { mtls }),
    ...(interception === undefined ? {} : { interception }),
    caller,
    session: {
      profile,
      version: versionText(mirrord ?? newestWith(profile)),
      ...(place === 'redirect' ? {} : { listenInterface: place }),
    },
    call: { protocol, interaction },
  };
  return limitations.filter(
    (limitation) =>
      limitation.everyCall &&
      limitation.expect !== undefined &&
      whyNotApplicable(limitation, circumstances) === undefined,
  );
}

function profileOf(place: Place): 'sniffer' | 'redirect' {
  return place === 'redirect' ? 'redirect' : 'sniffer';
}

function nameOf(mesh: Mesh): string {
  return mesh.kind === 'none' ? 'no mesh' : meshText(mesh);
}

/** `istio STRICT, meshed caller` */
export function rowText({ mesh, caller }: Pick<PlannedCell, 'mesh' | 'caller'>): string {
  return `${nameOf(mesh)}, ${caller} caller`;
}

export function placeText(place: Place): string {
  return place === 'redirect' ? 'redirected connections' : `packets captured on ${place}`;
}

/** Unique within a matrix, and the same in every run. */
export function cellName(cell: Combination): string {
  return `${rowText(cell)}, ${placeText(cell.place)}: ${cell.protocol} ${cell.interaction}`;
}
