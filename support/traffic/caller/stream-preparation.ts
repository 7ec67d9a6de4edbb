import { bodyFramingOf } from '../../model/body-framing.js';
import type { CallPlan } from '../../model/call.js';
import { UserError } from '../../model/errors.js';
import { payloadBytes } from '../../model/payload.js';
import { isGrpc } from '../../model/protocol.js';
import type { MethodTypes } from '../grpc/types.js';
import {
  checkInteraction,
  framed,
  grpcStart,
  httpHeaders,
  httpStart,
  outgoing,
  prepareCall,
  requestsOf,
} from './call-preparation.js';
import type { CallStart } from './exchange.js';
import type { MessageEncoder } from './open-streams.js';
import { prepareWebSocketStream } from './websocket-preparation.js';

/** What is equal in all streams of a batch, whose messages come later. */
export interface PreparedStream {
  readonly encode: MessageEncoder;
  startOf(id: string): CallStart;
  /** The request is complete with its head: no message can be sent. */
  readonly headOnly: boolean;
}

/** A call that is opened before its messages are known. `method` as for {@link prepareCall}. Throws {@link UserError}. */
export function prepareStream(plan: CallPlan, method: MethodTypes | undefined): PreparedStream {
  const empty: CallPlan = { ...plan, messages: [] };
  if (plan.protocol === 'TCP') {
    throw new UserError(
      'Raw TCP has no messages: a connection cannot be gone on with message by message. Make a call of it.',
    );
  }
  if (plan.protocol === 'SSE') {
    const { startOf } = prepareCall(plan, undefined);
    return { startOf, encode: refuseMessage, headOnly: true };
  }
  if (plan.protocol === 'WebSocket') return prepareWebSocketStream(empty);
  if (!isGrpc(plan.protocol)) return prepareHttpStream(empty);
  if (method === undefined) throw new Error('a gRPC stream cannot be prepared without its method');
  checkInteraction(empty, method);
  const { echo: _, ...later } = plan;
  return {
    headOnly: false,
    startOf: (id) => ({ ...grpcStart(plan, method, id), contentLength: undefined }),
    encode: (payload, first) => {
      if (!first) checkInteraction({ ...plan, messages: [payload, payload] }, method);
      const [request] = requestsOf({ ...(first ? plan : later), messages: [payload] }, method);
      return outgoing(method.encodeRequest(request));
    },
  };
}

/** A method whose requests have no body is complete with its head. */
function prepareHttpStream(plan: CallPlan): PreparedStream {
  const method = plan.method ?? 'POST';
  const bodiless = /^(GET|HEAD|DELETE|OPTIONS)$/.test(method);
  const headers = httpHeaders(plan);
  const framing = plan.interaction === 'unary' ? 'whole' : bodyFramingOf(headers);
  return {
    startOf: (id) => ({ ...httpStart(plan, id, headers), method, contentLength: bodiless ? 0 : undefined }),
    headOnly: bodiless,
    encode: (payload) => (bodiless ? refuseMessage() : framed(framing, payloadBytes(payload))),
  };
}

function refuseMessage(): never {
  throw new UserError('Nothing can be sent on this stream: its request has no body. Only the workload says something.');
}
