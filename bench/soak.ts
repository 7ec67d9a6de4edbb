import { readFileSync } from 'node:fs';
import { findLabs } from '../support/environment/embedded/leftovers.js';
import type { Deployment } from '../support/environment/environment.js';
import type { Journal, JournalRecord } from '../support/model/journal.js';
import type { Interaction, Protocol } from '../support/model/protocol.js';
import type { Profile } from '../support/model/session.js';
import type { Situation } from '../support/model/situation.js';
import type { CallVerdict, Cause } from '../support/model/verdict.js';
import { CallDraft } from '../support/world/draft.js';
import { planCalls } from '../support/world/plan.js';
import { mustAllBeAnswered } from './completeness.js';
import { memoryOf } from './machine.js';
import { median, type Row } from './row.js';
import { decided, deployed, MIRRORED_ON_LO, REDIRECTED } from './situations.js';

/** What is under way at the same time, again and again. */
const MIX: readonly {
  readonly protocol: Protocol;
  readonly interaction: Interaction;
  readonly count: number;
  readonly concurrency: number;
  /** Milliseconds between messages. */
  readonly intervalMs?: number;
}[] = [
  { protocol: 'HTTP/1.1', interaction: 'unary', count: 200, concurrency: 8 },
  { protocol: 'HTTP/2', interaction: 'unary', count: 100, concurrency: 8 },
  { protocol: 'gRPC-over-HTTP/2', interaction: 'unary', count: 200, concurrency: 8 },
  { protocol: 'gRPC-over-HTTP/2', interaction: 'client-streaming', count: 16, concurrency: 4, intervalMs: 10 },
  { protocol: 'gRPC-over-HTTP/2', interaction: 'server-streaming', count: 16, concurrency: 4 },
  { protocol: 'gRPC-over-HTTP/2', interaction: 'bidi-streaming', count: 16, concurrency: 4, intervalMs: 25 },
  { protocol: 'gRPC-over-HTTP/1.1', interaction: 'server-streaming', count: 16, concurrency: 4 },
  { protocol: 'SSE', interaction: 'server-streaming', count: 16, concurrency: 4 },
  { protocol: 'WebSocket', interaction: 'bidi-streaming', count: 16, concurrency: 4, intervalMs: 25 },
  { protocol: 'TCP', interaction: 'unary', count: 16, concurrency: 4 },
];
/** Losses that the mechanisms have by themselves: mirrord's bounded queues, and what comes before the local process agrees to an upgrade. */
const LOSSES: readonly Cause[] = ['agent-lagged', 'capture-dropped', 'upgrade-not-agreed'];
/** How long copies may take after nothing is under way any more: those of raw connections end a second after them. */
const DELIVERY_MS = 5000;
const POLL_MS = 100;
/** How long what is under way may take before it counts as lost: a machine that does other things is slow. */
const LATEST_MS = 60_000;
const EXAMPLES = 10;
/** Heaps take some minutes to reach their size. */
const MINUTES_TO_JUDGE_MEMORY = 5;

/** A verdict that no loss of the mechanism explains. */
interface Unexplained {
  /** What the call was: protocol and interaction. */
  readonly kind: string;
  readonly verdict: CallVerdict;
}

interface Round {
  readonly verdicts: readonly CallVerdict[];
  readonly kinds: ReadonlyMap<string, string>;
}

interface Sample {
  readonly minute: number;
  /** PSS in MiB, by process. */
  readonly memory: ReadonlyMap<string, number>;
}

/** One session for each profile (or the one that is asked for), with mixed streams under load for so many minutes: nothing lost, no memory kept. */
export async function soakRows(minutes: number, profile?: Profile): Promise<Row[]> {
  const rows: Row[] = [];
  for (const situation of [MIRRORED_ON_LO, REDIRECTED]) {
    if (profile === undefined || profile === situation.mirror?.profile) rows.push(...(await soak(situation, minutes)));
  }
  return rows;
}

function soak(situation: Situation, minutes: number): Promise<Row[]> {
  const profile = situation.mirror?.profile;
  return deployed(situation, false, async (deployment) => {
    const signal = AbortSignal.timeout((minutes + 5) * 60_000);
    const start = performance.now();
    const elapsed = (): number => (performance.now() - start) / 60_000;
    const samples: Sample[] = [];
    const verdicts = new Map<string, number>();
    const unexplained: Unexplained[] = [];
    let made = 0;
    while (elapsed() < minutes) {
      const round = await makeRound(deployment, situation, signal);
      made += round.verdicts.length;
      for (const verdict of round.verdicts) {
        const { explanation } = verdict;
        const text = explanation === undefined ? verdict.verdict : `${verdict.verdict} (${explanation.cause})`;
        verdicts.set(text, (verdicts.get(text) ?? 0) + 1);
        if (verdict.verdict !== 'mirrored' && !(explanation && LOSSES.includes(explanation.cause))) {
          unexplained.push({ kind: round.kinds.get(verdict.call) ?? '', verdict });
        }
      }
      samples.push({ minute: elapsed(), memory: memoryOfLab() });
    }
    const report = await deployment.session?.report();
    const { lagged = 0, refused = 0, drops = 0 } = report?.counters ?? {};
    const examples = unexplained.slice(0, EXAMPLES).map((one) => `\n    ${exampleText(one)}`);
    const told = [...verdicts].map(([text, count]) => `${count.toLocaleString('en')} ${text}`).join(', ');
    return [
      {
        what: `soak, ${profile}: ${made.toLocaleString('en')} calls and streams in ${elapsed().toFixed(1)} min, nothing lost that the mechanism does not lose`,
        figure: `${told} (${drops} frames dropped, ${lagged} connections or requests lagged, ${refused} of them refused)${examples.length === 0 ? '' : `; for example${examples.join('')}\n   `}`,
        bound: '0 lost for another reason',
        holds: unexplained.length === 0,
      },
      ...memoryRows(`soak, ${profile}`, samples, minutes),
    ];
  });
}

function exampleText({ kind, verdict: { call, verdict, explanation, differences } }: Unexplained): string {
  const [difference] = differences;
  const found = difference && `${difference.what}: expected ${difference.expected}, found ${difference.found}`;
  const proof = explanation?.proof ?? [];
  return `${kind} ${call} is ${verdict}: ${[found ?? explanation?.summary ?? 'nothing says why', ...proof].join('; ')}`;
}

async function makeRound(deployment: Deployment, situation: Situation, signal: AbortSignal): Promise<Round> {
  const plans = MIX.map(({ intervalMs = 0, ...request }) => {
    const draft = new CallDraft();
    draft.intervalMs = intervalMs;
    return planCalls(request, draft, situation, (port) => deployment.target(port));
  });
  const outcomes = await Promise.all(plans.map((plan) => deployment.call(plan, signal)));
  mustAllBeAnswered(outcomes.flat());
  const { session } = deployment;
  if (session === undefined) throw new Error('there is no session');
  await session.proveAlive(signal);
  const wanted = new Set(plans.flatMap(({ ids }) => ids));
  const kinds = new Map(
    plans.flatMap(({ ids }, at) => ids.map((id) => [id, `${MIX[at]?.protocol} ${MIX[at]?.interaction}`] as const)),
  );
  const answered = performance.now();
  for (;;) {
    const quiescent = await session.quiescent(signal);
    const verdicts = (await decided(deployment, plans[0]?.target.port ?? 0)).filter(({ call }) => wanted.has(call));
    const complete = quiescent && verdicts.every(({ verdict }) => verdict === 'mirrored');
    const waited = performance.now() - answered;
    if (complete || (quiescent && waited > DELIVERY_MS) || waited > LATEST_MS) {
      if (verdicts.length !== wanted.size) throw new Error(`of ${wanted.size} calls ${verdicts.length} were judged`);
      const { caller, workload = [], localProcess } = deployment.journals();
      for (const journal of [caller, workload, localProcess]) letGo(journal);
      return { verdicts, kinds };
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Lets go of what is judged: not the bench's own memory is to be measured. Connections that are open are still needed. */
function letGo(journal: Journal): void {
  const closed = new Set(journal.flatMap(({ kind, connection }) => (kind === 'connection-closed' ? connection : [])));
  const open = journal.filter(({ kind, connection }) => kind === 'connection-opened' && !closed.has(connection));
  (journal as JournalRecord[]).splice(0, journal.length, ...open);
}

function memoryOfLab(): ReadonlyMap<string, number> {
  const lab = findLabs().find(({ runner }) => runner === process.pid);
  const memory = new Map<string, number>();
  for (const pid of lab?.processes ?? []) {
    const { pss } = memoryOf([pid]);
    const name = nameOf(pid);
    if (name !== undefined && pss > 0) memory.set(memory.has(name) ? `${name} (${pid})` : name, pss);
  }
  return memory;
}

/** The script that a process runs, with its folder: `sidecar/program.js`. */
function nameOf(pid: number): string | undefined {
  try {
    const script = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .find((word) => word.endsWith('.js'));
    return script?.split('/').slice(-2).join('/');
  } catch {
    return undefined;
  }
}

function memoryRows(what: string, samples: readonly Sample[], minutes: number): Row[] {
  const totals = samples.map(({ minute, memory }) => ({
    minute,
    mib: [...memory.values()].reduce((a, b) => a + b, 0),
  }));
  const names = [...(samples.at(-1)?.memory.keys() ?? [])];
  const growth = growthOf(totals.map(({ mib }) => mib));
  const judged = minutes >= MINUTES_TO_JUDGE_MEMORY;
  return [
    {
      what: `${what}: memory of the lab's ${names.length} processes (PSS), the last third of the time against the second`,
      figure: `${growth.toFixed(2)} × (${slopeText(totals)})`,
      ...(judged ? { bound: '≤ 1.10 ×', holds: growth <= 1.1 } : {}),
    },
    ...names.map((name) => ({
      what: `${what}: memory of ${name}`,
      figure: slopeText(
        samples.flatMap(({ minute, memory }) => {
          const mib = memory.get(name);
          return mib === undefined ? [] : [{ minute, mib }];
        }),
      ),
    })),
  ];
}

function growthOf(values: readonly number[]): number {
  const third = Math.max(1, Math.floor(values.length / 3));
  return median(values.slice(-third)) / median(values.slice(third, Math.max(third + 1, values.length - third)));
}

/** First and last value, and the slope of the line that fits all after the first third best. */
function slopeText(points: readonly { readonly minute: number; readonly mib: number }[]): string {
  const later = points.slice(Math.floor(points.length / 3));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [x, y] = [mean(later.map(({ minute }) => minute)), mean(later.map(({ mib }) => mib))];
  const spread = later.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
  const slope = spread === 0 ? 0 : later.reduce((sum, { minute, mib }) => sum + (minute - x) * (mib - y), 0) / spread;
  const [first, last] = [points[0]?.mib ?? 0, points.at(-1)?.mib ?? 0];
  return `${first.toFixed(0)} MiB at first, ${last.toFixed(0)} MiB at last, ${slope >= 0 ? '+' : ''}${slope.toFixed(1)} MiB/min`;
}
