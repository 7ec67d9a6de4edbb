import type { handleUnaryCall } from '@grpc/grpc-js';
import type { JournalRecord } from '../../model/journal.js';
import { YAGES_PORT } from '../../model/situation.js';
import { builtinDefinition } from '../grpc/types.js';
import { createServer, serveGrpc } from './grpc-server.js';
import { addHealth } from './health.js';
import type { Listener } from './listener.js';
import { grpcService, reflectedFile } from './reflected-services.js';
import { addReflection } from './reflection.js';
import { ServerJournal } from './server-journal.js';

/** How `yages` is started. */
export interface YagesOptions {
  /** The address to listen on. Default: every IPv4 address. */
  readonly listenHost?: string;
  /** Default {@link YAGES_PORT}; 0 is any free port. */
  readonly port?: number;
}

// Read before the program gives up its privileges.
const ECHO = grpcService(builtinDefinition('yages.proto'), 'yages.Echo');
const FILE = reflectedFile('yages.proto', 'yages-schema.proto');

interface Content {
  readonly text?: string;
}

/**
 * Serves `yages.Echo` as github.com/mhausenblas/yages does (main.go): `Ping` answers "pong", `Reverse` the text with its
 * code points in reverse order, with server reflection, and messages of 4 MiB at most. The health service is added.
 */
export function startYages(options: YagesOptions, write: (record: JournalRecord) => void): Promise<Listener> {
  const server = createServer();
  const ping: handleUnaryCall<object, Content> = (_call, answer) => answer(null, { text: 'pong' });
  const reverse: handleUnaryCall<Content, Content> = (call, answer) => {
    answer(null, { text: [...(call.request.text ?? '')].reverse().join('') });
  };
  server.addService(ECHO, { Ping: ping, Reverse: reverse });
  addHealth(server, FILE.services);
  addReflection(server, [FILE]);
  const address = { host: options.listenHost ?? '0.0.0.0', port: options.port ?? YAGES_PORT };
  return serveGrpc(server, address, new ServerJournal(write));
}
