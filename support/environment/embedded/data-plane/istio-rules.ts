/**
 * Istio's interception rules (sidecar, all ports captured), as `istio-iptables` writes them, for IPv6 the same in
 * ip6tables: `-p 15001 -z 15006 -u 1337 -m REDIRECT -i '*' -b '*' -d 15090,15021,15020`.
 * Source: Istio `tools/istio-iptables/pkg/capture/run.go` and its golden files.
 */

import type { InterceptionMode, IpFamily } from '../../../model/situation.js';
import { restoreInput } from '../lab/restore-input.js';
import type { Interception } from '../lab/topology.js';
import { INBOUND_BIND_ADDRESS, INBOUND_BIND_ADDRESS_IPV6, INBOUND_PORT, OUTBOUND_PORT } from '../sidecar/options.js';
import { TPROXY_ROUTES, tproxyRules } from './istio-tproxy.js';

/** The sidecar's user and group id; Istio derives the group from the user. */
export const SIDECAR_UID = 1337;
const HBONE_PORT = 15008;
/** Envoy's Prometheus endpoint, the readiness endpoint, and pilot-agent's merged metrics and rewritten probes. */
const EXCLUDED_INBOUND_PORTS = [15090, 15021, 15020];

/** Addresses that the rules name, by the version of IP. */
const LOCAL = {
  IPv4: { bind: `${INBOUND_BIND_ADDRESS}/32`, loopback: '127.0.0.1/32' },
  IPv6: { bind: `${INBOUND_BIND_ADDRESS_IPV6}/128`, loopback: '::1/128' },
} as const;

/**
 * Input of `iptables-restore` or `ip6tables-restore` that installs the rules into empty tables. The mode is that of what comes in; what
 * goes out is always redirected. TPROXY is for IPv4.
 *
 * @param excluded inbound ports that are left alone besides the mesh's own (annotation `traffic.sidecar.istio.io/excludeInboundPorts`)
 */
export function interceptionRules(
  excluded: readonly number[] = [],
  family: IpFamily = 'IPv4',
  mode: InterceptionMode = 'REDIRECT',
): string {
  const leftAlone = [...EXCLUDED_INBOUND_PORTS, ...excluded];
  const { bind, loopback } = LOCAL[family];
  const owner = (match: string): string[] => [
    `-A ISTIO_OUTPUT ! -d ${loopback} -o lo -p tcp -m tcp ! --dport ${HBONE_PORT} -m owner ${match} -j ISTIO_IN_REDIRECT`,
    `-A ISTIO_OUTPUT -o lo -m owner ! ${match} -j RETURN`,
    `-A ISTIO_OUTPUT -m owner ${match} -j RETURN`,
  ];
  return restoreInput([
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':ISTIO_INBOUND - [0:0]',
    ':ISTIO_REDIRECT - [0:0]',
    ':ISTIO_IN_REDIRECT - [0:0]',
    ':ISTIO_OUTPUT - [0:0]',
    ...(mode === 'REDIRECT' ? ['-A PREROUTING -p tcp -j ISTIO_INBOUND'] : []),
    '-A OUTPUT -j ISTIO_OUTPUT',
    `-A ISTIO_INBOUND -p tcp -m tcp --dport ${HBONE_PORT} -j RETURN`,
    ...(mode === 'REDIRECT'
      ? [
          ...leftAlone.map((port) => `-A ISTIO_INBOUND -p tcp -m tcp --dport ${port} -j RETURN`),
          '-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT',
        ]
      : []),
    `-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports ${OUTBOUND_PORT}`,
    `-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports ${INBOUND_PORT}`,
    `-A ISTIO_OUTPUT -s ${bind} -o lo -j RETURN`,
    ...owner(`--uid-owner ${SIDECAR_UID}`),
    ...owner(`--gid-owner ${SIDECAR_UID}`),
    `-A ISTIO_OUTPUT -d ${loopback} -j RETURN`,
    '-A ISTIO_OUTPUT -j ISTIO_REDIRECT',
    'COMMIT',
    ...(mode === 'TPROXY' ? tproxyRules(leftAlone, SIDECAR_UID) : []),
  ]);
}

/** What leads the connections of a pod to its sidecar. `lo` does not have the sidecar's IPv6 address by itself. */
export function istioInterception(excluded: readonly number[] = [], mode: InterceptionMode = 'REDIRECT'): Interception {
  return {
    rules: { IPv4: interceptionRules(excluded, 'IPv4', mode), IPv6: interceptionRules(excluded, 'IPv6') },
    ip: {
      IPv4: mode === 'TPROXY' ? TPROXY_ROUTES : [],
      IPv6: [`addr add ${INBOUND_BIND_ADDRESS_IPV6}/128 dev lo nodad`],
    },
  };
}
