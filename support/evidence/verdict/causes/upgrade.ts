import { quoted } from '../wording.js';
import type { Finder } from './clues.js';

const DROPPED = /data behind the upgrade\b.* is dropped/;

/**
 * A replayed request that offers to become a WebSocket has to be agreed to by the local process, too: until it does, there is nowhere to put
 * what the caller says, and it is dropped (mirrord 3.250 intproxy incoming.rs:628-640).
 */
export const upgradeNotAgreed: Finder = ({ evidence, logs }, { sent }) => {
  const call = sent.find(({ protocol, response }) => protocol === 'WebSocket' && response.status === 101);
  if (evidence.session?.profile !== 'redirect' || call === undefined) return undefined;
  const lines = logs.filter(({ at, text }) => at >= call.openedAt && DROPPED.test(text));
  if (lines.length === 0) return undefined;
  return {
    cause: 'upgrade-not-agreed',
    summary:
      'the workload agreed to the WebSocket, and the local process had not, or not yet; what the caller said meanwhile was dropped.',
    proof: lines.slice(-2).map(({ text }) => `mirror session's log: ${quoted(text)}`),
  };
};
