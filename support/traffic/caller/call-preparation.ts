import {
  type BodyFraming,
  bodyFramingOf,
  EVENT_STREAM_TYPE,
  JSON_LINES_TYPE,
  MESSAGES_TYPE,
} from '../../model/body-framing.js';
import { bytesOf } from '../../model/bytes.js';
import type { CallPlan, EchoControl, Payload } from '../../model/call.js';
import { UserError } from '../../model/errors.js';
import { CALL_ID_HEADER, type Header } from '../../model/journal.js';
import { payloadBytes } from '../../model/payload.js';
import { type Interaction, isGrpc } from '../../model/protocol.js';
import { framedMessage, whyNotFramed } from '../../wire/delimited-body.js';
import type { MethodTypes } from '../grpc/types.js';
import type { CallStart, OutgoingMessage } from './exchange.js';
import { withDefault } from './headers.js';
import { prepareTcp } from './tcp-preparation.js';
import { prepareWebSocket } from './websocket-preparation.js';

/** What is equal in all calls of a batch, made once. */
export interface PreparedCall {
  readonly messages: readonly OutgoingMessage[];
  startOf(id: string): CallStart;
}

/** The call as it will be made. `method` is needed for gRPC and gRPC-Web. Throws {@link UserError}. */
export function prepareCall(plan: CallPlan, method: MethodTypes | undefined): PreparedCall {
  if (plan.protocol === 'TCP') return prepareTcp(plan);
  if (plan.protocol === 'WebSocket') return prepareWebSocket(plan);
  if (plan.protocol === 'SSE') return prepareEventStream(plan);
  if (!isGrpc(plan.protocol)) return prepareHttp(plan);
  if (method === undefined) throw new Error('a gRPC call cannot be prepared without its method');
  return prepareGrpc(plan, method);
}

export function httpStart(
  plan: CallPlan,
  id: string,
  headers: readonly Header[],
): Omit<CallStart, 'method' | 'contentLength'> {
  return {
    id,
    path: plan.path ?? '/',
    authority: plan.target.authority,
    headers: [[CALL_ID_HEADER, id], ...headers],
    trailers: plan.trailers ?? [],
    timeoutMs: plan.timeoutMs,
  };
}

/** HTTP knows no interactions: what streams is the body, in one direction or the other, as messages that its content type delimits. */
function prepareHttp(plan: CallPlan): PreparedCall {
  const headers = httpHeaders(plan);
  const framing = plan.interaction === 'unary' ? 'whole' : bodyFramingOf(headers);
  const messages = plan.messages.map((payload) => framed(framing, payloadBytes(payload)));
  const { trailers = [] } = plan;
  // A length that is known ahead leaves no room for trailers in HTTP/1.1.
  const sized = messages.length <= 1 && !streamsRequest(plan.interaction) && trailers.length === 0;
  if (trailers.length > 0 && messages.length === 0) {
    throw new UserError('A request without a body has no trailers: describe a payload, or leave the trailers out.');
  }
  if (sized && plan.protocol === 'HTTP/1.1' && headers.some(([name]) => name.toLowerCase() === 'trailer')) {
    throw new UserError(
      'The header `trailer` announces trailers, and the request has none: add the step "the request ends with the trailers:".',
    );
  }
  return {
    messages,
    startOf: (id) => ({
      ...httpStart(plan, id, headers),
      method: plan.method ?? (messages.length === 0 ? 'GET' : 'POST'),
      contentLength: sized ? (messages[0]?.data.length ?? 0) : undefined,
    }),
  };
}

/** A GET has no body: what the events are, the workload `echo` is told in headers. */
function prepareEventStream(plan: CallPlan): PreparedCall {
  if (plan.interaction !== 'server-streaming') {
    throw new UserError(`A ${plan.interaction} call cannot be made over SSE: events come from the server only.`);
  }
  const events = plan.messages.map((payload): Header => {
    const event = payloadBytes(payload);
    framed('events', event);
    return ['x-echo-event', encodeURIComponent(event.toString('utf8'))];
  });
  const headers = withDefault([...plan.headers, ...events], 'accept', EVENT_STREAM_TYPE);
  return prepareHttp({ ...plan, method: plan.method ?? 'GET', interaction: 'unary', messages: [], headers });
}

/** Content types of messages delimit them: nothing else does in HTTP. */
export function httpHeaders({ headers: described, echo, messages, interaction }: CallPlan): readonly Header[] {
  const headers: readonly Header[] = [...described, ...echoHeaders(echo)];
  const json = messages.length > 0 && messages.every(({ kind }) => kind === 'json');
  if (interaction !== 'unary') return withDefault(headers, 'content-type', json ? JSON_LINES_TYPE : MESSAGES_TYPE);
  return messages[0]?.kind === 'json' ? withDefault(headers, 'content-type', 'application/json') : headers;
}

function streamsRequest(interaction: Interaction): boolean {
  return interaction === 'client-streaming' || interaction === 'bidi-streaming';
}

export function framed(framing: BodyFraming, message: Buffer): OutgoingMessage {
  const mistake = whyNotFramed(framing, message);
  if (mistake !== undefined)
    throw new UserError(`A message cannot be sent in a body of this content type: ${mistake}.`);
  return { data: framedMessage(framing, message), bytes: bytesOf(message) };
}

/** What the echo workload is asked for in HTTP; several messages of a unary call are several chunks of the body. */
export function echoHeaders(echo: EchoControl | undefined): readonly Header[] {
  if (echo === undefined) return [];
  if (echo.statusMessage !== undefined) {
    throw new UserError('A status message exists in gRPC only; HTTP has just the status.');
  }
  const headers: Header[] = [];
  if (echo.interaction !== undefined) headers.push(['x-echo-interaction', echo.interaction]);
  if (echo.status !== undefined) headers.push(['x-echo-status', String(echo.status)]);
  for (const [name, value] of echo.headers ?? []) headers.push([`x-echo-header-${name}`, value]);
  for (const [name, value] of echo.trailers ?? []) headers.push([`x-echo-trailer-${name}`, value]);
  if (echo.messages !== undefined) headers.push(['x-echo-chunks', String(echo.messages)]);
  if (echo.close !== undefined) {
    headers.push(['x-echo-close', `${echo.close.code} after ${echo.close.afterMessages} ${echo.close.reason}`.trim()]);
  }
  if (echo.intervalMs !== undefined) headers.push(['x-echo-interval-ms', String(echo.intervalMs)]);
  return headers;
}

function prepareGrpc(plan: CallPlan, method: MethodTypes): PreparedCall {
  checkInteraction(plan, method);
  if ((plan.trailers ?? []).length > 0) throw new UserError('A gRPC request has no trailers; only its answer has.');
  const requests = requestsOf(plan, method);
  const messages = requests.map((request) => outgoing(method.encodeRequest(request)));
  return {
    messages,
    startOf: (id) => ({
      ...grpcStart(plan, method, id),
      contentLength: messages.length > 1 ? undefined : (messages[0]?.data.length ?? 0),
    }),
  };
}

export function grpcStart(plan: CallPlan, method: MethodTypes, id: string): Omit<CallStart, 'contentLength'> {
  return {
    id,
    method: 'POST',
    path: method.path,
    authority: plan.target.authority,
    headers: [[CALL_ID_HEADER, id], ...plan.headers],
    timeoutMs: plan.timeoutMs,
    grpc: { singleResponse: !method.responseStream, webForm: plan.grpcWebForm ?? 'binary' },
  };
}

export function checkInteraction(plan: CallPlan, method: MethodTypes): void {
  const name = `${method.service}/${method.method}`;
  const actual = method.requestStream
    ? method.responseStream
      ? 'bidi-streaming'
      : 'client-streaming'
    : method.responseStream
      ? 'server-streaming'
      : 'unary';
  if (actual !== plan.interaction) {
    throw new UserError(`The method ${name} is ${actual}; it cannot be called as ${plan.interaction}.`);
  }
  if (plan.protocol === 'gRPC-over-HTTP/1.1' && method.requestStream) {
    throw new UserError(
      `A ${actual} call cannot be made over gRPC-Web: it has no request streaming (gRPC PROTOCOL-WEB.md). ` +
        'Use gRPC-over-HTTP/2, or a unary or server-streaming method.',
    );
  }
  if (!method.requestStream && plan.messages.length > 1) {
    throw new UserError(`The method ${name} is ${actual}: it takes one message, not ${plan.messages.length}.`);
  }
}

/** The request messages in proto3 JSON form. */
export function requestsOf(plan: CallPlan, method: MethodTypes): readonly unknown[] {
  const payloads = method.requestStream || plan.messages.length > 0 ? plan.messages : [EMPTY];
  const requests = payloads.map((payload) =>
    payload.kind === 'json' ? payload.value : { payload: payloadBytes(payload) },
  );
  if (plan.echo === undefined) return requests;
  const [first, ...rest] = requests;
  if (method.service !== ECHO_SERVICE) {
    throw new UserError(`Only ${ECHO_SERVICE} can be told how to answer; ${method.service} cannot.`);
  }
  if (!isObject(first)) throw new UserError('The echo service needs a message to be told how to answer.');
  return [{ ...first, control: controlOf(plan.echo) }, ...rest];
}

const ECHO_SERVICE = 'mirrorspec.echo.v1.Echo';
const EMPTY: Payload = { kind: 'json', value: {} };

/** `EchoControl` as the message `Control` of echo.proto. */
function controlOf(echo: EchoControl): Record<string, unknown> {
  const entries = (headers: readonly Header[]) => headers.map(([name, value]) => ({ name, value }));
  return {
    ...(echo.status === undefined ? {} : { status: echo.status }),
    ...(echo.statusMessage === undefined ? {} : { statusMessage: echo.statusMessage }),
    ...(echo.failAtOnce === undefined ? {} : { failAtOnce: true }),
    ...(echo.headers === undefined ? {} : { headers: entries(echo.headers) }),
    ...(echo.trailers === undefined ? {} : { trailers: entries(echo.trailers) }),
    ...(echo.messages === undefined ? {} : { messages: echo.messages }),
    ...(echo.intervalMs === undefined ? {} : { intervalMs: echo.intervalMs }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function outgoing(data: Buffer): OutgoingMessage {
  return { data, bytes: bytesOf(data) };
}
