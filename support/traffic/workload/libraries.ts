import { isGrpc, PROTOCOLS, type Protocol } from '../../model/protocol.js';

/** A part of a workload that is loaded ahead where it will be needed, and otherwise when it is. */
class Library<Part> {
  readonly #import: () => Promise<Part>;
  #loading: Promise<Part> | undefined;
  #part: Part | undefined;

  constructor(load: () => Promise<Part>) {
    this.#import = load;
  }

  get loaded(): boolean {
    return this.#part !== undefined;
  }

  async load(): Promise<void> {
    // Node looks at the files of a module again when it is imported again, which an ordinary user may not be able to.
    this.#loading ??= this.#import();
    this.#part = await this.#loading;
  }

  /** Calls at once if it is loaded: what is on its way to whoever takes it is not to be missed. */
  use(take: (part: Part) => void): void {
    const part = this.#part;
    if (part !== undefined) take(part);
    else void this.load().then(() => this.use(take));
  }
}

/** grpc-js and proto-loader, which take longer to load than all the rest. */
export const GRPC = new Library(() => import('./echo-rpc.js'));
/** Health and reflection. */
export const SIDE_SERVICES = new Library(() => import('./side-services.js'));
export const WEB_SOCKETS = new Library(() => import('./websocket-echo.js'));

/** What is known of the calls that a workload will get. */
interface ExpectedCalls {
  /** Default: all. */
  readonly protocols?: readonly Protocol[];
  /** Whether they ask for types. Default: true. */
  readonly reflection?: boolean;
}

/**
 * Loads what the calls need, before the program gives up its privileges: it may not be able to read the files
 * afterwards.
 */
export async function loadLibraries({ protocols = PROTOCOLS, reflection }: ExpectedCalls): Promise<void> {
  await Promise.all([
    ...(protocols.some(isGrpc) ? [GRPC.load(), loadSideServices({ reflection })] : []),
    ...(protocols.includes('WebSocket') ? [WEB_SOCKETS.load()] : []),
  ]);
}

/** The same for a workload that serves gRPC only. */
export async function loadSideServices({
  reflection = true,
}: {
  readonly reflection?: boolean | undefined;
}): Promise<void> {
  if (reflection) await SIDE_SERVICES.load();
}
