import { networkInterfaces } from 'node:os';
import { bind, koffi, lastError } from './system-call.js';

const ifNametoindex = bind<[name: string], number>('unsigned int if_nametoindex(const char *name)');
const ifNameindex = bind<[], bigint | null>('void *if_nameindex()');
const ifFreenameindex = bind<[list: bigint], void>('void if_freenameindex(void *list)');

/** Index of a network interface of the current network namespace, or undefined if there is none of that name. */
export function interfaceIndex(name: string): number | undefined {
  const index = ifNametoindex(name);
  return index === 0 ? undefined : index;
}

/**
 * Names of all interfaces of the current network namespace, also of those that are down or have no address
 * (`os.networkInterfaces()` leaves them out, and /sys/class/net shows the namespace that mounted it).
 */
export function interfaceNames(): readonly string[] {
  const list = ifNameindex();
  if (list === null) throw lastError('if_nameindex');
  try {
    const entry = nameIndexEntry();
    const names: string[] = [];
    for (let offset = 0; ; offset += entry.size) {
      const { name } = koffi().decode(list, offset, entry) as { readonly name: string | null };
      if (name === null) return names;
      names.push(name);
    }
  } finally {
    ifFreenameindex(list);
  }
}

let nameIndex: ReturnType<ReturnType<typeof koffi>['struct']> | undefined;

function nameIndexEntry(): NonNullable<typeof nameIndex> {
  nameIndex ??= koffi().struct({ index: 'uint32', name: 'string' });
  return nameIndex;
}

/** The first IPv4 address of an interface and its hardware address. */
export function ipv4AddressOf(name: string): { readonly address: string; readonly mac: string } | undefined {
  const found = networkInterfaces()[name]?.find((entry) => entry.family === 'IPv4');
  return found === undefined ? undefined : { address: found.address, mac: found.mac };
}

/** The interface that owns an IPv4 address. */
export function interfaceOf(address: string): string | undefined {
  for (const [name, entries] of Object.entries(networkInterfaces())) {
    if (entries?.some((entry) => entry.family === 'IPv4' && entry.address === address)) return name;
  }
  return undefined;
}
