import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedEnvironment } from '../support/environment/embedded/embedded.js';
import type { Deployment } from '../support/environment/environment.js';
import { decideAll } from '../support/evidence/verdict/decide.js';
import type { CallPlan } from '../support/model/call.js';
import type { SidecarSettings } from '../support/model/environment-settings.js';
import type { Protocol } from '../support/model/protocol.js';
import type { Situation } from '../support/model/situation.js';
import type { CallVerdict } from '../support/model/verdict.js';
import { CallDraft } from '../support/world/draft.js';
import { planCalls } from '../support/world/plan.js';

/** The situation of `protocols.feature`. */
export const MIRRORED_ON_LO: Situation = {
  mesh: { kind: 'istio', mtls: 'STRICT' },
  workload: { kind: 'echo' },
  caller: 'meshed',
  mirror: { profile: 'sniffer', listenInterface: 'lo', ports: [], localProcess: { kind: 'receiver' } },
};

/** The same, redirected instead of captured. */
export const REDIRECTED: Situation = {
  ...MIRRORED_ON_LO,
  mirror: { profile: 'redirect', listenInterface: 'auto', ports: [], localProcess: { kind: 'receiver' } },
};

export function withoutMirror({ mesh, workload, caller }: Situation): Situation {
  return { mesh, workload, caller };
}

/** Deploys, uses and disposes; with packet captures into a temporary folder where `captures` is set. */
export async function deployed<Result>(
  situation: Situation,
  captures: boolean,
  use: (deployment: Deployment) => Promise<Result>,
  sidecar: SidecarSettings = { engine: 'node' },
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'mirrorspec-bench-'));
  let broken: Error | undefined;
  try {
    const deployment = await embeddedEnvironment(sidecar).deploy(
      situation,
      {
        mayBeKept: false,
        buildTimeoutMs: 30_000,
        onBroken: (error) => {
          broken = error;
        },
        ...(captures ? { evidenceDirectory: folder } : {}),
      },
      AbortSignal.timeout(60_000),
    );
    try {
      if (deployment.mirrorFailure !== undefined) throw deployment.mirrorFailure;
      return await use(deployment);
    } finally {
      await deployment.dispose();
      if (broken !== undefined) process.stderr.write(`${broken.message}\n`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function calls(
  deployment: Deployment,
  situation: Situation,
  protocol: Protocol,
  count: number,
  concurrency: number,
): CallPlan {
  const request = { protocol, interaction: 'unary', count, concurrency } as const;
  return planCalls(request, new CallDraft(), situation, (port) => deployment.target(port));
}

/** What became of all calls that the journals hold, as far as is known now. @param port that they were made to. */
export async function decided(deployment: Deployment, port: number): Promise<readonly CallVerdict[]> {
  const { caller, workload, localProcess } = deployment.journals();
  const session = await deployment.session?.report();
  return decideAll({
    journals: { caller, localProcess, ...(workload === undefined ? {} : { workload }) },
    port,
    sessions: deployment.sessionPeriods,
    interfaces: [],
    logs: deployment.logs().flatMap(({ lines }) => lines),
    meshHeaders: deployment.meshHeaders,
    ...(session === undefined ? {} : { session }),
  });
}
