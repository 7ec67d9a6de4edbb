import { bind, check } from './system-call.js';

const prctl = bind<[option: number, value: number], number>('int prctl(int option, unsigned long value)');
const capset = bind<[header: Uint8Array, data: Uint8Array], number>(
  'int capset(_In_ uint8_t *header, _In_ uint8_t *data)',
);

// <linux/prctl.h>, <linux/capability.h>
const PR_SET_KEEPCAPS = 8;
const LINUX_CAPABILITY_VERSION_3 = 0x20080522;
const CAP_NET_ADMIN = 12;

/** Whom a program becomes. */
export interface UnprivilegedUser {
  readonly uid: number;
  readonly gid: number;
  /** It keeps CAP_NET_ADMIN, and nothing else: for transparent sockets. Only the main thread has it. */
  readonly keepsNetworkAdministration?: boolean;
}

/**
 * Becomes an ordinary user for good: supplementary groups, gid, uid, in that order. To be called once everything that needs
 * privileges is open.
 *
 * @throws where it is not possible: a user namespace that maps only one user cannot do it (EINVAL).
 */
export function becomeUser({ uid, gid, keepsNetworkAdministration = false }: UnprivilegedUser): void {
  // The kernel takes all capabilities from a thread that stops being root, but from one that says this only those in effect.
  if (keepsNetworkAdministration) check(prctl(PR_SET_KEEPCAPS, 1), 'prctl', 'PR_SET_KEEPCAPS');
  process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
  if (keepsNetworkAdministration) keepOnly(CAP_NET_ADMIN);
}

/** The same, where it may be impossible. @returns why it was: there is little to give up then. */
export function giveUpPrivileges(user: UnprivilegedUser): Error | undefined {
  try {
    becomeUser(user);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function keepOnly(capability: number): void {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(LINUX_CAPABILITY_VERSION_3);
  // Two of: effective, permitted, inheritable. The second is of capabilities from 32 on.
  const data = Buffer.alloc(24);
  data.writeUInt32LE(1 << capability, 0);
  data.writeUInt32LE(1 << capability, 4);
  check(capset(header, data), 'capset');
}
