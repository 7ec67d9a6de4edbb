import type { Exchange } from '../../../model/exchanges.js';
import { isGrpc } from '../../../model/protocol.js';
import { visibleExcerpt, visibleText } from '../../../model/visible-text.js';
import { milliseconds, quantity } from '../wording.js';
import type { Finder } from './clues.js';

/** Failures of connecting: no byte of the call can have reached the workload. */
const NEVER_CONNECTED = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND']);

/** The workload never saw the call. */
export const callNotDelivered: Finder = (index, { sent, served, mirrored }) => {
  if (sent.length === 0 && mirrored.length === 0) {
    return {
      cause: 'call-not-delivered',
      summary: 'the caller never made this call.',
      proof: [`caller's journal: no request of this call among ${quantity(index.caller.exchanges.length, 'request')}`],
    };
  }
  const unseen = served?.length === 0;
  const unconnected =
    served === undefined && sent.length > 0 && sent.every(({ reset }) => NEVER_CONNECTED.has(reset?.code ?? ''));
  if (sent.length === 0 || (!unseen && !unconnected)) return undefined;
  const others = index.workload?.exchanges.length ?? 0;
  return {
    cause: 'call-not-delivered',
    summary: 'the call never reached the workload, so there was nothing to mirror.',
    proof: [
      ...sent.slice(0, 3).map((exchange) => `caller's journal: ${outcomeOf(exchange)}`),
      ...(unseen ? [`workload's journal: no request of this call among ${quantity(others, 'request')}`] : []),
      ...(unseen && sent.some(isAnswered)
        ? ['something else answered it: a proxy on the way, or another replica of the workload']
        : []),
    ],
  };
};

/** The call itself failed, after it had reached the workload or nobody knows where. */
export const callFailed: Finder = (index, { sent, served, flaws, verdict }) => {
  const broken = sent.filter(({ reset, response }) => reset !== undefined || !response.complete);
  const otherStatus =
    verdict === 'collateral' &&
    flaws.some(
      ({ difference: { between, what } }) =>
        between === 'answered-received' && (what === 'status' || what === 'answer'),
    );
  const refused = index.workload === undefined && sent.some(({ response }) => (response.status ?? 0) >= 500);
  if (broken.length === 0 && !otherStatus && !refused) return undefined;
  const told = broken.length > 0 ? broken : sent;
  return {
    cause: 'call-failed',
    summary: 'the call itself failed: the caller did not get the answer of the workload.',
    proof: [
      ...told.slice(0, 3).map((exchange) => `caller's journal: ${outcomeOf(exchange)}`),
      ...(served ?? []).slice(0, 3).map((exchange) => `workload's journal: ${servingOf(exchange)}`),
      ...(served === undefined ? ['the workload keeps no journal: what it saw is unknown'] : []),
    ],
  };
};

function isAnswered({ response }: Exchange): boolean {
  return response.status !== undefined || bytesAnswered(response) > 0;
}

function bytesAnswered({ messages, partial }: Exchange['response']): number {
  return (messages[0]?.body.length ?? 0) + (partial?.body.length ?? 0);
}

/** How a call ended for the caller, in words. */
export function outcomeOf(exchange: Exchange): string {
  const { response, reset, openedAt } = exchange;
  const answer = isAnswered(exchange) || response.complete ? answerText(exchange) : undefined;
  if (reset !== undefined) {
    const detail = reset.detail === undefined ? '' : ` (${visibleText(reset.detail)})`;
    const after = answer === undefined ? 'without an answer' : `after ${answer}`;
    return `broken off with ${visibleText(reset.code)}${detail} ${milliseconds(reset.at - openedAt)} after it began, ${after}`;
  }
  if (answer === undefined) return 'no answer';
  return response.complete ? `answered with ${answer}` : `answered with ${answer}, but the answer has no end`;
}

function answerText({ protocol, response }: Exchange): string {
  if (protocol === 'TCP') return quantity(bytesAnswered(response), 'byte');
  const find = (wanted: string): string | undefined =>
    [...(response.trailers ?? []), ...response.headers].find(([name]) => name.toLowerCase() === wanted)?.[1];
  const parts = [`HTTP status ${response.status}`];
  const server = find('server');
  if (server !== undefined && (response.status ?? 0) >= 400) parts.push(`from "${visibleText(server)}"`);
  if (isGrpc(protocol)) {
    const status = find('grpc-status');
    const message = find('grpc-message');
    if (status !== undefined) parts.push(`gRPC status ${visibleText(status)}`);
    if (message !== undefined && message !== '') parts.push(`"${visibleExcerpt(message, 120)}"`);
  }
  return parts.join(', ');
}

/** What the workload did with a call, in words. */
export function servingOf({ request, response, reset, protocol }: Exchange): string {
  const what =
    isGrpc(protocol) || request.messages.length > 1
      ? quantity(request.messages.length, 'message')
      : quantity((request.messages[0] ?? request.partial)?.body.length ?? 0, 'byte');
  const received = `received the call with ${what}${request.complete ? '' : ' and no half-close'}`;
  const answered =
    response.status === undefined && bytesAnswered(response) === 0
      ? 'did not answer'
      : `answered with ${protocol === 'TCP' ? quantity(bytesAnswered(response), 'byte') : `status ${response.status}`}${response.complete ? '' : ', unfinished'}`;
  return `${received}, ${answered}${reset === undefined ? '' : `, broken off with ${visibleText(reset.code)}`}`;
}
