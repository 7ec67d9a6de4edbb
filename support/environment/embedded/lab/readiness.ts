import type { ChildProcess } from 'node:child_process';
import type { Readiness } from './protocol.js';
import { askSocket } from './unix-socket.js';

/** How often to look, in milliseconds: at the kernel's socket table, which a process has to print, and at a socket. */
const LISTENING_POLL_MS = 20;
const SOCKET_POLL_MS = 4;

/** Waits until a command is ready, or has ended. `socketTable` prints the pod's table of TCP sockets. */
export async function isReady(
  ready: Readiness,
  child: ChildProcess,
  socketTable: () => Promise<string>,
): Promise<void> {
  if (ready.kind === 'answers') {
    await until(child, SOCKET_POLL_MS, () =>
      askSocket({ ...ready, method: 'GET' }).then(
        () => true,
        () => false,
      ),
    );
    return;
  }
  // A connection attempt would show up in the evidence, so none is made.
  await until(child, LISTENING_POLL_MS, async () => {
    const table = await socketTable().catch(() => '');
    return ready.ports.every((port) => isListening(table, port));
  });
}

/** What a command has not done yet that is not ready, in words. */
export function wordsFor(ready: Readiness): string {
  return ready.kind === 'answers' ? 'was ready' : `listened on port ${ready.ports.join(', ')}`;
}

/** Whether a port is in LISTEN state. */
function isListening(table: string, port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const listening = new RegExp(`^\\s*\\d+: [0-9A-F]+:${hex} [0-9A-F:]+ 0A `);
  return table.split('\n').some((line) => listening.test(line));
}

async function until(child: ChildProcess, pollMs: number, holds: () => Promise<boolean>): Promise<void> {
  while (child.exitCode === null && child.signalCode === null && !(await holds())) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
