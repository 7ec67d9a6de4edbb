import { getPriority, setPriority } from 'node:os';
import { type JournalRecord, now } from '../model/journal.js';
import type { LogLine } from '../model/session.js';
import { keepLongMessages } from './long-messages.js';
import { type FromProgram, type ToProgram, type User, wireErrorOf } from './protocol.js';

/** What a program gets from its surroundings. */
export interface ProgramContext<Options> {
  readonly options: Options;
  /** Adds a record to this party's journal. Cheap: records leave in batches, in order, before any later response. */
  journal(record: JournalRecord): void;
  log(level: LogLine['level'], text: string): void;
}

/** What a program offers once it is ready. */
export interface RunningProgram {
  /** Told to whoever started the program, together with "ready". */
  readonly info?: unknown;
  /** Requests it answers, by method. */
  readonly handlers?: Readonly<Record<string, (params: never) => unknown>>;
}

/** What a program does before it gives up privileges. */
export interface ProgramHooks<Options> {
  /** Loads what depends on the options and must be read as the original user. Must open no socket. */
  readonly prepare?: (options: Options) => Promise<void>;
  /** Gives them up. Default: all of them; a program whose user may keep one says how. */
  readonly becomeUser?: (user: User) => void;
}

/**
 * Runs one program of a pod: waits for its options, gives up privileges, starts `main` and serves requests until the
 * channel closes. All imports have been resolved by then as the original user, so a program needs no read access of its own.
 * A program whose starter is gone ends at once, whatever it does.
 */
export function runProgram<Options>(
  main: (context: ProgramContext<Options>) => Promise<RunningProgram>,
  hooks: ProgramHooks<Options> = {},
): void {
  if (process.send === undefined) {
    process.stderr.write('This program is started by mirrorspec; it is not meant to be run by hand.\n');
    process.exit(2);
  }
  // The starter may run ahead of others; what it starts does not, unless it has reason to.
  if (getPriority() < 0) setPriority(0);
  let handlers: RunningProgram['handlers'] = {};
  let batch: JournalRecord[] = [];

  const flush = (): void => {
    if (batch.length === 0) return;
    const records = batch;
    batch = [];
    send({ type: 'journal', records });
  };
  const journal = (record: JournalRecord): void => {
    batch.push(record);
    if (batch.length === 1) setImmediate(flush);
    else if (batch.length >= 512) flush();
  };
  const log = (level: LogLine['level'], text: string): void => {
    flush();
    send({ type: 'log', line: { at: now(), level, text } });
  };
  const fatal = (error: unknown): void => {
    flush();
    send({ type: 'error', id: undefined, error: wireErrorOf(error) });
    // The channel needs a moment to drain; the starter ends us when it has read the error.
    setTimeout(() => process.exit(1), 100).unref();
  };

  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToProgram) => {
    if (message.type === 'start') {
      const { options, user } = message as { readonly options: Options; readonly user?: User };
      const start = (): void => {
        if (user !== undefined) (hooks.becomeUser ?? becomeUser)(user);
        keepLongMessages();
        main({ options, journal, log }).then((running) => {
          handlers = running.handlers ?? {};
          flush();
          send({ type: 'ready', info: running.info });
        }, fatal);
      };
      if (hooks.prepare === undefined) start();
      else hooks.prepare(options).then(start).catch(fatal);
      return;
    }
    const { id, method, params } = message;
    const handler = handlers?.[method];
    Promise.resolve()
      .then(() => {
        if (handler === undefined) throw new Error(`no such request: ${method}`);
        return handler(params as never);
      })
      .then(
        (result) => {
          flush();
          send({ type: 'response', id, result });
        },
        (error: unknown) => {
          flush();
          send({ type: 'error', id, error: wireErrorOf(error) });
        },
      );
  });
}

function send(message: FromProgram): void {
  if (process.connected) process.send?.(message);
}

/** Becomes an ordinary user for good: supplementary groups, gid, uid, in that order. */
function becomeUser(user: User): void {
  process.setgroups?.([]);
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
}
