import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { listeningAddress } from '../../linux/listening-ports.js';
import { UserError } from '../../model/errors.js';
import type { Command } from '../../model/host.js';
import type { LogLine } from '../../model/session.js';
import type { User } from '../../program/protocol.js';
import { unprivilegedCommand } from '../../program/unprivileged.js';
import type { ConnectionWitness } from './mirrored-connection.js';
import type { DecoderFactory } from './receiver.js';
import type { LocalDestination } from './relay.js';

const LISTEN_POLL_MS = 10;
const LAST_WORDS_MS = 500;
const LONGEST_LINE = 8192;
/** Lines of output that an error about the command quotes. */
const LINES_QUOTED = 20;

export interface UserCommandOptions {
  readonly command: Command;
  /** Runs as this user, without a way back. */
  readonly user?: User;
  /** 0: any free port. */
  readonly port: number;
  /** Milliseconds that it has until it listens. */
  readonly listenTimeoutMs: number;
  readonly decoderOf: DecoderFactory;
  log(level: LogLine['level'], text: string): void;
}

/** The user's own program as the local process. All subscribed ports lead to the one port that it is told of. */
export class UserCommand implements LocalDestination {
  readonly port: number;
  readonly unreadBytes = 0;
  readonly #options: UserCommandOptions;
  readonly #host: string;

  private constructor(options: UserCommandOptions, host: string, port: number) {
    this.#options = options;
    this.#host = host;
    this.port = port;
  }

  /** Starts the command and waits until it listens. Its end is logged whenever it comes. */
  static async start(options: UserCommandOptions): Promise<UserCommand> {
    const port = options.port === 0 ? await freePort() : options.port;
    const child = run(options, port);
    const lastLines = logOutput(child, options.log);
    const name = options.command.argv.join(' ');
    let ended: string | undefined;
    child.on('error', (error) => {
      ended = error.message;
    });
    child.on('exit', (code, signal) => {
      ended = signal === null ? `exit code ${code}` : signal;
      options.log('error', `the local process has ended (${ended}): ${name}`);
    });
    const deadline = performance.now() + options.listenTimeoutMs;
    for (;;) {
      const host = listeningAddress(port);
      if (host !== undefined) return new UserCommand(options, host, port);
      if (ended !== undefined || performance.now() > deadline) {
        if (ended !== undefined) await lastWords(child);
        const what =
          ended === undefined ? `did not listen within ${options.listenTimeoutMs / 1000} s` : `ended (${ended})`;
        const output = lastLines.length === 0 ? 'it printed nothing' : `it printed:\n${lastLines.join('\n')}`;
        throw new UserError(
          `the local process ${what} before it listened on port ${port} (MIRRORSPEC_PORT): ${name}\n${output}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LISTEN_POLL_MS));
    }
  }

  addressFor(): { readonly host: string; readonly port: number } {
    return { host: this.#host, port: this.port };
  }

  /** It runs as another user than the relay by now, which may not end it. */
  die(): Promise<void> {
    return Promise.reject(
      new UserError('only the built-in local process can be made to die; a command of yours has to end by itself'),
    );
  }

  witness(connection: number): ConnectionWitness {
    const decoder = this.#options.decoderOf(connection);
    return {
      connected: (_, taken) => taken(),
      delivered: (bytes) => decoder.push(bytes),
      closed: (how, detail) => decoder.end(how, detail),
    };
  }
}

/** `setpriv` also sees to it that the command ends when we are killed. */
function run({ command, user }: UserCommandOptions, port: number): ChildProcess {
  const [file = 'setpriv', ...args] =
    user === undefined
      ? ['setpriv', '--no-new-privs', '--pdeathsig=KILL', '--', ...command.argv]
      : unprivilegedCommand(command.argv, user, command.cwd);
  return spawn(file, args, {
    cwd: command.cwd,
    env: { ...process.env, ...command.env, MIRRORSPEC_PORT: String(port), PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function logOutput(child: ChildProcess, log: UserCommandOptions['log']): readonly string[] {
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      const text = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
      last.push(text);
      if (last.length > LINES_QUOTED) last.shift();
      log('info', `local process: ${text}`);
    });
  }
  return last;
}

/** Its output may be read after its end; one that left it to a child of its own is not waited for. */
async function lastWords(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null && !stream.closed);
  const signal = AbortSignal.timeout(LAST_WORDS_MS);
  await Promise.all(streams.map((stream) => once(stream ?? child, 'close', { signal }))).catch(() => {});
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
