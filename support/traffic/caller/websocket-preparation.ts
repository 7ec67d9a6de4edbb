import { bytesOf } from '../../model/bytes.js';
import type { CallPlan, Payload } from '../../model/call.js';
import { UserError } from '../../model/errors.js';
import { payloadBytes } from '../../model/payload.js';
import { echoHeaders, httpStart, type PreparedCall } from './call-preparation.js';
import type { CallStart, OutgoingMessage } from './exchange.js';
import type { PreparedStream } from './stream-preparation.js';

/**
 * A WebSocket. Text and JSON are sent as text, everything else as binary. The payloads of a unary call are the fragments of one message;
 * with another interaction each is a message.
 */
export function prepareWebSocket(plan: CallPlan): PreparedCall {
  const startOf = webSocketStart(plan);
  const { messages } = plan;
  if (plan.interaction === 'server-streaming' && messages.length > 1) {
    throw new UserError(`A server-streaming call over WebSocket takes one message, not ${messages.length}.`);
  }
  return { messages: messages.map(outgoingMessage), startOf };
}

/** A WebSocket whose messages come later. */
export function prepareWebSocketStream(plan: CallPlan): PreparedStream {
  return { startOf: webSocketStart(plan), encode: outgoingMessage, headOnly: false };
}

function webSocketStart(plan: CallPlan): (id: string) => CallStart {
  if (plan.interaction === 'client-streaming') {
    throw new UserError(
      'A client-streaming call cannot be made over WebSocket: who closes a WebSocket gets no answer any more. Use bidi-streaming.',
    );
  }
  if (plan.method !== undefined && plan.method !== 'GET') {
    throw new UserError(`A WebSocket begins with a GET, not with a ${plan.method} (RFC 6455 §4.1).`);
  }
  if ((plan.trailers ?? []).length > 0)
    throw new UserError('The request that a WebSocket begins with has no trailers.');
  const headers = [...plan.headers, ...echoHeaders(plan.echo)];
  return (id) => ({
    ...httpStart(plan, id, headers),
    method: 'GET',
    contentLength: 0,
    webSocket: {
      fragments: plan.interaction === 'unary',
      closes: plan.interaction !== 'server-streaming' && plan.echo?.close === undefined,
      close: plan.close ?? { code: 1000, reason: '' },
      pauseMs: plan.intervalMs ?? 0,
      ...(plan.pingMs === undefined ? {} : { pingMs: plan.pingMs }),
    },
  });
}

function outgoingMessage(payload: Payload): OutgoingMessage {
  const data = payloadBytes(payload);
  const form = payload.kind === 'text' || payload.kind === 'json' ? 'text' : 'binary';
  return { data, bytes: bytesOf(data), form };
}
