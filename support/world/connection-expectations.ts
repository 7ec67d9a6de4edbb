import { replacedSources, splitConnections } from '../evidence/verdict/connections.js';
import { ExpectationError } from '../model/errors.js';
import type { CallVerdict } from '../model/verdict.js';
import { mirroredExchanges } from './mirrored.js';
import type { MirrorspecWorld } from './world.js';

/** The copies of the last calls come from the address that the caller has. */
export async function expectCallersAddress(world: MirrorspecWorld): Promise<void> {
  await mirroredExchanges(world);
  const { evidence } = await world.verdicts();
  fail(
    replacedSources(evidence, world.lastBatch.plan.ids),
    "the local process was expected to see the caller's address",
  );
}

/** The last calls came to the workload over no more connections than the caller made them over. */
export async function expectCallersConnections(world: MirrorspecWorld): Promise<void> {
  const { evidence } = await world.verdicts();
  fail(
    splitConnections(evidence, world.lastBatch.plan.ids),
    "the workload was expected to see the caller's connections",
  );
}

function fail(verdicts: readonly CallVerdict[], expected: string): void {
  const [first] = verdicts;
  if (first === undefined) return;
  const [difference] = first.differences;
  const lines = [
    `${expected}, but did not (verdict: ${first.verdict}).`,
    `  ${difference?.what}: expected ${difference?.expected}, found ${difference?.found}`,
    `why: ${first.explanation?.cause} — ${first.explanation?.summary}`,
    ...(first.explanation?.proof ?? []).map((fact) => `  · ${fact}`),
  ];
  throw new ExpectationError(lines.join('\n'), { verdicts });
}
