/**
 * Istio's interception mode TPROXY: what comes in is handed to the sidecar with its addresses as they are, and the sidecar connects to
 * its application from the client's address. Source: Istio `tools/istio-iptables/pkg/capture/run.go` and `inbound-ports-wildcard-tproxy.golden`.
 */
import { INBOUND_BIND_ADDRESS, INBOUND_PORT, ORIGINAL_SOURCE_MARK } from '../sidecar/options.js';

/** Istio's `OutboundMark`: what the sidecar sends to its own pod's address, which its inbound side takes. */
const OWN_CALL_MARK = 1338;
/** Routes to the pod itself, whatever the address (Istio's `INBOUND_TPROXY_ROUTE_TABLE`). */
const ROUTE_TABLE = 133;

/** Lines of the table `mangle`, for `iptables-restore`. @param excluded inbound ports that are left alone */
export function tproxyRules(excluded: readonly number[], gidOrUid: number): string[] {
  const mark = ORIGINAL_SOURCE_MARK;
  return [
    '*mangle',
    ':PREROUTING ACCEPT [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':ISTIO_DIVERT - [0:0]',
    ':ISTIO_INBOUND - [0:0]',
    ':ISTIO_TPROXY - [0:0]',
    '-A PREROUTING -p tcp -j ISTIO_INBOUND',
    `-A PREROUTING -p tcp -m mark --mark ${mark} -j CONNMARK --save-mark`,
    `-A OUTPUT -o lo -p tcp -m mark --mark ${mark} -j RETURN`,
    ...['--uid-owner', '--gid-owner'].map(
      (owner) =>
        `-A OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp -m owner ${owner} ${gidOrUid} -j MARK --set-mark ${OWN_CALL_MARK}`,
    ),
    `-A OUTPUT -p tcp -m connmark --mark ${mark} -j CONNMARK --restore-mark`,
    `-A ISTIO_DIVERT -j MARK --set-mark ${mark}`,
    '-A ISTIO_DIVERT -j ACCEPT',
    `-A ISTIO_INBOUND -p tcp -m mark --mark ${mark} -j RETURN`,
    `-A ISTIO_INBOUND -s ${INBOUND_BIND_ADDRESS}/32 -i lo -p tcp -j RETURN`,
    `-A ISTIO_INBOUND -i lo -p tcp -m mark ! --mark ${OWN_CALL_MARK} -j RETURN`,
    ...excluded.map((port) => `-A ISTIO_INBOUND -p tcp -m tcp --dport ${port} -j RETURN`),
    '-A ISTIO_INBOUND -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j ISTIO_DIVERT',
    '-A ISTIO_INBOUND -p tcp -j ISTIO_TPROXY',
    `-A ISTIO_TPROXY ! -d 127.0.0.1/32 -p tcp -j TPROXY --on-port ${INBOUND_PORT} --on-ip 0.0.0.0 --tproxy-mark ${mark}/0xffffffff`,
    'COMMIT',
  ];
}

/** Commands for `ip -batch`: marked packets belong to the pod itself, be their address the client's. */
export const TPROXY_ROUTES = [
  `rule add fwmark ${ORIGINAL_SOURCE_MARK} lookup ${ROUTE_TABLE}`,
  `route add local default dev lo table ${ROUTE_TABLE}`,
] as const;
