import { chooseEngine } from '../support/environment/embedded/engine/choose.js';
import { findLabs } from '../support/environment/embedded/leftovers.js';
import type { SidecarSettings } from '../support/model/environment-settings.js';
import type { Protocol } from '../support/model/protocol.js';
import type { Situation } from '../support/model/situation.js';
import { latencies, measure } from './completeness.js';
import { memoryOf } from './machine.js';
import { median, type Row, spread } from './row.js';
import { calls, deployed, MIRRORED_ON_LO, REDIRECTED, withoutMirror } from './situations.js';

const LABS = 5;
const CALLS = 2000;
const PROTOCOLS: readonly Protocol[] = ['HTTP/1.1', 'gRPC-over-HTTP/2'];

/** Sidecars that are Envoy against those that are `node`: start-up, memory, throughput and latency, with and without a session. */
export async function engineRows(): Promise<Row[]> {
  const { MIRRORSPEC_ENVOY: named } = process.env;
  const envoy: SidecarSettings = { engine: 'envoy', ...(named !== undefined && { envoy: named }) };
  const choice = await chooseEngine(envoy);
  if ('problem' in choice) return [{ what: 'engines: none to compare with', figure: choice.problem }];
  return [...(await startUp(envoy)), ...(await traffic(envoy))];
}

async function startUp(envoy: SidecarSettings): Promise<Row[]> {
  const figures = {
    node: { seconds: [] as number[], pss: [] as number[] },
    envoy: { seconds: [] as number[], pss: [] as number[] },
  };
  // The first round warms the file cache and the runner.
  for (let run = -1; run < LABS; run += 1) {
    for (const [engine, settings] of [
      ['node', { engine: 'node' }],
      ['envoy', envoy],
    ] as const) {
      const { seconds, pss } = await oneLab(settings);
      if (run < 0) continue;
      figures[engine].seconds.push(seconds);
      figures[engine].pss.push(pss);
    }
  }
  const { node, envoy: real } = figures;
  const [startNode, startEnvoy, memoryNode, memoryEnvoy] = [node.seconds, real.seconds, node.pss, real.pss].map(
    median,
  ) as [number, number, number, number];
  return [
    {
      what: 'engines: lab with two sidecars up, session subscribed, first call answered, Envoy against node',
      figure: `${(startEnvoy / startNode).toFixed(2)} × (${spread(real.seconds)} against ${spread(node.seconds)})`,
    },
    {
      what: 'engines: memory of all processes of that lab (PSS), Envoy against node',
      figure: `${(memoryEnvoy / memoryNode).toFixed(2)} × (${memoryEnvoy.toFixed(0)} MiB against ${memoryNode.toFixed(0)} MiB)`,
      bound: '≤ 400 MB',
      holds: memoryEnvoy * 1.048576 <= 400,
    },
  ];
}

async function oneLab(settings: SidecarSettings): Promise<{ readonly seconds: number; readonly pss: number }> {
  const start = performance.now();
  const use: Parameters<typeof deployed<{ seconds: number; pss: number }>>[2] = async (deployment) => {
    const plan = calls(deployment, MIRRORED_ON_LO, 'gRPC-over-HTTP/2', 1, 1);
    const [outcome] = await deployment.call(plan, AbortSignal.timeout(10_000));
    if (outcome?.ok !== true) throw new Error(`the call failed: ${outcome?.error}`);
    const seconds = (performance.now() - start) / 1000;
    const lab = findLabs().find(({ runner }) => runner === process.pid);
    return { seconds, pss: memoryOf(lab?.processes ?? []).pss };
  };
  return deployed(MIRRORED_ON_LO, true, use, settings);
}

async function traffic(envoy: SidecarSettings): Promise<Row[]> {
  const rows: Row[] = [];
  for (const protocol of PROTOCOLS) {
    const on = (situation: Situation, sidecar: SidecarSettings) => measure(protocol, situation, CALLS, sidecar);
    const node = await on(withoutMirror(MIRRORED_ON_LO), { engine: 'node' });
    const plain = await on(withoutMirror(MIRRORED_ON_LO), envoy);
    rows.push(
      {
        what: `engines: ${protocol} rate without a session, Envoy against node`,
        figure: `${(plain.rate / node.rate).toFixed(2)} × (${plain.rate.toFixed(0)}/s against ${node.rate.toFixed(0)}/s)`,
      },
      {
        what: `engines: p50 of what a ${protocol} call takes without a session, Envoy against node`,
        figure: latencies(plain.durations, node.durations, 0.5),
      },
    );
    for (const situation of [MIRRORED_ON_LO, REDIRECTED]) {
      const profile = situation.mirror?.profile;
      const mirrored = await on(situation, envoy);
      rows.push(
        {
          what: `engines: ${CALLS.toLocaleString('en')} ${protocol} calls through Envoy, ${profile}, mirrored exactly`,
          figure: mirrored.mirrored.toLocaleString('en'),
          bound: '100 %',
          holds: mirrored.mirrored === CALLS,
        },
        {
          what: `engines: ${protocol} rate through Envoy, ${profile}, with a session against without`,
          figure: `${(mirrored.rate / plain.rate).toFixed(2)} × (${mirrored.rate.toFixed(0)}/s against ${plain.rate.toFixed(0)}/s)`,
        },
        ...[0.5, 0.99].map((share) => ({
          what: `engines: p${share * 100} of what a ${protocol} call through Envoy takes, ${profile}, with a session against without`,
          figure: latencies(mirrored.durations, plain.durations, share),
        })),
      );
    }
  }
  return rows;
}
