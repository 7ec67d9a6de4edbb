import type { Journal } from './journal.js';

/** Two journals of one party as one: the numbers of connections and exchanges of the second go on after the first's. */
export function joinJournals(first: Journal, second: Journal): Journal {
  let [connections, exchanges] = [0, 0];
  for (const record of first) {
    connections = Math.max(connections, record.connection);
    if ('exchange' in record) exchanges = Math.max(exchanges, record.exchange);
  }
  const moved = second.map((record) => ({
    ...record,
    connection: record.connection + connections,
    ...('exchange' in record && { exchange: record.exchange + exchanges }),
  }));
  return [...first, ...moved];
}
