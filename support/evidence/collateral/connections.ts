import type { Connection } from '../../model/exchanges.js';
import type { SessionPeriod } from '../../model/session.js';

/** A connection that ended otherwise than in an orderly way while there was a mirror session. */
export interface BrokenConnection {
  /** Its number in the party's journal. */
  readonly connection: number;
  readonly how: 'rst' | 'lost';
  readonly detail?: string;
  /** Which session, from 1. */
  readonly session: number;
  /** Milliseconds after that session had begun. */
  readonly afterMs: number;
  /** It was open before the session began. */
  readonly older: boolean;
}

/** Those of a party's connections that broke while there was a session, in the order of their numbers. */
export function brokenConnections(
  connections: Iterable<Connection>,
  sessions: readonly SessionPeriod[],
): readonly BrokenConnection[] {
  return [...connections].flatMap(({ number, openedAt, closed }): BrokenConnection[] => {
    if (closed === undefined || closed.how === 'fin') return [];
    const { at, how, detail } = closed;
    const session = sessions.findIndex(({ from, to }) => at >= from && at <= (to ?? Number.POSITIVE_INFINITY));
    const period = sessions[session];
    if (period === undefined) return [];
    const older = openedAt === undefined || openedAt < period.from;
    return [
      {
        connection: number,
        how,
        ...(detail === undefined ? {} : { detail }),
        session: session + 1,
        afterMs: at - period.from,
        older,
      },
    ];
  });
}

/** Those that were open when a session began. */
export function openAt(connections: Iterable<Connection>, { from }: SessionPeriod): readonly Connection[] {
  return [...connections].filter(
    ({ openedAt, closed }) => openedAt !== undefined && openedAt < from && (closed === undefined || closed.at >= from),
  );
}
