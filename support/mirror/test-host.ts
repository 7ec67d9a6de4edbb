import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Host, RunningProgram } from '../model/host.js';
import { type JournalRecord, now } from '../model/journal.js';
import type { LogLine } from '../model/session.js';
import type { FromProgram, ToProgram } from '../program/protocol.js';

/** A {@link Host} for lab tests: programs run in a network namespace, or in our own. It tells their processes too. */
export interface TestHost extends Host {
  readonly children: Map<string, ChildProcess>;
}

export function testHost(name: string, netnsPath?: string): TestHost {
  const children = new Map<string, ChildProcess>();
  return {
    name,
    children,
    startProgram: async <Info>(start: Parameters<Host['startProgram']>[0]) => {
      const argv = [...(netnsPath === undefined ? [] : ['nsenter', `--net=${netnsPath}`]), process.execPath];
      const [file = '', ...args] = [...argv, '--enable-source-maps', fileURLToPath(start.module)];
      const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
      children.set(start.name, child);
      return startOn<Info>(child, { type: 'start', options: start.options, ...(start.user && { user: start.user }) });
    },
  };
}

async function startOn<Info>(child: ChildProcess, start: ToProgram): Promise<RunningProgram<Info>> {
  const journal: JournalRecord[] = [];
  const log: LogLine[] = [];
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      for (const { reject } of waiting.values()) reject(new Error('the program has ended'));
      resolve({ code, signal });
    });
  });
  let nextId = 1;
  const expect = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  child.on('message', (message: FromProgram) => {
    switch (message.type) {
      case 'journal':
        journal.push(...message.records);
        break;
      case 'log':
        log.push(message.line);
        break;
      case 'ready':
        waiting.get(0)?.resolve(message.info);
        break;
      case 'response':
        waiting.get(message.id)?.resolve(message.result);
        break;
      case 'error': {
        const error = Object.assign(new Error(message.error.message), { name: message.error.name });
        const request = waiting.get(message.id ?? 0);
        if (request === undefined) log.push({ at: now(), level: 'error', text: error.message });
        else request.reject(error);
      }
    }
  });
  const ready = expect(0);
  child.send(start);
  const info = (await ready) as Info;
  return {
    info,
    journal,
    log,
    ended,
    request: async <Result>(method: string, params: unknown) => {
      if (!child.connected) throw new Error('the program has ended');
      const id = nextId++;
      const answer = expect(id);
      child.send({ type: 'request', id, method, params } satisfies ToProgram);
      return (await answer) as Result;
    },
    dispose: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
