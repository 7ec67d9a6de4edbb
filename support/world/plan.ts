import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CallPlan, EchoControl, GrpcMethod, Payload } from '../model/call.js';
import { UserError } from '../model/errors.js';
import { httpVersionOf, type Interaction, isGrpc, type Protocol } from '../model/protocol.js';
import {
  ECHO_GRPC_PORT,
  ECHO_HTTP_PORT,
  ECHO_TCP_PORT,
  ECHO_TLS_PORT,
  type IpFamily,
  type Situation,
  YAGES_PORT,
} from '../model/situation.js';
import type { CallDraft } from './draft.js';

/** What a When-step asks for. */
export interface CallRequest {
  readonly protocol: Protocol;
  readonly interaction: Interaction;
  readonly count: number;
  readonly concurrency: number;
}

const ECHO_METHODS: Readonly<Record<Interaction, string>> = {
  unary: 'Unary',
  'client-streaming': 'ClientStream',
  'server-streaming': 'ServerStream',
  'bidi-streaming': 'BidiStream',
};
/** How many messages a stream has when no step says which. */
const DEFAULT_STREAM_MESSAGES = 3;
const TEXT = 'mirrored by specification';

/** Makes the plan of a batch of calls from what the steps said. Pure but for the calls' random ids, and for looking where the user's proto files are. */
export function planCalls(
  asked: CallRequest,
  draft: CallDraft,
  situation: Situation,
  targetOf: (port: number, family: IpFamily) => CallPlan['target'],
): CallPlan {
  // Events come from the server only: a call over SSE is nothing else.
  const serverStreams = asked.protocol === 'SSE' && asked.interaction === 'unary';
  const request: CallRequest = serverStreams ? { ...asked, interaction: 'server-streaming' } : asked;
  if (request.count < 1) throw new UserError(`${request.count} calls cannot be made: give 1 or more`);
  if (request.concurrency < 1) throw new UserError(`${request.concurrency} at a time is impossible: give 1 or more`);
  const grpc = isGrpc(request.protocol) ? grpcMethod(request, draft, situation) : undefined;
  const port = draft.port ?? defaultPort(request.protocol, situation);
  const echo = echoControl(request, draft, situation);
  const { compression } = draft;
  if (compression !== undefined && request.protocol !== 'gRPC-over-HTTP/2') {
    throw new UserError(
      `messages over ${request.protocol} are not compressed one by one: only gRPC-over-HTTP/2 does that`,
    );
  }
  return {
    ids: Array.from({ length: request.count }, () => randomBytes(8).toString('hex')),
    protocol: request.protocol,
    interaction: request.interaction,
    target: targetOf(port, draft.ipFamily),
    headers: draft.headers,
    messages: messagesOf(request, draft, situation),
    concurrency: request.concurrency,
    connections: draft.connections,
    timeoutMs: draft.timeoutMs,
    intervalMs: draft.intervalMs,
    ...(draft.close === undefined ? {} : { close: draft.close }),
    ...(draft.pingMs === undefined ? {} : { pingMs: draft.pingMs }),
    ...(draft.trailers.length === 0 ? {} : { trailers: draft.trailers }),
    ...(Object.keys(echo).length === 0 ? {} : { echo }),
    ...(draft.method === undefined ? {} : { method: draft.method }),
    ...(draft.path === undefined ? {} : { path: draft.path }),
    ...(grpc === undefined ? {} : { grpc }),
    ...(compression === undefined ? {} : { compression }),
    ...(draft.grpcWebForm === undefined ? {} : { grpcWebForm: draft.grpcWebForm }),
    ...(request.protocol === 'TCP' ? { tcp: tcpMannerOf(draft, situation) } : {}),
  };
}

/** Of gRPC the method says how its messages are answered; over plain HTTP `echo` has to be told. */
function echoControl({ protocol, interaction }: CallRequest, draft: CallDraft, { workload }: Situation): EchoControl {
  const plain = protocol === 'HTTP/1.1' || protocol === 'HTTP/2' || protocol === 'WebSocket';
  const told = workload.kind === 'echo' && plain && interaction !== 'unary';
  return told ? { ...draft.echo, interaction } : draft.echo;
}

function tlsPort(protocol: Protocol): number {
  if (httpVersionOf(protocol) !== undefined && protocol !== 'gRPC-over-HTTP/2') return ECHO_TLS_PORT;
  throw new UserError(`the workload "echo" does not serve ${protocol} in TLS, but HTTP/1.1, HTTP/2 and gRPC-Web`);
}

function tcpMannerOf({ tcpEnding }: CallDraft, { workload }: Situation): NonNullable<CallPlan['tcp']> {
  if (tcpEnding !== undefined && workload.kind !== 'echo') {
    throw new UserError('only the workload "echo" can be told how connections over TCP are to end');
  }
  const greetingBytes = workload.kind === 'echo' ? Buffer.byteLength(workload.greeting ?? '') : 0;
  return { greetingBytes, ...(tcpEnding === undefined ? {} : { ending: tcpEnding }) };
}

function defaultPort(protocol: Protocol, { workload }: Situation): number {
  switch (workload.kind) {
    case 'echo':
      if (workload.tls === true) return tlsPort(protocol);
      if (protocol === 'TCP') return ECHO_TCP_PORT;
      return protocol === 'gRPC-over-HTTP/2' ? ECHO_GRPC_PORT : ECHO_HTTP_PORT;
    case 'yages':
      if (protocol === 'gRPC-over-HTTP/2') return YAGES_PORT;
      throw new UserError(
        `yages speaks gRPC-over-HTTP/2 only, not ${protocol}: call it so, or use the workload "echo"`,
      );
    case 'command': {
      const [port, ...others] = workload.ports;
      if (port === undefined) throw new UserError('the workload has no port to call: say which ports it listens on');
      if (others.length > 0) {
        throw new UserError(
          `the workload listens on the ports ${workload.ports.join(', ')}: say which one the calls go to`,
        );
      }
      return port;
    }
  }
}

function grpcMethod(request: CallRequest, draft: CallDraft, { workload }: Situation): GrpcMethod {
  const named = draft.grpcMethod;
  if (named !== undefined) return { ...named, types: typesOf(draft, workload.kind !== 'command') };
  if (workload.kind === 'command') {
    throw new UserError(
      'a gRPC call to your own workload needs a method: add \'Given the gRPC method "package.Service/Method"\'',
    );
  }
  const types = typesOf(draft, true);
  if (workload.kind === 'yages') return { service: 'yages.Echo', method: 'Ping', types };
  return { service: 'mirrorspec.echo.v1.Echo', method: ECHO_METHODS[request.interaction], types };
}

/** Where the types of the gRPC calls of a scenario may come from. */
export function typesThatCallsMayNeed(draft: CallDraft): readonly GrpcMethod['types'][] {
  return [typesOf(draft, true), ...(draft.grpcMethod === undefined ? [] : [typesOf(draft, false)])];
}

function typesOf(draft: CallDraft, shipped: boolean): GrpcMethod['types'] {
  if (draft.protoFiles.length > 0) {
    const includeDirs = [process.cwd(), ...draft.protoPath];
    const files = draft.protoFiles.map((file) => foundIn(includeDirs, file) ?? resolve(file));
    return { source: 'files', files, includeDirs };
  }
  return draft.reflection || !shipped ? { source: 'reflection' } : { source: 'builtin' };
}

function foundIn(folders: readonly string[], file: string): string | undefined {
  return folders.map((folder) => resolve(folder, file)).find((candidate) => existsSync(candidate));
}

/** gRPC always sends at least one message. Plain HTTP sends what was described, or one text with a method that has a body. */
function messagesOf(request: CallRequest, draft: CallDraft, { workload }: Situation): readonly Payload[] {
  if (draft.messages.length > 0) return draft.messages;
  const streaming = request.interaction === 'client-streaming' || request.interaction === 'bidi-streaming';
  if (isGrpc(request.protocol) && (workload.kind !== 'echo' || draft.grpcMethod !== undefined))
    return [{ kind: 'json', value: {} }];
  if (streaming || request.protocol === 'SSE') {
    return Array.from({ length: DEFAULT_STREAM_MESSAGES }, (_, index) => ({
      kind: 'text',
      text: `${TEXT}, ${index + 1}`,
    }));
  }
  if (!isGrpc(request.protocol) && draft.method !== undefined && /^(GET|HEAD|DELETE|OPTIONS)$/.test(draft.method))
    return [];
  return [{ kind: 'text', text: TEXT }];
}
