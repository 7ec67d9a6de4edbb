import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Capture, CaptureResult } from '../../../evidence/capture.js';
import { EnvironmentError } from '../../../model/errors.js';
import type { Command, Host, ProgramStart, Running, RunningProgram } from '../../../model/host.js';
import type { JournalRecord } from '../../../model/journal.js';
import type { LogLine } from '../../../model/session.js';
import type { InterfaceTraffic } from '../../../model/verdict.js';
import { errorOf, type User } from '../../../program/protocol.js';
import { bundled } from './bundled.js';
import {
  type FromInit,
  LAB_MARK,
  type LabRequest,
  PROGRAM_ENDED,
  type PrivateFile,
  type Readiness,
  RUNNER_MARK,
  type ToInit,
} from './protocol.js';
import type { LabPlan } from './topology.js';

/** How many lines of its log are shown of a program that ended. */
const LAST_WORDS = 12;
const INIT = fileURLToPath(new URL('./init.js', import.meta.url));

/** Somebody who waits for the end of a program hears how it ended. */
type Ended = { readonly code: number | null; readonly signal: string | null };

interface Tracked {
  readonly name: string;
  readonly journal: JournalRecord[];
  readonly log: LogLine[];
  readonly ended: Promise<Ended>;
  /** From then on its end is unexpected; before, whoever starts it hears of it. */
  ready: boolean;
  end(how: Ended): void;
}

/** A command that is to run in a pod, or outside of all pods. */
export interface CommandStart {
  readonly pod: string | undefined;
  readonly name: string;
  readonly command: Command;
  readonly user: User;
  readonly ready: Readiness;
  /** Written before it starts, for nobody but its user to read. */
  readonly files?: readonly PrivateFile[];
}

export interface LabOptions {
  readonly plan: LabPlan;
  /** Let the lab outlive the runner when it is told to with {@link Lab.keep}. */
  readonly mayBeKept: boolean;
  /** Called when a program ends that nobody disposed of, and when the whole lab ends. */
  onUnexpectedEnd(error: EnvironmentError): void;
}

/**
 * A lab seen from the runner: a process tree in network, mount and PID namespaces of its own (and a user namespace when
 * the runner is not root). The kernel ends all of it with the lab's first process; that ends with `unshare`
 * (`--kill-child`), and `unshare` ends with the runner (`setpriv --pdeathsig`), also when any of them is killed.
 */
export class Lab {
  readonly id: string;
  readonly #child: ChildProcess;
  readonly #options: LabOptions;
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  readonly #programs = new Map<number, Tracked>();
  readonly #disposed = new Set<number>();
  readonly #gone: Promise<void>;
  #standardError = '';
  #ending = false;
  #ended = false;
  #next = 1;

  private constructor(id: string, child: ChildProcess, options: LabOptions) {
    this.id = id;
    this.#child = child;
    this.#options = options;
    child.on('message', (message: FromInit) => this.#receive(message));
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#standardError = (this.#standardError + chunk.toString('utf8')).slice(-8192);
    });
    // 'close' comes when every process that holds the lab's standard error is gone.
    this.#gone = new Promise((resolve) => {
      child.once('close', () => resolve());
      child.once('error', (error) => {
        this.#standardError += error.message;
        resolve();
      });
    });
    void this.#gone.then(() => this.#endAll());
  }

  /** Builds a lab. Errors are {@link EnvironmentError}s: the machine cannot do it. */
  static async start(options: LabOptions, signal: AbortSignal): Promise<Lab> {
    signal.throwIfAborted();
    const id = randomBytes(6).toString('hex');
    const [file, ...args] = labCommand(options.mayBeKept);
    const child = spawn(file, [...args, process.execPath, bundled(INIT)], {
      cwd: '/',
      // A process group of its own, so that all of it can be ended at once.
      detached: true,
      env: {
        PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`,
        LANG: 'C.UTF-8',
        [LAB_MARK]: id,
        [RUNNER_MARK]: String(process.pid),
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    const lab = new Lab(id, child, options);
    try {
      await lab.#ask({ type: 'build', plan: options.plan }, signal);
    } catch (error) {
      await lab.dispose();
      if (signal.aborted) throw signal.reason;
      const said = lab.#standardError.trim();
      throw new EnvironmentError(
        `the embedded mesh could not be built: ${error instanceof Error ? error.message : String(error)}${said === '' ? '' : `\n${said}`}`,
        { remedy: 'mirrorspec doctor', cause: error },
      );
    }
    return lab;
  }

  /** The process id of `unshare`, seen from outside; its only child is the lab's first process. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** A pod of the plan. */
  pod(name: string): Host {
    return this.#host(name);
  }

  /** The place outside of all pods, inside the lab. */
  get outside(): Host {
    return this.#host(undefined);
  }

  /** Starts a command in a pod and waits until it is ready. */
  async startCommand(start: CommandStart, signal: AbortSignal): Promise<Running> {
    const program = this.#next++;
    const tracked = this.#track(program, start.name);
    await this.#ask({ type: 'start-command', program, ...start }, signal);
    tracked.ready = true;
    return { ended: tracked.ended, log: tracked.log, dispose: () => this.#endProgram(program) };
  }

  /** Captures what an interface of a pod carries into a file, until stopped. */
  async startCapture(
    capture: { pod: string; interface: string; file: string; ports: readonly number[]; snaplen: number },
    signal: AbortSignal,
  ): Promise<Pick<Capture, 'traffic' | 'stop'>> {
    const id = this.#next++;
    await this.#ask({ type: 'start-capture', capture: id, ...capture }, signal);
    return {
      traffic: async () => (await this.#ask({ type: 'read-capture', capture: id })) as InterfaceTraffic,
      stop: async () => (await this.#ask({ type: 'stop-capture', capture: id })) as CaptureResult,
    };
  }

  /** Lets a frame arrive on an interface of a pod. */
  async injectFrame(pod: string, name: string, frame: Uint8Array): Promise<void> {
    await this.#ask({ type: 'inject-frame', pod, interface: name, frame });
  }

  /** Runs a short command as root in a pod, or outside of all pods, and returns what it prints, for example `iptables-save`. Rejects when it fails. */
  async run(pod: string | undefined, argv: readonly [string, ...string[]], input?: string): Promise<string> {
    return (await this.#ask({ type: 'run', pod, argv, input })) as string;
  }

  /** Asks a server on a Unix socket of the lab. Rejects when it answers with something else than 200. */
  async askSocket(socket: string, method: 'GET' | 'POST', path: string): Promise<string> {
    return (await this.#ask({ type: 'ask-socket', socket, method, path })) as string;
  }

  /** The text of a file in the lab. */
  async readFile(path: string): Promise<string> {
    return (await this.#ask({ type: 'read-file', path })) as string;
  }

  /** Copies what programs left of messages too long for a journal into a folder. Resolves with the names of the copies. */
  async collectMessages(folder: string): Promise<readonly string[]> {
    return (await this.#ask({ type: 'collect-messages', folder })) as readonly string[];
  }

  /** Leaves the lab running when the runner ends. */
  async keep(): Promise<void> {
    await this.#ask({ type: 'keep' });
    this.#ending = true;
    this.#child.disconnect();
    this.#child.stderr?.destroy();
    this.#child.unref();
  }

  /** Ends the lab and waits until no process of it is left. */
  async dispose(): Promise<void> {
    this.#ending = true;
    endGroup(this.#child);
    await this.#gone;
  }

  #host(pod: string | undefined): Host {
    return {
      name: pod ?? 'outside',
      startProgram: (start, signal) => this.#startProgram(pod, start, signal),
    };
  }

  async #startProgram<Info>(
    pod: string | undefined,
    start: ProgramStart,
    signal: AbortSignal | undefined,
  ): Promise<RunningProgram<Info>> {
    const program = this.#next++;
    const { name } = start;
    const tracked = this.#track(program, name);
    const info = await this.#ask(
      {
        type: 'start-program',
        program,
        pod,
        name,
        module: bundled(fileURLToPath(start.module)),
        options: start.options,
        user: start.user,
      },
      signal,
    ).catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== PROGRAM_ENDED) throw error;
      throw partIsGone(`${error.message}${lastWords(tracked.log)}`, error);
    });
    tracked.ready = true;
    return {
      info: info as Info,
      journal: tracked.journal,
      log: tracked.log,
      ended: tracked.ended,
      request: async <Result>(method: string, params: unknown, abort?: AbortSignal) =>
        (await this.#ask({ type: 'ask', program, method, params }, abort)) as Result,
      dispose: () => this.#endProgram(program),
    };
  }

  #track(program: number, name: string): Tracked {
    let end: (how: Ended) => void = () => {};
    const ended = new Promise<Ended>((resolve) => {
      end = resolve;
    });
    const tracked: Tracked = { name, journal: [], log: [], ended, ready: false, end };
    this.#programs.set(program, tracked);
    return tracked;
  }

  async #endProgram(program: number): Promise<void> {
    if (this.#ended || this.#disposed.has(program)) return;
    this.#disposed.add(program);
    await this.#ask({ type: 'end-program', program });
  }

  #ask(request: LabRequest, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      if (this.#ended || !this.#child.connected) return reject(this.#endedError());
      const id = this.#next++;
      const abort = (): void => {
        this.#waiting.delete(id);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      const settled = (): void => signal?.removeEventListener('abort', abort);
      this.#waiting.set(id, {
        resolve: (result) => {
          settled();
          resolve(result);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      const message: ToInit = { id, request };
      this.#child.send(message, (error) => {
        if (error !== null) this.#take(id)?.reject(this.#endedError());
      });
    });
  }

  #take(id: number) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #receive(message: FromInit): void {
    switch (message.type) {
      case 'answer':
        this.#take(message.id)?.resolve(message.result);
        return;
      case 'failure':
        this.#take(message.id)?.reject(errorOf(message.error));
        return;
      case 'journal': {
        const journal = this.#programs.get(message.program)?.journal;
        for (const record of message.records) journal?.push(record);
        return;
      }
      case 'log':
        this.#programs.get(message.program)?.log.push(message.line);
        return;
      case 'ended': {
        const tracked = this.#programs.get(message.program);
        tracked?.end({ code: message.code, signal: message.signal });
        if (tracked?.ready === true && !this.#disposed.has(message.program) && !this.#ending) {
          const how = message.signal ?? `exit code ${message.code}`;
          this.#options.onUnexpectedEnd(partIsGone(`the ${tracked.name} has ended (${how})${lastWords(tracked.log)}`));
        }
      }
    }
  }

  #endAll(): void {
    this.#ended = true;
    if (!this.#ending) this.#options.onUnexpectedEnd(partIsGone('the lab has ended'));
    for (const waiting of this.#waiting.values()) waiting.reject(this.#endedError());
    this.#waiting.clear();
    for (const program of this.#programs.values()) program.end({ code: null, signal: 'SIGKILL' });
  }

  #endedError(): EnvironmentError {
    const said = this.#standardError.trim();
    return new EnvironmentError(`the lab has ended${said === '' ? '' : `:\n${said}`}`);
  }
}

/**
 * Kills `unshare` and whatever it has started. In a user namespace that is more than the lab: `unshare --map-auto` has a helper
 * that maps user ids, and the helper would wait for `unshare` for ever.
 */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of it has ended already.
  }
}

function partIsGone(what: string, cause?: Error): EnvironmentError {
  return new EnvironmentError(`a part of the scenario is gone: ${what}`, { cause });
}

/** What a program said last, as far as it was trouble. */
function lastWords(log: readonly LogLine[]): string {
  const trouble = log.filter(({ level }) => level === 'error' || level === 'warn').slice(-LAST_WORDS);
  return trouble.length === 0 ? '' : `; it said last:\n${trouble.map(({ text }) => `  ${text}`).join('\n')}\n`;
}

/** The command before the lab's own: who ends it, and in which namespaces it runs. */
function labCommand(mayBeKept: boolean): [string, ...string[]] {
  const user = process.geteuid?.() === 0 ? [] : ['--user', '--map-auto', '--map-root-user'];
  const unshare = ['unshare', ...user, '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  // A lab that may be kept cannot be tied to the runner's life by the kernel; init's lost channel ends it instead.
  return mayBeKept ? (unshare as [string, ...string[]]) : ['setpriv', '--pdeathsig', 'KILL', '--', ...unshare];
}
