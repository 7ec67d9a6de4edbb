import { quantity } from '../verdict/wording.js';
import type { BrokenConnection } from './connections.js';
import type { Collateral, NoticedConnections } from './measure.js';

/** What was noticed, in lines for a person. Empty where nothing was. */
export function collateralLines({ caller, workload }: Collateral): readonly string[] {
  const { brokenOff, answeredByAgent, made } = caller.calls;
  return [
    ...connectionLines('the caller', caller.connections),
    ...(workload === undefined ? [] : connectionLines('the workload', workload.connections)),
    ...(brokenOff === 0 ? [] : [`the caller: ${brokenOff} of ${quantity(made, 'call')} broken off`]),
    ...(answeredByAgent === 0
      ? []
      : [`the caller: ${answeredByAgent} of ${quantity(made, 'call')} answered by the mirror's agent`]),
    ...caller.headers.map(
      ({ name, sent, received, calls }) =>
        `the caller: ${name} was sent as ${sent} and came as ${received} (${quantity(calls, 'call')})`,
    ),
  ];
}

function connectionLines(party: string, { opened, broken }: NoticedConnections): string[] {
  return broken
    .slice(0, 5)
    .map((each) => `${party}: ${brokenText(each)}${opened > 1 ? `, one of ${quantity(opened, 'connection')}` : ''}`);
}

/** `connection 1 was reset 12 ms after session 1 had begun`. */
export function brokenText({ connection, how, detail, session, afterMs }: BrokenConnection): string {
  const what = how === 'rst' ? 'was reset' : `was lost${detail === undefined ? '' : ` (${detail})`}`;
  return `connection ${connection} ${what} ${Math.round(afterMs)} ms after session ${session} had begun`;
}
