import { replacedSources, splitConnections } from '../evidence/verdict/connections.js';
import { ExpectationError } from '../model/errors.js';
import { connectionsOf } from '../model/exchanges.js';
import type { CallVerdict } from '../model/verdict.js';
import { mirroredExchanges } from './mirrored.js';
import type { MirrorspecWorld } from './world.js';

/** More than this nobody reads. */
const DIFFERENCES = 8;

/** The copies of the last calls come from the address that the caller has. */
export async function expectCallersAddress(world: MirrorspecWorld): Promise<void> {
  await mirroredExchanges(world);
  const { evidence } = await world.verdicts();
  failWith(
    replacedSources(evidence, world.lastBatch.plan.ids),
    "the local process was expected to see the caller's address, but did not",
  );
}

/** The last calls came to the workload over no more connections than the caller made them over. */
export async function expectCallersConnections(world: MirrorspecWorld): Promise<void> {
  const { evidence } = await world.verdicts();
  failWith(
    splitConnections(evidence, world.lastBatch.plan.ids),
    "the workload was expected to see the caller's connections, but did not",
  );
}

/** Fails with the first of the verdicts, if there is one. @param expected what was expected, and what was */
export function failWith(verdicts: readonly CallVerdict[], expected: string): void {
  const [first] = verdicts;
  if (first === undefined) return;
  const lines = [
    `${expected} (verdict: ${first.verdict}).`,
    ...first.differences
      .slice(0, DIFFERENCES)
      .map(({ what, expected: wanted, found }) => `  ${what}: expected ${wanted}, found ${found}`),
    `why: ${first.explanation?.cause} — ${first.explanation?.summary}`,
    ...(first.explanation?.proof ?? []).map((fact) => `  · ${fact}`),
  ];
  throw new ExpectationError(lines.join('\n'), { verdicts });
}

/** The copies of the last calls came to this port of the local process. */
export async function expectDeliveredTo(world: MirrorspecWorld, port: number): Promise<void> {
  const copies = await mirroredExchanges(world);
  const { evidence } = await world.verdicts();
  const connections = new Map(connectionsOf(evidence.journals.localProcess).map((each) => [each.number, each]));
  for (const { call, connection } of copies) {
    const { deliveredTo, local } = connections.get(connection) ?? {};
    const found = (deliveredTo ?? local)?.replace(/^.*:/, '');
    if (found !== String(port)) {
      throw new ExpectationError(
        `call ${call}: its copy was expected at the local port ${port}, but arrived at ${found ?? 'an unknown one'}`,
      );
    }
  }
}
