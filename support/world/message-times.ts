import { ExpectationError } from '../model/errors.js';
import { type Exchange, exchangesOf, type Message } from '../model/exchanges.js';
import { callerExchanges, mirroredExchanges } from './mirrored.js';
import type { MirrorspecWorld } from './world.js';

/** In each of the last calls, every message but the last was mirrored before the caller sent the last one. */
export async function expectMirroredWhileCallLasts(world: MirrorspecWorld): Promise<void> {
  const copies = await mirroredExchanges(world);
  for (const [call, sent] of (await callerExchanges(world)).entries()) {
    expectEarlier('mirrored', 'sent', copies[call]?.request.messages ?? [], sent.request.messages, sent);
  }
}

/** In each of the last calls, the caller received every answer but the last before the workload gave the last one. */
export async function expectAnswersWhileCallLasts(world: MirrorspecWorld): Promise<void> {
  const { workload } = (await world.evidence()).journals;
  if (workload === undefined)
    throw new ExpectationError('the workload keeps no journal: when it answered is not known');
  const served = new Map(exchangesOf(workload).map((exchange) => [exchange.call, exchange]));
  for (const received of await callerExchanges(world)) {
    const given = served.get(received.call)?.response.messages ?? [];
    expectEarlier('received', 'given', received.response.messages, given, received);
  }
}

function expectEarlier(
  arrived: string,
  left: string,
  arrivals: readonly Message[],
  departures: readonly Message[],
  { call }: Exchange,
): void {
  const last = departures.at(-1);
  if (last === undefined || departures.length < 2) {
    throw new ExpectationError(
      `call ${call} has ${departures.length} messages: with fewer than 2 nothing can be told of their times`,
    );
  }
  const early = departures.length - 1;
  const late = arrivals.slice(0, early).findIndex(({ at }) => at >= last.at);
  if (late >= 0 || arrivals.length < early) {
    const message = late >= 0 ? late : arrivals.length;
    const at = arrivals[message]?.at;
    const when = at === undefined ? 'never' : `${(at - last.at).toFixed(1)} ms after the last one was ${left}`;
    throw new ExpectationError(
      `call ${call}: message ${message + 1} of ${departures.length} was ${arrived} ${when}, not while the call lasted`,
    );
  }
}
