/** The lab of the sidecar's test: pods `workload` and `caller` with Istio's rules, and `stranger` without. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromProgram, ToProgram, User } from '../../../../program/protocol.js';
import { netnsPath, setupScript } from '../../lab/topology.js';
import type { SidecarOptions } from '../options.js';
import type { SidecarStatistics } from '../telemetry.js';
import type { Seen } from './application.js';

export const WORKLOAD = '10.244.0.10';
export const CALLER = '10.244.0.20';
const STRANGER = '10.244.0.30';

/** Why this machine cannot run the lab; `false` if it can. */
export function cannotRunLab(): string | false {
  const done = spawnSync('unshare', [...namespaces(), 'true'], { encoding: 'utf8' });
  return done.status === 0 ? false : `no namespaces: ${done.stderr?.trim() || done.error?.message}`;
}

/** The command that builds the lab and runs a test file in the caller's pod. */
export function labCommand(file: string): [string, string[]] {
  const plan = {
    pods: [
      { name: 'workload', address: WORKLOAD, intercepted: true },
      { name: 'caller', address: CALLER, intercepted: true },
      { name: 'stranger', address: STRANGER, intercepted: false },
    ],
    services: [],
  };
  const run = `exec nsenter --net=${netnsPath('caller')} ${process.execPath} --test-reporter=tap ${file}`;
  return ['unshare', [...namespaces(), 'sh', '-c', `${setupScript(plan)}\n${run}`]];
}

function namespaces(): string[] {
  const user = process.geteuid?.() === 0 ? [] : ['--user', '--map-auto', '--map-root-user'];
  return [...user, '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
}

export interface Program {
  readonly pid: number;
  ask(method: 'seen'): Promise<Seen>;
  ask(method: 'statistics'): Promise<SidecarStatistics>;
  readonly log: string[];
  end(): Promise<void>;
}

export function startApplication(): Promise<Program> {
  return start('workload', new URL('./application.js', import.meta.url), {}, { uid: 1000, gid: 1000 });
}

export function startSidecar(pod: string, options: SidecarOptions): Promise<Program> {
  return start(pod, new URL('../program.js', import.meta.url), options, { uid: 1337, gid: 1337 });
}

/** Runs a short script in a pod and returns what it prints. */
export function inPod(pod: string, argv: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('nsenter', [`--net=${netnsPath(pod)}`, '--', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    child.once('close', () => resolve(text));
  });
}

async function start(pod: string, module: URL, options: unknown, user: User): Promise<Program> {
  const child: ChildProcess = spawn(
    'nsenter',
    [`--net=${netnsPath(pod)}`, '--', process.execPath, fileURLToPath(module)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' },
  );
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  const log: string[] = [];
  let next = 1;
  const ready = new Promise<unknown>((resolve, reject) => {
    waiting.set(0, { resolve, reject });
    child.once('exit', (code) => reject(new Error(`ended with exit code ${code}`)));
  });
  child.on('message', (message: FromProgram) => {
    if (message.type === 'ready') waiting.get(0)?.resolve(undefined);
    else if (message.type === 'response') waiting.get(message.id)?.resolve(message.result);
    else if (message.type === 'error') waiting.get(message.id ?? 0)?.reject(new Error(message.error.stack));
    else if (message.type === 'log') log.push(message.line.text);
    if (message.type === 'error') console.error(message.error.stack);
    if (message.type === 'log' && message.line.level !== 'info') console.error(message.line.text);
  });
  const begin: ToProgram = { type: 'start', options, user };
  child.send(begin);
  await ready;
  return {
    pid: child.pid ?? 0,
    log,
    ask: <Result>(method: string) =>
      new Promise<Result>((resolve, reject) => {
        const id = next++;
        waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
        const request: ToProgram = { type: 'request', id, method, params: undefined };
        child.send(request);
      }),
    end: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}
