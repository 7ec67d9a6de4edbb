import { readFileSync } from 'node:fs';

const LISTEN = '0A';

/**
 * Whether some process of the current network namespace listens on a TCP port, and the loopback address to reach it at
 * (`127.0.0.1`, or `::1` where only IPv6 loopback is bound). Reads the kernel's table: asking by a connection would show up in
 * the listener as a client that never speaks.
 */
export function listeningAddress(port: number): '127.0.0.1' | '::1' | undefined {
  return reachableAt(readTable('/proc/self/net/tcp'), port) ?? reachableAt(readTable('/proc/self/net/tcp6'), port);
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // No IPv6 in this kernel.
  }
}

/** Finds a listener in the text of `/proc/net/tcp` or `tcp6` (proc_pid_net(5)); addresses are in host byte order there. */
export function reachableAt(table: string, port: number): '127.0.0.1' | '::1' | undefined {
  for (const line of table.split('\n').slice(1)) {
    const [, local, , state] = line.trim().split(/\s+/);
    const [address, portHex] = local?.split(':') ?? [];
    if (state !== LISTEN || address === undefined || Number.parseInt(portHex ?? '', 16) !== port) continue;
    // 0.0.0.0, or [::], which takes IPv4 too; 127.0.0.1, plain or mapped into IPv6.
    if (/^0+$/.test(address) || address === '0100007F' || address.endsWith('FFFF00000100007F')) return '127.0.0.1';
    if (address === '00000000000000000000000001000000') return '::1';
  }
  return undefined;
}
