import { CANCELLATION } from '../cancellation.js';
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
