import type { Socket } from 'node:net';
import { builtinDefinition } from '../grpc/types.js';
import { MAX_MESSAGE_BYTES } from './body-log.js';
import { addEchoService } from './echo-grpc.js';
import { createServer, grpcAcceptor } from './grpc-server.js';
import { GrpcWebEndpoint } from './grpc-web.js';
import { ECHO_SERVICE } from './grpc-web-request.js';
import { grpcService } from './reflected-services.js';
import type { ConnectionJournal } from './server-journal.js';
import { addSideServices } from './side-service-paths.js';

// Read before the program gives up its privileges.
const ECHO = grpcService(builtinDefinition('echo.proto'), ECHO_SERVICE);

/** What `echo` answers in gRPC: on connections of its own, and in gRPC-Web. */
export class EchoRpc {
  readonly web = new GrpcWebEndpoint(ECHO);
  /** Serves gRPC over HTTP/2 on a connection. */
  readonly accept: (socket: Socket, connection: ConnectionJournal) => void;
  readonly #server = createServer({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });

  constructor() {
    addEchoService(this.#server, ECHO);
    addSideServices(this.#server, 'echo.proto', 'echo.proto');
    this.accept = grpcAcceptor(this.#server);
  }

  dispose(): void {
    this.#server.forceShutdown();
  }
}
