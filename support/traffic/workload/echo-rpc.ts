import type { Socket } from 'node:net';
import { builtinDefinition } from '../grpc/types.js';
import { MAX_MESSAGE_BYTES } from './body-log.js';
import { addEchoService } from './echo-grpc.js';
import { createServer, grpcAcceptor } from './grpc-server.js';
import { GrpcWebEndpoint } from './grpc-web.js';
import { ECHO_SERVICE } from './grpc-web-request.js';
import { addHealth } from './health.js';
import { grpcService, reflectedFile } from './reflected-services.js';
import { addReflection } from './reflection.js';
import type { ConnectionJournal } from './server-journal.js';

// Read before the program gives up its privileges.
const ECHO = grpcService(builtinDefinition('echo.proto'), ECHO_SERVICE);
const FILE = reflectedFile('echo.proto', 'echo.proto');

/** What `echo` answers in gRPC: on connections of its own, and in gRPC-Web. */
export class EchoRpc {
  readonly web = new GrpcWebEndpoint(ECHO);
  /** Serves gRPC over HTTP/2 on a connection. */
  readonly accept: (socket: Socket, connection: ConnectionJournal) => void;
  readonly #server = createServer({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });

  constructor() {
    addEchoService(this.#server, ECHO);
    addHealth(this.#server, FILE.services);
    addReflection(this.#server, [FILE]);
    this.accept = grpcAcceptor(this.#server);
  }

  dispose(): void {
    this.#server.forceShutdown();
  }
}
