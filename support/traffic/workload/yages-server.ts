import type { handleUnaryCall } from '@grpc/grpc-js';
import type { JournalRecord } from '../../model/journal.js';
import { YAGES_PORT } from '../../model/situation.js';
import { builtinDefinition } from '../grpc/types.js';
import { createServer, serveGrpc } from './grpc-server.js';
import type { Listener } from './listener.js';
import { grpcService } from './reflected-services.js';
import { ServerJournal } from './server-journal.js';
import { addSideServices } from './side-service-paths.js';

/** How `yages` is started. */
export interface YagesOptions {
  /** The address to listen on. Default: every IPv4 address. */
  readonly listenHost?: string;
  /** Default {@link YAGES_PORT}; 0 is any free port. */
  readonly port?: number;
  /** Whether calls will ask the workload for its types; it answers in any case, if it can read the files. Default: true. */
  readonly reflection?: boolean;
}

// Read before the program gives up its privileges.
const ECHO = grpcService(builtinDefinition('yages.proto'), 'yages.Echo');

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
  addSideServices(server, 'yages.proto', 'yages-schema.proto');
  const address = { host: options.listenHost ?? '0.0.0.0', port: options.port ?? YAGES_PORT };
  return serveGrpc(server, address, new ServerJournal(write));
}
