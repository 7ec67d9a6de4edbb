import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from '../environment/environment.js';
import type { CallPlan } from '../model/call.js';
import { ExpectationError } from '../model/errors.js';
import { protocolOf, type Situation } from '../model/situation.js';

/** How often to look again, in milliseconds. */
const POLL_MS = 10;

/**
 * Opens the connection of a call over TCP and says nothing on it yet. Waits until the workload has it: a sidecar accepts it before it
 * has one to the workload. A sidecar that looks for HTTP first, on a port that is not declared as TCP, opens none before it hears something.
 */
export async function openAhead(
  deployment: Deployment,
  plan: CallPlan,
  situation: Situation,
  signal: AbortSignal,
): Promise<void> {
  const accepted = (): number =>
    (deployment.journals().workload ?? []).filter(({ kind }) => kind === 'connection-opened').length;
  const before = accepted();
  await deployment.connect(plan, signal);
  const passesBytes = situation.mesh.kind === 'none' || situation.mesh.kind === 'istio-ambient';
  const reachesWorkload = passesBytes || protocolOf(plan.target.port, situation) === 'tcp';
  if (deployment.journals().workload === undefined || !reachesWorkload) return;
  const deadline = performance.now() + plan.timeoutMs;
  while (accepted() === before) {
    if (performance.now() > deadline) {
      throw new ExpectationError(
        `the caller could not connect before the mirror session started: the workload got no connection within ${plan.timeoutMs} ms`,
      );
    }
    await delay(POLL_MS, undefined, { signal });
  }
}
