import { bytesOf } from '../../model/bytes.js';
import type { CallPlan, EchoControl, Payload } from '../../model/call.js';
import { UserError } from '../../model/errors.js';
import { CALL_ID_HEADER, type Header } from '../../model/journal.js';
import { payloadBytes } from '../../model/payload.js';
import { isGrpc } from '../../model/protocol.js';
import type { MethodTypes } from '../grpc/types.js';
import type { CallStart, OutgoingMessage } from './exchange.js';
import { withDefault } from './headers.js';

/** What is equal in all calls of a batch, made once. */
export interface PreparedCall {
  readonly messages: readonly OutgoingMessage[];
  startOf(id: string): CallStart;
}

/** The call as it will be made. `method` is needed for gRPC and gRPC-Web. Throws {@link UserError}. */
export function prepareCall(plan: CallPlan, method: MethodTypes | undefined): PreparedCall {
  if (!isGrpc(plan.protocol)) return prepareHttp(plan);
  if (method === undefined) throw new Error('a gRPC call cannot be prepared without its method');
  return prepareGrpc(plan, method);
}

/** HTTP knows no interactions: what streams is the body, in one direction or the other. */
function prepareHttp(plan: CallPlan): PreparedCall {
  const messages = plan.messages.map((payload) => outgoing(payloadBytes(payload)));
  let headers: readonly Header[] = [...plan.headers, ...echoHeaders(plan.echo)];
  if (plan.messages[0]?.kind === 'json') headers = withDefault(headers, 'content-type', 'application/json');
  return {
    messages,
    startOf: (id) => ({
      id,
      method: plan.method ?? (messages.length === 0 ? 'GET' : 'POST'),
      path: plan.path ?? '/',
      authority: plan.target.authority,
      headers: [[CALL_ID_HEADER, id], ...headers],
      contentLength: messages.length > 1 ? undefined : (messages[0]?.data.length ?? 0),
      timeoutMs: plan.timeoutMs,
    }),
  };
}

/** What the echo workload is asked for in HTTP; several messages are several chunks of the body there. */
function echoHeaders(echo: EchoControl | undefined): readonly Header[] {
  if (echo === undefined) return [];
  if (echo.statusMessage !== undefined) {
    throw new UserError('A status message exists in gRPC only; HTTP has just the status.');
  }
  const headers: Header[] = [];
  if (echo.status !== undefined) headers.push(['x-echo-status', String(echo.status)]);
  for (const [name, value] of echo.headers ?? []) headers.push([`x-echo-header-${name}`, value]);
  for (const [name, value] of echo.trailers ?? []) headers.push([`x-echo-trailer-${name}`, value]);
  if (echo.messages !== undefined) headers.push(['x-echo-chunks', String(echo.messages)]);
  if (echo.intervalMs !== undefined) headers.push(['x-echo-interval-ms', String(echo.intervalMs)]);
  return headers;
}

function prepareGrpc(plan: CallPlan, method: MethodTypes): PreparedCall {
  checkInteraction(plan, method);
  const requests = requestsOf(plan, method);
  const messages = requests.map((request) => outgoing(method.encodeRequest(request)));
  return {
    messages,
    startOf: (id) => ({
      id,
      method: 'POST',
      path: method.path,
      authority: plan.target.authority,
      headers: [[CALL_ID_HEADER, id], ...plan.headers],
      contentLength: messages.length > 1 ? undefined : (messages[0]?.data.length ?? 0),
      timeoutMs: plan.timeoutMs,
      grpc: { singleResponse: !method.responseStream, webForm: plan.grpcWebForm ?? 'binary' },
    }),
  };
}

function checkInteraction(plan: CallPlan, method: MethodTypes): void {
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
function requestsOf(plan: CallPlan, method: MethodTypes): readonly unknown[] {
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
    ...(echo.headers === undefined ? {} : { headers: entries(echo.headers) }),
    ...(echo.trailers === undefined ? {} : { trailers: entries(echo.trailers) }),
    ...(echo.messages === undefined ? {} : { messages: echo.messages }),
    ...(echo.intervalMs === undefined ? {} : { intervalMs: echo.intervalMs }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function outgoing(data: Buffer): OutgoingMessage {
  return { data, bytes: bytesOf(data) };
}
