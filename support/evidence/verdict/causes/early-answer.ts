import { quoted } from '../wording.js';
import type { Finder } from './clues.js';

const EARLY = /the local process answered (.*) before it was complete/;

/**
 * A replay ends when the local process has answered; what the caller still says then reaches nobody (mirrord 3.250 intproxy incoming.rs: the
 * sender of a body is removed with its finished gateway).
 */
export const localProcessAnsweredEarly: Finder = ({ evidence, logs }, { sent }) => {
  const [call] = sent;
  if (evidence.session?.profile !== 'redirect' || call === undefined) return undefined;
  const lines = logs.filter(
    ({ at, text }) => at >= call.openedAt && EARLY.exec(text)?.[1] === `${call.method} ${call.path}`,
  );
  if (lines.length === 0) return undefined;
  return {
    cause: 'local-process-answered-early',
    summary:
      'the local process answered before the request was complete; its copy ends with that answer, and the rest was dropped.',
    proof: lines.slice(-2).map(({ text }) => `mirror session's log: ${quoted(text)}`),
  };
};
