import type { Connection, Exchange } from '../../../model/exchanges.js';
import { CANCELLATION } from '../cancellation.js';
import type { EvidenceIndex } from '../evidence-index.js';
import type { Judgement } from '../judge.js';
import { milliseconds, quantity } from '../wording.js';
import type { Finder } from './clues.js';

/**
 * A call that ends before it is complete, mirrored by redirection: requests are replayed, and a replay is not broken off with its original
 * (mirrord 3.250 intproxy http_gateway.rs:381); what has come of the body is ended cleanly (streaming_body.rs:84).
 */
export const replayNotBrokenOff: Finder = ({ evidence }, { call, flaws, mirrored }) => {
  const how = evidence.onPurpose?.[call];
  if (evidence.session?.profile !== 'redirect' || how === undefined || how === 'open') return undefined;
  const unlike = flaws.some(
    ({ difference: { between, what } }) =>
      between === 'sent-mirrored' && (what === 'half-close' || what === CANCELLATION),
  );
  if (!unlike || !mirrored.some(({ request, reset }) => request.complete && reset === undefined)) return undefined;
  return {
    cause: 'replay-not-broken-off',
    summary:
      'the call was broken off, and its replay was not: to the local process what had come by then looks like a complete request.',
    proof: [
      `${WHO[how]}`,
      "local process's journal: the request came to an orderly end, and was not reset",
      'session: requests are redirected and replayed one by one',
    ],
  };
};

const WHO = {
  cancelled: 'the caller cancelled the call',
  'broken-off': 'the workload broke the call off',
  deadline: "the call's deadline passed",
} as const;

/** The local process closed the connection on which a copy came; what followed had nowhere to go. */
export const localProcessHungUp: Finder = (index, judgement) => {
  const [broken] = closedCopies(index, judgement).filter(({ copy, closed }) => {
    return !copy.request.complete && closed.how !== 'fin';
  });
  if (broken === undefined) return undefined;
  return {
    cause: 'local-process-hung-up',
    summary: 'the local process closed the connection before all of the copy was delivered.',
    proof: [`local process's journal: ${toldOf(broken)}`],
  };
};

/**
 * A request whose connection breaks before the local process answers is replayed again from its beginning, up to ten times (mirrord 3.250
 * intproxy http_gateway.rs): the local process gets it as often.
 */
export const replayRetried: Finder = (index, judgement) => {
  const { mirrored, sent } = judgement;
  if (index.evidence.session?.profile !== 'redirect' || mirrored.length <= sent.length) return undefined;
  // An attempt that was not answered may have brought all of the request; an idle connection is closed, too, but later.
  const closed = closedCopies(index, judgement).filter(({ closed: { at } }) =>
    mirrored.some(({ openedAt }) => openedAt > at),
  );
  const connections = new Set(mirrored.map(({ connection }) => connection));
  if (closed.length < mirrored.length - sent.length || connections.size < mirrored.length) return undefined;
  return {
    cause: 'replay-retried',
    summary:
      'the local process closed the connection before it answered, so the request was replayed again, from its beginning.',
    proof: [
      `local process's journal: the call is in it ${quantity(mirrored.length, 'time')}, each on a connection of its own`,
      `local process's journal: ${toldOf(closed[0])}`,
    ],
  };
};

interface ClosedCopy {
  readonly copy: Exchange;
  readonly closed: NonNullable<Connection['closed']>;
}

/** The copies of a call whose connections to the local process are closed. */
function closedCopies({ localProcess }: EvidenceIndex, { mirrored }: Judgement): readonly ClosedCopy[] {
  return mirrored.flatMap((copy) => {
    const closed = localProcess.connections.get(copy.connection)?.closed;
    return closed === undefined ? [] : [{ copy, closed }];
  });
}

function toldOf(closedCopy: ClosedCopy | undefined): string {
  if (closedCopy === undefined) return '';
  const { copy, closed } = closedCopy;
  const detail = closed.detail === undefined ? '' : ` (${closed.detail})`;
  return `connection ${copy.connection} was closed${detail} ${milliseconds(closed.at - copy.openedAt)} after the request began on it`;
}
