import type { Deployment } from '../environment/environment.js';
import { flowsOf, type Journals, unreadableOf } from '../evidence/flow/call-flow.js';
import type { CallOutcome, CallPlan } from '../model/call.js';
import type { InterceptionRule } from '../model/interception-rules.js';
import { INTERACTIONS } from '../model/protocol.js';
import type { CallRecord, Coordinates, EvidenceFile, ScenarioRecord } from '../model/scenario-record.js';
import type { SessionReport } from '../model/session.js';
import { type MirrorSpec, mtlsOf, type Situation } from '../model/situation.js';
import type { CallVerdict, InterfaceTraffic } from '../model/verdict.js';
import { visibleExcerpt } from '../model/visible-text.js';
import { outcomesSoFar } from './stream-batch.js';
import type { MirrorspecWorld } from './world.js';

/** Calls of a scenario that a report lists, and of those that it shows in full. */
const CALLS = 20;
const FLOWS = 3;
const DIFFERENCES = 20;
const UNREADABLE = 5;

/** What is known of a deployment when its scenario is over. */
export interface Finding {
  readonly deployment?: Deployment | undefined;
  readonly session?: SessionReport | undefined;
  readonly interfaces: readonly InterfaceTraffic[];
  readonly rules?: readonly InterceptionRule[] | undefined;
  readonly files: readonly EvidenceFile[];
  readonly problems: readonly string[];
}

/** What a report says of a scenario, as data. */
export function scenarioRecord(world: MirrorspecWorld, finding: Finding): ScenarioRecord {
  const { deployment, session, interfaces, rules = [], files, problems } = finding;
  const situation = situationOf(world);
  const journals = deployment?.journals();
  const calls = callsOf(world, journals);
  const [short] = calls.filter(({ verdict }) => verdict !== undefined && verdict !== 'mirrored');
  const verdict = short?.verdict ?? calls.find((call) => call.verdict !== undefined)?.verdict;
  const meshed = situation !== undefined && situation.mesh.kind !== 'none';
  const { log: _, ...report } = session ?? { log: [] };
  return {
    cells: situation === undefined ? [] : cellsOf(world, situation, session),
    ...(verdict === undefined ? {} : { verdict }),
    ...(short?.explanation === undefined ? {} : { explanation: short.explanation }),
    calls: calls.slice(0, CALLS),
    callsCut: Math.max(0, calls.length - CALLS),
    unreadable: journals === undefined ? [] : unreadableOf(journals).slice(0, UNREADABLE),
    ...(session === undefined ? {} : { session: report as Omit<SessionReport, 'log'> }),
    interfaces,
    ...(rules.length === 0 ? {} : { rules: rulesToShow(rules) }),
    facts: deployment?.facts ?? {},
    sidecars: { caller: meshed && situation.caller === 'meshed', workload: meshed },
    settings: world.run.environment,
    limitations: world.limitations?.tagged ?? [],
    ...(world.evidenceFolder === undefined || files.length === 0
      ? {}
      : { evidence: { folder: `${world.run.evidenceHref}/${world.evidenceFolder.name}`, files } }),
    problems,
  };
}

function rulesToShow(rules: readonly InterceptionRule[]): NonNullable<ScenarioRecord['rules']> {
  const listed = rules.filter(({ maker, packets }) => packets > 0 || maker === 'mirror session');
  return { listed, idle: rules.length - listed.length };
}

/** Steps that contradict each other describe none. */
function situationOf(world: MirrorspecWorld): Situation | undefined {
  try {
    return world.situation;
  } catch {
    return undefined;
  }
}

/** A cell for each kind of call that was made, or, before any was, that the scenario names. */
function cellsOf(
  world: MirrorspecWorld,
  { mesh, caller, workload, mirror }: Situation,
  session: SessionReport | undefined,
): readonly Coordinates[] {
  const mtls = mtlsOf(mesh);
  const base: Coordinates = {
    environment: world.run.environment.kind,
    mesh: mesh.kind,
    ...(mtls === undefined ? {} : { mtls }),
    ...(mesh.kind === 'istio' && mesh.interception === 'TPROXY' ? { interception: mesh.interception } : {}),
    caller,
    workload: workload.kind,
    ...(mirror === undefined ? {} : sessionCoordinates(mirror, session)),
  };
  const made = world.batches.map(({ plan: { protocol, interaction } }) => ({ protocol, interaction }));
  const calls = made.length > 0 ? made : namedCalls(world);
  if (calls.length === 0) return [base];
  const distinct = new Map(calls.map((call) => [`${call.protocol} ${call.interaction}`, call]));
  return [...distinct.values()].map((call) => ({ ...base, ...call }));
}

function sessionCoordinates(mirror: MirrorSpec, session: SessionReport | undefined): Partial<Coordinates> {
  const { profile } = mirror;
  const version = session?.version ?? mirror.version;
  const listens = session?.listenInterface ?? (mirror.listenInterface === 'auto' ? undefined : mirror.listenInterface);
  return {
    profile,
    ...(version === undefined ? {} : { mirrord: version }),
    ...(profile === 'redirect' ? {} : { requestedInterface: mirror.listenInterface }),
    ...(profile === 'redirect' || listens === undefined ? {} : { listenInterface: listens }),
  };
}

function namedCalls({
  namedProtocols,
  scenarioText,
}: MirrorspecWorld): readonly Pick<CallPlan, 'protocol' | 'interaction'>[] {
  const named = INTERACTIONS.filter((interaction) => scenarioText.includes(interaction));
  return namedProtocols.flatMap((protocol) =>
    (named.length > 0 ? named : (['unary'] as const)).map((interaction) => ({ protocol, interaction })),
  );
}

function callsOf(
  world: MirrorspecWorld,
  journals: ({ readonly caller: Journals['caller'] } & Journals) | undefined,
): CallRecord[] {
  const verdicts = world.verdictsIfDecided;
  const made = world.batches.flatMap((batch) =>
    outcomesSoFar(batch).map((outcome) => ({ plan: batch.plan, outcome, verdict: verdicts?.get(outcome.id) })),
  );
  // What fell short is what a reader looks for.
  const sorted = [...made.filter(isShort), ...made.filter((call) => !isShort(call))];
  const shown = new Set(sorted.slice(0, FLOWS).map(({ outcome }) => outcome.id));
  const flows = journals === undefined ? undefined : flowsOf(journals, shown);
  return sorted.map(({ plan, outcome, verdict }) => callRecord(plan, outcome, verdict, flows?.get(outcome.id)));
}

function isShort({
  outcome,
  verdict,
}: {
  readonly outcome: CallOutcome;
  readonly verdict: CallVerdict | undefined;
}): boolean {
  return !outcome.ok || (verdict !== undefined && verdict.verdict !== 'mirrored');
}

function callRecord(
  { protocol, interaction }: CallPlan,
  { id, ok, httpStatus, grpcStatus, durationMs, error }: CallOutcome,
  verdict: CallVerdict | undefined,
  flow: CallRecord['flow'],
): CallRecord {
  return {
    id,
    protocol,
    interaction,
    ok,
    httpStatus,
    ...(grpcStatus === undefined ? {} : { grpcStatus }),
    durationMs: Math.round(durationMs * 10) / 10,
    ...(error === undefined ? {} : { error: visibleExcerpt(error, 400) }),
    ...(verdict === undefined
      ? {}
      : { verdict: verdict.verdict, differences: verdict.differences.slice(0, DIFFERENCES) }),
    ...(verdict?.explanation === undefined ? {} : { explanation: verdict.explanation }),
    ...(flow === undefined ? {} : { flow }),
  };
}
