import { OWN_RESET } from '../../model/call.js';
import type { Exchange } from '../../model/exchanges.js';
import type { Header } from '../../model/journal.js';
import { isGrpc } from '../../model/protocol.js';
import { visibleText } from '../../model/visible-text.js';
import { type Flaw, flaw } from './flaw.js';
import { answerRules } from './header-comparison.js';
import { compareMessages } from './message-comparison.js';
import { textOf } from './payload-text.js';
import { compareTrailers, headerFlaws } from './request-comparison.js';

const BETWEEN = 'answered-received';
/** What a caller found instead of a status. */
export const NO_ANSWER = 'no answer';

/**
 * Compares the workload's answer with what the caller got of it: status, headers, messages, trailers, end. Every
 * difference is harm to the real call, whatever kind it is. Without the workload's journal only a broken or unfinished
 * answer, and one that the mirror's agent gave in the workload's place, can be told.
 */
export function compareAnswers(
  served: Exchange | undefined,
  caller: Exchange,
  meshHeaders: ReadonlySet<string>,
): Flaw[] {
  const flaws = brokenOff(caller, served);
  if (served === undefined) return [...flaws, ...answeredByAgent(caller)];

  const grpc = isGrpc(caller.protocol);
  const rules = answerRules(meshHeaders, grpc);
  const answered = served.response;
  const received = caller.response;
  const statusFlaws =
    answered.status === received.status
      ? []
      : [flaw('corrupted', BETWEEN, 'status', statusText(answered.status), statusText(received.status))];
  // Without a head nothing else can be there; with trailers only, gRPC has one block of headers for both.
  const headers: readonly Header[] =
    received.trailers === undefined ? received.headers : [...received.headers, ...unnamed(received)];
  // Raw TCP has no heads.
  const content =
    received.status === undefined && caller.protocol !== 'TCP'
      ? []
      : [
          ...headerFlaws(BETWEEN, 'response header', answered.headers, headers, rules),
          ...compareMessages(answered, received, { between: BETWEEN, noun: 'response message', grpc }),
          ...compareTrailers(
            answered,
            { ...received, trailers: received.trailers ?? received.headers },
            BETWEEN,
            'response trailer',
            rules,
          ),
        ];
  const unfounded =
    received.complete && !answered.complete ? [flaw('corrupted', BETWEEN, 'response end', 'no', 'yes')] : [];
  return [
    ...flaws,
    ...statusFlaws,
    ...content,
    ...unfounded,
    ...(answered.status === undefined ? answeredByAgent(caller) : []),
  ];
}

/** Trailers whose names the head of the response does not have. */
function unnamed({ headers, trailers }: Exchange['response']): readonly Header[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return (trailers ?? []).filter(([name]) => !names.has(name.toLowerCase()));
}

function brokenOff(caller: Exchange, served: Exchange | undefined): Flaw[] {
  if (caller.reset !== undefined) {
    // One of the two broke it off, as it was told to: the other had to notice.
    if (caller.reset.code === OWN_RESET || served?.reset?.code === OWN_RESET) return [];
    const { code, detail } = caller.reset;
    return [
      flaw('truncated', BETWEEN, 'reset', 'none', visibleText(detail === undefined ? code : `${code} (${detail})`)),
    ];
  }
  return caller.response.complete ? [] : [flaw('truncated', BETWEEN, 'response end', 'yes', 'no')];
}

/**
 * Answers that mirrord's inline agent gives itself: `mirrord-agent v…: failed to pass the request to its original
 * destination`, with status 502 (mirrord 3.250 incoming/connection/http_task.rs).
 */
export function answeredByAgent(caller: Exchange): Flaw[] {
  const { status, headers, messages } = caller.response;
  if (status === undefined || status < 500) return [];
  const body = messages[0]?.body;
  const text = body === undefined ? undefined : textOf(body, false);
  const marked =
    headers.some(([name]) => name.toLowerCase() === 'mirrord-agent') || text?.startsWith('mirrord-agent v');
  return marked === true
    ? [flaw('corrupted', BETWEEN, 'answer', "the workload's", `status ${status} from the mirror's own agent`)]
    : [];
}

function statusText(status: number | undefined): string {
  return status === undefined ? NO_ANSWER : String(status);
}
