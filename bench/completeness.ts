import { decideAll } from '../support/evidence/verdict/decide.js';
import type { Protocol } from '../support/model/protocol.js';
import type { Evidence } from '../support/model/verdict.js';
import type { Row } from './row.js';
import { calls, deployed, MIRRORED_ON_LO, withoutMirror } from './situations.js';

const CALLS = 20_000;
const CONCURRENCY = 64;
const PROTOCOLS: readonly Protocol[] = ['HTTP/1.1', 'gRPC-over-HTTP/2'];

/** Every one of 20,000 calls at saturation is mirrored exactly; and what the session costs the callers. */
export async function completenessRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const protocol of PROTOCOLS) {
    const plain = await measure(protocol, false);
    const mirrored = await measure(protocol, true);
    rows.push(
      {
        what: `completeness: ${CALLS.toLocaleString('en')} ${protocol} calls, ${CONCURRENCY} at a time, mirrored exactly`,
        figure: `${mirrored.mirrored.toLocaleString('en')} (${mirrored.drops} frames dropped, ${mirrored.lagged} connections lagged)`,
        bound: '100 %',
        holds: mirrored.mirrored === CALLS,
      },
      {
        what: `completeness: ${protocol} rate with a session against without`,
        figure: `${(mirrored.rate / plain.rate).toFixed(2)} × (${mirrored.rate.toFixed(0)}/s against ${plain.rate.toFixed(0)}/s)`,
      },
    );
  }
  return rows;
}

function measure(protocol: Protocol, mirror: boolean) {
  const situation = mirror ? MIRRORED_ON_LO : withoutMirror(MIRRORED_ON_LO);
  return deployed(situation, false, async (deployment) => {
    const signal = AbortSignal.timeout(300_000);
    await deployment.call(calls(deployment, situation, protocol, 500, CONCURRENCY), signal);
    const plan = calls(deployment, situation, protocol, CALLS, CONCURRENCY);
    const start = performance.now();
    const outcomes = await deployment.call(plan, signal);
    const rate = CALLS / ((performance.now() - start) / 1000);
    const failed = outcomes.filter(({ ok }) => !ok);
    if (failed.length > 0) throw new Error(`${failed.length} calls failed, for example: ${failed[0]?.error}`);
    const { session } = deployment;
    if (session === undefined) return { rate, mirrored: 0, drops: 0, lagged: 0 };
    await session.proveAlive(signal);
    const report = await session.report();
    const journals = deployment.journals();
    const evidence: Evidence = {
      journals: {
        caller: journals.caller,
        localProcess: journals.localProcess,
        ...(journals.workload === undefined ? {} : { workload: journals.workload }),
      },
      port: plan.target.port,
      session: report,
      interfaces: [],
      logs: [],
      meshHeaders: deployment.meshHeaders,
    };
    const wanted = new Set(plan.ids);
    const mirrored = decideAll(evidence).filter(
      ({ call, verdict }) => wanted.has(call) && verdict === 'mirrored',
    ).length;
    return { rate, mirrored, drops: report.counters.drops, lagged: report.counters.lagged };
  });
}
