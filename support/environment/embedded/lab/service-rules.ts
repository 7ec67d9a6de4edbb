import { isIPv6 } from 'node:net';
import { restoreInput } from './restore-input.js';

/** A virtual address of a Service and where its connections really go. */
export interface ServiceAddress {
  readonly address: string;
  readonly port: number;
  readonly endpoint: string;
}

/**
 * Input of `iptables-restore` or `ip6tables-restore` that does what kube-proxy does on a node: destination NAT of Service addresses, all
 * of one version of IP.
 */
export function serviceRules(services: readonly ServiceAddress[]): string {
  return restoreInput([
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':KUBE-SERVICES - [0:0]',
    '-A PREROUTING -j KUBE-SERVICES',
    ...services.map(({ address, port, endpoint }) =>
      isIPv6(address)
        ? `-A KUBE-SERVICES -d ${address}/128 -p tcp -m tcp --dport ${port} -j DNAT --to-destination [${endpoint}]:${port}`
        : `-A KUBE-SERVICES -d ${address}/32 -p tcp -m tcp --dport ${port} -j DNAT --to-destination ${endpoint}:${port}`,
    ),
    'COMMIT',
  ]);
}
