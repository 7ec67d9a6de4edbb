import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';

/** Listens where the local process connects to. Only its owner and root may: a workload's traffic is nobody else's business. */
export async function listenForLocalProcess(server: Server, path: string): Promise<void> {
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
}
