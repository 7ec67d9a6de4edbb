import { formatDuration } from '../model/duration.js';
import { ExpectationError } from '../model/errors.js';
import { type Exchange, foldJournal } from '../model/exchanges.js';
import type { Journal } from '../model/journal.js';
import { callerExchanges, mirroredExchanges } from './mirrored.js';
import type { MirrorspecWorld } from './world.js';

/**
 * In each of the last calls, the local process learned that its connection had ended so much later than the caller ended its side (or, where
 * it did not, its connection).
 */
export async function expectCopyEndsLater(world: MirrorspecWorld, leastMs: number): Promise<void> {
  const copies = await mirroredExchanges(world);
  const { evidence } = await world.verdicts();
  const endOf = (journal: Journal): ((exchange: Exchange | undefined) => number | undefined) => {
    const connections = new Map(foldJournal(journal).connections.map((each) => [each.number, each]));
    return (exchange) => exchange && connections.get(exchange.connection)?.closed?.at;
  };
  const [callers, locals] = [endOf(evidence.journals.caller), endOf(evidence.journals.localProcess)];
  for (const [index, sent] of (await callerExchanges(world)).entries()) {
    const [original, copy] = [sent.request.endedAt ?? callers(sent), locals(copies[index])];
    const later = original === undefined || copy === undefined ? undefined : copy - original;
    if (later === undefined || later < leastMs) {
      const found = later === undefined ? 'one of them is still open' : `it ended ${Math.round(later)} ms after it`;
      throw new ExpectationError(
        `call ${sent.call}: the copy's connection was expected to end at least ${formatDuration(leastMs)} after the caller's, but ${found}`,
      );
    }
  }
}
