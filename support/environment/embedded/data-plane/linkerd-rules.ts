import { restoreInput } from '../lab/restore-input.js';
import type { Interception } from '../lab/topology.js';
import {
  LINKERD_INBOUND_PORT,
  LINKERD_OUTBOUND_PORT,
  LINKERD_OWN_PORTS,
  LINKERD_SKIPPED_PORTS,
} from '../linkerd/options.js';

/** User and group id of Linkerd's proxy. */
export const LINKERD_UID = 2102;

/**
 * Input of `iptables-restore` or `ip6tables-restore` that installs the rules of Linkerd's `proxy-init` into an empty nat table. Source:
 * linkerd2-proxy-init `pkg/iptables/iptables.go`.
 *
 * @param skipped inbound ports that are left alone besides Linkerd's own (annotation `config.linkerd.io/skip-inbound-ports`)
 */
export function proxyInitRules(skipped: readonly number[] = []): string {
  const inbound = [...LINKERD_OWN_PORTS, ...LINKERD_SKIPPED_PORTS, ...skipped];
  return restoreInput([
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':PROXY_INIT_OUTPUT - [0:0]',
    ':PROXY_INIT_REDIRECT - [0:0]',
    `-A PROXY_INIT_REDIRECT -p tcp -m multiport --dports ${inbound.join(',')} ${comment('ignore-port')} -j RETURN`,
    `-A PROXY_INIT_REDIRECT -p tcp ${comment('redirect-all-incoming-to-proxy-port')} -j REDIRECT --to-ports ${LINKERD_INBOUND_PORT}`,
    `-A PREROUTING ${comment('install-proxy-init-prerouting')} -j PROXY_INIT_REDIRECT`,
    `-A PROXY_INIT_OUTPUT -m owner --uid-owner ${LINKERD_UID} ${comment('ignore-proxy-user-id')} -j RETURN`,
    `-A PROXY_INIT_OUTPUT -o lo ${comment('ignore-loopback')} -j RETURN`,
    `-A PROXY_INIT_OUTPUT -p tcp -m multiport --dports ${LINKERD_SKIPPED_PORTS.join(',')} ${comment('ignore-port')} -j RETURN`,
    `-A PROXY_INIT_OUTPUT -p tcp ${comment('redirect-all-outgoing-to-proxy-port')} -j REDIRECT --to-ports ${LINKERD_OUTBOUND_PORT}`,
    `-A OUTPUT ${comment('install-proxy-init-output')} -j PROXY_INIT_OUTPUT`,
    'COMMIT',
  ]);
}

/** What leads the connections of a pod to its proxy. */
export function linkerdInterception(skipped: readonly number[] = []): Interception {
  const rules = proxyInitRules(skipped);
  return { rules: { IPv4: rules, IPv6: rules }, ip: { IPv4: [], IPv6: [] } };
}

function comment(text: string): string {
  return `-m comment --comment "proxy-init/${text}"`;
}
