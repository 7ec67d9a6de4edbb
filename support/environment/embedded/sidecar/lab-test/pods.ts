/** The lab of the sidecar's test: pods `workload` and `caller` with Istio's rules, and `stranger` without. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FromProgram, ToProgram, User } from '../../../../program/protocol.js';
import { unprivilegedCommand } from '../../../../program/unprivileged.js';
import { istioInterception } from '../../data-plane/istio-rules.js';
import { SIDECAR_USER } from '../../engine/engine.js';
import { bootstrapOf } from '../../envoy/bootstrap.js';
import { envoyCommand, envoyFiles } from '../../envoy/command.js';
import { writePrivately } from '../../lab/private-file.js';
import { isReady } from '../../lab/readiness.js';
import { netnsPath, setupScript } from '../../lab/topology.js';
import { askSocket } from '../../lab/unix-socket.js';
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
      { name: 'workload', address: WORKLOAD, interception: istioInterception() },
      { name: 'caller', address: CALLER, interception: istioInterception() },
      { name: 'stranger', address: STRANGER },
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

/** The engines that the test runs on; `envoy` where MIRRORSPEC_ENVOY names one. */
export type Engine = 'node' | 'envoy';

export function startSidecar(engine: Engine, pod: string, options: SidecarOptions): Promise<Program> {
  if (engine === 'envoy') return startEnvoy(pod, options);
  return start(pod, new URL('../program.js', import.meta.url), options, SIDECAR_USER);
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

let envoys = 0;

/** As the lab's first process starts it. */
async function startEnvoy(pod: string, options: SidecarOptions): Promise<Program> {
  const path = process.env.MIRRORSPEC_ENVOY ?? '';
  const files = envoyFiles(`${pod}-${++envoys}`);
  writePrivately({ path: files.bootstrap, text: JSON.stringify(bootstrapOf(options, files)) }, SIDECAR_USER);
  const [file, ...args] = unprivilegedCommand(envoyCommand(path, files), SIDECAR_USER, dirname(path)) as [string];
  const child = spawn('nsenter', [`--net=${netnsPath(pod)}`, '--', file, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await isReady({ kind: 'answers', socket: files.admin, path: '/ready' }, child, async () => '');
  return {
    pid: child.pid ?? 0,
    log: [],
    ask: async <Answer>(): Promise<Answer> => {
      const text = await askSocket({ socket: files.admin, method: 'GET', path: '/stats' });
      return envoyStatistics(text) as Answer;
    },
    async end() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Those of Envoy's statistics that the test asks for, under the names that `node` has for them. */
function envoyStatistics(text: string): SidecarStatistics {
  const counted = (name: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.split(': ')[1] ?? 0,
    );
  const side = (listener: string, prefix: string): SidecarStatistics['outbound'] => ({
    connections: counted(`listener.${listener}.downstream_cx_total`),
    spoken: {
      'http/1.1': counted(`http.${prefix}_http.downstream_cx_http1_total`),
      h2: counted(`http.${prefix}_http.downstream_cx_http2_total`),
      tcp: counted(`tcp.${prefix}_tcp.downstream_cx_total`),
    },
    requests: counted(`http.${prefix}_http.downstream_rq_total`),
    upstreamConnections: 0,
    mutualTlsHandshakes: counted(`listener.${listener}.ssl.handshake`),
    tlsFailures: Object.fromEntries(
      ['fail_verify_no_cert', 'fail_verify_san', 'fail_verify_error']
        .map((reason): [string, number] => [reason, counted(`listener.${listener}.ssl.${reason}`)])
        .filter(([, count]) => count > 0),
    ),
  });
  const inbound = side('0.0.0.0_15006', 'inbound');
  const refusedPlaintext = counted('listener.0.0.0.0_15006.no_filter_chain_match');
  return { inbound: { ...inbound, refusedPlaintext }, outbound: side('0.0.0.0_15001', 'outbound') };
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
