import type { CallPlan, GrpcMethod } from '../../model/call.js';
import { isGrpc, PROTOCOLS, type Protocol } from '../../model/protocol.js';
import type { CallerJournal } from './caller-journal.js';
import type { ProtocolClient, Target } from './exchange.js';

export type TypeSource = GrpcMethod['types'];

/** What a caller program is told when it is started. */
export interface CallerOptions {
  /** The protocols that will be spoken; others still work, if the files they need can be read. Default: all. */
  readonly protocols?: readonly Protocol[];
  /** Where the types of gRPC calls will come from. Default: built in and reflection. Give `files` here if the calls use any. */
  readonly types?: readonly TypeSource[];
}

const DEFAULT_TYPES: readonly TypeSource[] = [{ source: 'builtin' }, { source: 'reflection' }];

type OpenClient = (target: Target, journal: CallerJournal, compression?: CallPlan['compression']) => ProtocolClient;

/**
 * Loads what the calls will need. grpc-js and proto-loader take longer to load than all the rest, so they are loaded only
 * where needed; and before the program gives up its privileges, as it may not be able to read them afterwards.
 */
export async function loadLibraries(options: CallerOptions): Promise<void> {
  const protocols = options.protocols ?? PROTOCOLS;
  const types = protocols.some(isGrpc) ? (options.types ?? DEFAULT_TYPES) : [];
  await Promise.all([...protocols.map((protocol) => CLIENTS[protocol]()), ...types.map(loadTypeSource)]);
}

/** How to open a client of a protocol. */
export function loadClient(protocol: Protocol): Promise<OpenClient> {
  return CLIENTS[protocol]();
}

export const loadMethodTypes = once(() => import('./method-types.js'));
export const loadReflection = once(() => import('./reflection.js'));

const CLIENTS: Readonly<Record<Protocol, () => Promise<OpenClient>>> = {
  'HTTP/1.1': once(async () => {
    const { Http1Client } = await import('./http1-client.js');
    return (target, journal) => new Http1Client(target, journal);
  }),
  SSE: once(async () => {
    const { EventStreamClient } = await import('./event-stream-client.js');
    return (target, journal) => new EventStreamClient(target, journal);
  }),
  WebSocket: once(async () => {
    const { WebSocketClient } = await import('./websocket-client.js');
    return (target, journal) => new WebSocketClient(target, journal);
  }),
  'HTTP/2': once(async () => {
    const { Http2Client } = await import('./http2-client.js');
    return (target, journal) => new Http2Client(target, journal);
  }),
  'gRPC-over-HTTP/1.1': once(async () => {
    const { GrpcWebClient } = await import('./grpc-web-client.js');
    return (target, journal) => new GrpcWebClient(target, journal);
  }),
  'gRPC-over-HTTP/2': once(async () => {
    const { GrpcClient } = await import('./grpc-client.js');
    return (target, journal, compression) => new GrpcClient(target, journal, compression);
  }),
  TCP: once(async () => {
    const { TcpClient } = await import('./tcp-client.js');
    return (target, journal) => new TcpClient(target, journal);
  }),
};

async function loadTypeSource(source: TypeSource): Promise<unknown> {
  const { typesFrom } = await loadMethodTypes();
  return source.source === 'reflection' ? loadReflection() : typesFrom(source);
}

/** Node looks at the files of a module again when it is imported again, which an ordinary user may not be able to. */
function once<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loaded: Promise<Module> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
