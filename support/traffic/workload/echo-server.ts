import type { Header, JournalRecord } from '../../model/journal.js';
import type { Protocol } from '../../model/protocol.js';
import { ECHO_GRPC_PORT, ECHO_HTTP_PORT, ECHO_TCP_PORT, ECHO_TLS_PORT } from '../../model/situation.js';
import type { EchoRpc } from './echo-rpc.js';
import { isGrpcWeb } from './grpc-web-request.js';
import { answerEcho } from './http-echo.js';
import { serveHttp } from './http-port.js';
import { GRPC } from './libraries.js';
import { type Listener, listen, type ServerTls } from './listener.js';
import type { ServerExchange } from './server-exchange.js';
import { ServerJournal } from './server-journal.js';
import { serveTcp } from './tcp-echo.js';

/** How `echo` is started. */
export interface EchoOptions {
  /** The protocols that calls will speak; others still work, if the files they need can be read. Default: all. */
  readonly protocols?: readonly Protocol[];
  /** Whether calls will ask the workload for its types; it answers in any case, as above. Default: true. */
  readonly reflection?: boolean;
  /** The address to listen on. Default: every IPv4 address. */
  readonly listenHost?: string;
  /** HTTP/1.1, HTTP/2 and gRPC-Web. Default {@link ECHO_HTTP_PORT}; 0 is any free port. */
  readonly httpPort?: number;
  /** gRPC over HTTP/2. Default {@link ECHO_GRPC_PORT}; 0 is any free port. */
  readonly grpcPort?: number;
  /** Whom the program calls as soon as it listens. */
  readonly firstCall?: { readonly host: string; readonly port: number };
  /** Raw TCP. Default {@link ECHO_TCP_PORT}; 0 is any free port. */
  readonly tcpPort?: number;
  /** What is said first on each connection to the port for raw TCP. */
  readonly greeting?: string;
  /** HTTP in TLS, as on the port for HTTP. Without it there is none. */
  readonly tls?: ServerTls & {
    /** Default {@link ECHO_TLS_PORT}; 0 is any free port. */
    readonly port?: number;
  };
}

/** A running echo workload. */
export interface EchoServer {
  readonly ports: { readonly http: number; readonly grpc: number; readonly tcp: number; readonly tls?: number };
  /** Breaks off a call that is being answered. False if there is none of this id. */
  breakOff(call: string): boolean;
  dispose(): Promise<void>;
}

/** Serves the echo workload: HTTP/1.1, HTTP/2 and gRPC-Web on one port, gRPC on another, raw TCP on a third. */
export async function startEcho(options: EchoOptions, write: (record: JournalRecord) => void): Promise<EchoServer> {
  const host = options.listenHost ?? '0.0.0.0';
  const journal = new ServerJournal(write);
  let rpc: EchoRpc | undefined;
  const withRpc = (use: (rpc: EchoRpc) => void): void =>
    GRPC.use(({ EchoRpc }) => {
      rpc ??= new EchoRpc();
      use(rpc);
    });
  // Where it is known to be needed, the first call need not wait for it.
  if (GRPC.loaded) withRpc(() => {});
  let served = 0;
  const listeners: Listener[] = [];
  const add = async (opening: Promise<Listener>): Promise<number> => {
    const listener = await opening;
    listeners.push(listener);
    return listener.port;
  };
  const dispose = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.dispose()));
    rpc?.dispose();
  };
  try {
    const grpc = await add(
      listen({ host, port: options.grpcPort ?? ECHO_GRPC_PORT }, journal, (socket, connection) =>
        withRpc(({ accept }) => accept(socket, connection)),
      ),
    );
    const answerHttp = (exchange: ServerExchange): void => answerEcho(exchange, ++served);
    const answer = (exchange: ServerExchange): void => {
      if (isGrpcWeb(exchange)) {
        withRpc(({ web }) => (web.serves(exchange) ? web.answer(exchange) : answerHttp(exchange)));
      } else if (exchange.header('content-type')?.startsWith('application/grpc')) refuseGrpc(exchange, grpc);
      else answerHttp(exchange);
    };
    const http = await add(serveHttp({ host, port: options.httpPort ?? ECHO_HTTP_PORT }, journal, answer));
    const tcp = await add(serveTcp({ host, port: options.tcpPort ?? ECHO_TCP_PORT }, journal, options.greeting));
    const breakOff = (call: string): boolean => journal.breakOff(call);
    if (options.tls === undefined) return { ports: { http, grpc, tcp }, breakOff, dispose };
    const address = { host, port: options.tls.port ?? ECHO_TLS_PORT };
    const tls = await add(serveHttp(address, journal, answer, options.tls));
    return { ports: { http, grpc, tcp, tls }, breakOff, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** An echo of gRPC would be no answer that a gRPC client understands. */
function refuseGrpc(exchange: ServerExchange, grpcPort: number): void {
  const headers: Header[] = [
    ['content-type', 'application/grpc'],
    ['grpc-status', '12'],
    ['grpc-message', `This port serves gRPC-Web; gRPC is served on port ${grpcPort}.`],
  ];
  exchange.receive({ data() {}, end: () => exchange.respond(200, headers, { body: false }) });
}
