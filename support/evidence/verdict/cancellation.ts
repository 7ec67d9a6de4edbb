import type { Exchange } from '../../model/exchanges.js';
import { httpVersionOf } from '../../model/protocol.js';
import type { EvidenceIndex } from './evidence-index.js';
import { type Flaw, flaw } from './flaw.js';

/** What the difference is called. */
export const CANCELLATION = 'cancellation';

/** The copy of a call that the caller cancelled: seen as a reset of the stream, or in HTTP/1.1 as the end of its connection. */
export function compareCancellations(copy: Exchange, { localProcess }: EvidenceIndex): Flaw[] {
  const closed = localProcess.connections.get(copy.connection)?.closed;
  if (copy.reset !== undefined || (closed !== undefined && httpVersionOf(copy.protocol) === '1.1')) return [];
  return [flaw('truncated', 'sent-mirrored', CANCELLATION, 'yes', 'no')];
}
