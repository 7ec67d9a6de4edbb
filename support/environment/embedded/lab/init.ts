/**
 * The first process of a lab (PID 1 of its PID namespace): builds the pods, starts and ends programs, captures packets.
 * Everything in the lab ends with it, and it ends when the runner is gone.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { type Capture, startCapture } from '../../../evidence/capture.js';
import { injectFrame } from '../../../linux/inject-frame.js';
import { now } from '../../../model/journal.js';
import type { LogLine } from '../../../model/session.js';
import { errorOf, type FromProgram, type ToProgram, wireErrorOf } from '../../../program/protocol.js';
import { unprivilegedCommand } from '../../../program/unprivileged.js';
import { collectMessages } from './collect-messages.js';
import { writePrivately } from './private-file.js';
import { type FromInit, type LabRequest, PROGRAM_ENDED, type ToInit } from './protocol.js';
import { isReady, wordsFor } from './readiness.js';
import { hostInterface, type LabPlan, netnsPath, setupScript } from './topology.js';
import { askSocket } from './unix-socket.js';

interface Program {
  readonly child: ChildProcess;
  readonly name: string;
  readonly waiting: Map<number, Waiting>;
  nextId: number;
}
interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const programs = new Map<number, Program>();
const captures = new Map<number, Capture>();
let pods: LabPlan['pods'] = [];
let keep = false;

/**
 * Captures lose frames when their reader has to wait for the processor, so that reader goes first. Only root may have that.
 * Its programs start at ordinary priority.
 */
const CAPTURE_PRIORITY = -10;
try {
  setPriority(CAPTURE_PRIORITY);
} catch {
  // In a user namespace captures have to do without; what they lose is counted.
}

process.on('message', ({ id, request }: ToInit) => {
  perform(request).then(
    (result) => tell({ type: 'answer', id, result }),
    (error: unknown) => tell({ type: 'failure', id, error: wireErrorOf(error) }),
  );
});
process.on('disconnect', () => {
  if (!keep) process.exit(0);
});

async function perform(request: LabRequest): Promise<unknown> {
  switch (request.type) {
    case 'build':
      return build(request.plan);
    case 'start-program':
      return startProgram(request);
    case 'start-command':
      return startCommand(request);
    case 'ask':
      return ask(request.program, { method: request.method, params: request.params });
    case 'end-program':
      return endProgram(request.program);
    case 'start-capture':
      return openCapture(request);
    case 'read-capture':
      return captureOf(request.capture).traffic();
    case 'stop-capture':
      return captureOf(request.capture).stop();
    case 'inject-frame':
      return inject(request);
    case 'run':
      return runInPod(request);
    case 'ask-socket':
      return askSocket(request);
    case 'read-file':
      return readFile(request.path, 'utf8');
    case 'collect-messages':
      return collectMessages(request.folder);
    case 'keep':
      keep = true;
      // Nothing else may be left to wait for once the runner's channel closes; nor is anybody left to read our words.
      setInterval(() => {}, 2 ** 30);
      process.stderr.on('error', () => {});
      return undefined;
  }
}

async function build(plan: LabPlan): Promise<void> {
  pods = plan.pods;
  await run('sh', ['-s'], setupScript(plan));
}

/** Runs a command to its end; its standard error becomes the error's message. */
function run(file: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr.trim() === '' ? error.message : stderr.trim(), { cause: error }));
    });
    child.stdin?.end(input);
  });
}

/** The argument vector that runs `argv` in a pod's network namespace, or as it is outside of all pods. */
function inPod(pod: string | undefined, argv: readonly string[]): [string, string[]] {
  const full = pod === undefined ? argv : ['nsenter', `--net=${netnsPath(pod)}`, '--', ...argv];
  return [full[0] as string, full.slice(1)];
}

function adopt(id: number, name: string, child: ChildProcess): Program {
  const program: Program = { child, name, waiting: new Map(), nextId: 1 };
  programs.set(id, program);
  const relay = (level: LogLine['level']) => (chunk: Buffer) => {
    for (const text of chunk.toString('utf8').split('\n')) {
      if (text !== '') tell({ type: 'log', program: id, line: { at: now(), level, text } });
    }
  };
  child.stdout?.on('data', relay('info'));
  child.stderr?.on('data', relay('warn'));
  child.on('exit', (code, signal) => {
    programs.delete(id);
    const how = signal === null ? `exit code ${code}` : signal;
    const error = Object.assign(new Error(`the ${name} has ended (${how})`), { name: PROGRAM_ENDED });
    for (const waiting of program.waiting.values()) waiting.reject(error);
    tell({ type: 'ended', program: id, code, signal });
  });
  return program;
}

async function startProgram(request: Extract<LabRequest, { type: 'start-program' }>): Promise<unknown> {
  const [file, args] = inPod(request.pod, [process.execPath, request.module]);
  const child = spawn(file, args, {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  const program = adopt(request.program, request.name, child);
  return new Promise((resolve, reject) => {
    program.waiting.set(0, { resolve, reject });
    child.on('error', reject);
    child.on('message', (message: FromProgram) => receive(request.program, program, message));
    const start: ToProgram = { type: 'start', options: request.options, ...(request.user && { user: request.user }) };
    child.send(start);
  });
}

function receive(id: number, program: Program, message: FromProgram): void {
  switch (message.type) {
    case 'journal':
      tell({ type: 'journal', program: id, records: message.records });
      return;
    case 'log':
      tell({ type: 'log', program: id, line: message.line });
      return;
    case 'ready':
      settle(program, 0)?.resolve(message.info);
      return;
    case 'response':
      settle(program, message.id)?.resolve(message.result);
      return;
    case 'error': {
      const error = errorOf(message.error);
      const waiting = message.id === undefined ? settle(program, 0) : settle(program, message.id);
      if (waiting !== undefined) waiting.reject(error);
      else tell({ type: 'log', program: id, line: { at: now(), level: 'error', text: error.stack ?? error.message } });
    }
  }
}

function settle(program: Program, id: number): Waiting | undefined {
  const waiting = program.waiting.get(id);
  program.waiting.delete(id);
  return waiting;
}

function ask(id: number, call: { method: string; params: unknown }): Promise<unknown> {
  const program = programs.get(id);
  if (program === undefined) return Promise.reject(new Error('the program has ended'));
  return new Promise((resolve, reject) => {
    const request = program.nextId++;
    program.waiting.set(request, { resolve, reject });
    const message: ToProgram = { type: 'request', id: request, ...call };
    program.child.send(message);
  });
}

/**
 * Starts a command as an unprivileged user and waits until it is ready. One that ends before is an error with what it printed
 * last.
 */
async function startCommand(request: Extract<LabRequest, { type: 'start-command' }>): Promise<void> {
  const { argv, cwd } = request.command;
  for (const file of request.files ?? []) writePrivately(file, request.user);
  const [file, args] = inPod(request.pod, unprivilegedCommand(argv, request.user, cwd));
  const child = spawn(file, args, {
    cwd: request.command.cwd,
    env: { ...process.env, ...request.command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  const remember = (chunk: Buffer): void => {
    printed.push(chunk.toString('utf8'));
    if (printed.length > 50) printed.shift();
  };
  child.stdout?.on('data', remember);
  child.stderr?.on('data', remember);
  adopt(request.program, request.name, child);
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const output = printed.join('').trimEnd();
      reject(
        new Error(
          `${request.command.argv.join(' ')} ended (${signal ?? `exit code ${code}`}) before it ${wordsFor(request.ready)}` +
            `${output === '' ? '' : `; it printed:\n${output}`}`,
        ),
      );
    });
  });
  ended.catch(() => {});
  const socketTable = () => run(...inPod(request.pod, ['cat', '/proc/net/tcp', '/proc/net/tcp6']));
  await Promise.race([isReady(request.ready, child, socketTable), ended]);
}

async function endProgram(id: number): Promise<void> {
  const program = programs.get(id);
  if (program === undefined) return;
  await new Promise<void>((resolve) => {
    program.child.once('exit', () => resolve());
    program.child.kill('SIGKILL');
  });
}

async function openCapture(request: Extract<LabRequest, { type: 'start-capture' }>): Promise<void> {
  const capture = await startCapture({
    netnsPath: netnsPath(request.pod),
    interface: request.interface,
    file: request.file,
    ports: request.ports,
    snaplen: request.snaplen,
  });
  captures.set(request.capture, capture);
}

function captureOf(id: number): Capture {
  const capture = captures.get(id);
  if (capture === undefined) throw new Error(`there is no capture ${id}`);
  return capture;
}

/** Sends a frame so that it arrives on a pod's interface: on `lo` from inside, else from the other end of the veth. */
async function inject(request: Extract<LabRequest, { type: 'inject-frame' }>): Promise<void> {
  if (request.interface === 'lo') {
    injectFrame({ netnsPath: netnsPath(request.pod), interface: 'lo', frame: request.frame });
    return;
  }
  const index = pods.findIndex((pod) => pod.name === request.pod);
  injectFrame({ interface: hostInterface(index), frame: request.frame });
}

function runInPod({ pod, argv, input }: Extract<LabRequest, { type: 'run' }>): Promise<string> {
  const [file, args] = inPod(pod, argv);
  return run(file, args, input);
}

function tell(message: FromInit): void {
  if (process.connected) process.send?.(message);
}
