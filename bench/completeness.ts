import type { Deployment } from '../support/environment/environment.js';
import type { CallOutcome } from '../support/model/call.js';
import type { SidecarSettings } from '../support/model/environment-settings.js';
import type { Protocol } from '../support/model/protocol.js';
import type { Situation } from '../support/model/situation.js';
import { percentile, type Row } from './row.js';
import { calls, decided, deployed, MIRRORED_ON_LO, REDIRECTED, withoutMirror } from './situations.js';

const CONCURRENCY = 64;
const WARM_UP = 500;
const PROTOCOLS: readonly Protocol[] = ['HTTP/1.1', 'gRPC-over-HTTP/2'];

/** Every one of many calls at saturation is mirrored exactly, in either profile; and what the session costs the callers. */
export async function completenessRows(count: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const protocol of PROTOCOLS) {
    const plain = await measure(protocol, withoutMirror(MIRRORED_ON_LO), count);
    for (const situation of [MIRRORED_ON_LO, REDIRECTED]) {
      const profile = situation.mirror?.profile;
      const mirrored = await measure(protocol, situation, count);
      const { drops, lagged, refused } = mirrored.counters;
      rows.push(
        {
          what: `completeness, ${profile}: ${count.toLocaleString('en')} ${protocol} calls, ${CONCURRENCY} at a time, mirrored exactly`,
          figure: `${mirrored.mirrored.toLocaleString('en')} (${drops} frames dropped, ${lagged} connections or requests lagged, ${refused} of them refused)`,
          bound: '100 %',
          holds: mirrored.mirrored === count,
        },
        {
          what: `completeness, ${profile}: ${protocol} rate with a session against without`,
          figure: `${(mirrored.rate / plain.rate).toFixed(2)} × (${mirrored.rate.toFixed(0)}/s against ${plain.rate.toFixed(0)}/s)`,
        },
        ...[0.5, 0.99].map((share) => ({
          what: `completeness, ${profile}: p${share * 100} of what a ${protocol} call takes, with a session against without`,
          figure: latencies(mirrored.durations, plain.durations, share),
        })),
      );
    }
  }
  return rows;
}

export function latencies(mirrored: readonly number[], plain: readonly number[], share: number): string {
  const [with_, without] = [percentile(mirrored, share), percentile(plain, share)];
  return `${(with_ / without).toFixed(2)} × (${with_.toFixed(1)} ms against ${without.toFixed(1)} ms)`;
}

/** Calls at saturation, after some that warm everything up: how many a second, how long each took, how many were mirrored. */
export function measure(protocol: Protocol, situation: Situation, count: number, sidecar?: SidecarSettings) {
  const use = async (deployment: Deployment) => {
    const signal = AbortSignal.timeout(300_000);
    await deployment.call(calls(deployment, situation, protocol, WARM_UP, CONCURRENCY), signal);
    const plan = calls(deployment, situation, protocol, count, CONCURRENCY);
    const start = performance.now();
    const outcomes = await deployment.call(plan, signal);
    const rate = count / ((performance.now() - start) / 1000);
    mustAllBeAnswered(outcomes);
    const durations = outcomes.map(({ durationMs }) => durationMs);
    const { session } = deployment;
    if (session === undefined) return { rate, durations, mirrored: 0, counters: { drops: 0, lagged: 0, refused: 0 } };
    await session.proveAlive(signal);
    while (!(await session.quiescent(signal))) await new Promise((resolve) => setTimeout(resolve, 10));
    const wanted = new Set(plan.ids);
    const mirrored = (await decided(deployment, plan.target.port)).filter(
      ({ call, verdict }) => wanted.has(call) && verdict === 'mirrored',
    ).length;
    const { counters } = await session.report();
    return { rate, durations, mirrored, counters };
  };
  return deployed(situation, false, use, sidecar);
}

export function mustAllBeAnswered(outcomes: readonly CallOutcome[]): void {
  const failed = outcomes.filter(({ ok }) => !ok);
  if (failed.length > 0) throw new Error(`${failed.length} calls failed, for example: ${failed[0]?.error}`);
}
