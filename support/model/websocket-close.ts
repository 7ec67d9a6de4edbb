import type { WebSocketClose } from './call.js';
import type { Header } from './journal.js';

/** The close frame said no code (RFC 6455 §7.1.5). */
export const NO_CLOSE_CODE = 1005;
/** There was no close frame. */
export const ABNORMAL_CLOSE = 1006;

/** What a close frame says, as journals keep it. */
export function closeTrailers({ code, reason }: WebSocketClose): Header[] {
  if (code === NO_CLOSE_CODE) return [];
  return [['close-code', String(code)], ...(reason === '' ? [] : [['close-reason', reason] satisfies Header])];
}
