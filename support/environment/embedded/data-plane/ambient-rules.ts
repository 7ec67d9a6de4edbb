import type { IpFamily } from '../../../model/situation.js';
import { restoreInput } from '../lab/restore-input.js';
import type { Interception } from '../lab/topology.js';
import { HBONE_PORT, INBOUND_PLAINTEXT_PORT, OUTBOUND_PORT, ZTUNNEL_MARK } from '../ztunnel/options.js';

const MASK = 0xfff;
/** Connections that ztunnel made to the application. Answers get the mark again, and a route of their own: back to ztunnel. */
const BACK_MARK = 0x111;
const BACK_TABLE = 100;
const BACK_PREFERENCE = 32764;

/** Addresses that the rules name. `probes`: what a node's probes of the pod seem to come from; they pass by ztunnel. */
const ADDRESSES = {
  IPv4: { loopback: '127.0.0.1/32', probes: '169.254.7.127/32', all: '0.0.0.0/0' },
  IPv6: { loopback: '::1/128', probes: 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128', all: '::/0' },
} as const;

/**
 * What Istio's CNI plugin installs in a pod of an ambient mesh, without the redirection of DNS: in a lab nobody asks for names.
 * Source: Istio `cni/pkg/iptables/iptables.go` and `iptables_linux.go`, with the golden files beside them.
 */
export function ambientInterception(): Interception {
  return {
    rules: { IPv4: ambientRules('IPv4'), IPv6: ambientRules('IPv6') },
    ip: { IPv4: routing('IPv4'), IPv6: routing('IPv6') },
  };
}

function ambientRules(family: IpFamily): string {
  const { loopback, probes } = ADDRESSES[family];
  const ztunnel = `${hexadecimal(ZTUNNEL_MARK)}/${hexadecimal(MASK)}`;
  const back = `${hexadecimal(BACK_MARK)}/${hexadecimal(MASK)}`;
  return restoreInput([
    '*mangle',
    ':ISTIO_OUTPUT - [0:0]',
    ':ISTIO_PRERT - [0:0]',
    '-A PREROUTING -j ISTIO_PRERT',
    '-A OUTPUT -j ISTIO_OUTPUT',
    `-A ISTIO_OUTPUT -m connmark --mark ${back} -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff`,
    `-A ISTIO_PRERT -m mark --mark ${ztunnel} -j CONNMARK --set-xmark ${back}`,
    'COMMIT',
    '*nat',
    ':ISTIO_OUTPUT - [0:0]',
    ':ISTIO_PRERT - [0:0]',
    '-A PREROUTING -j ISTIO_PRERT',
    '-A OUTPUT -j ISTIO_OUTPUT',
    `-A ISTIO_OUTPUT -d ${probes} -p tcp -m tcp -j ACCEPT`,
    `-A ISTIO_OUTPUT -p tcp -m mark --mark ${back} -j ACCEPT`,
    `-A ISTIO_OUTPUT ! -d ${loopback} -o lo -j ACCEPT`,
    `-A ISTIO_OUTPUT ! -d ${loopback} -p tcp -m mark ! --mark ${ztunnel} -j REDIRECT --to-ports ${OUTBOUND_PORT}`,
    `-A ISTIO_PRERT -s ${probes} -p tcp -m tcp -j ACCEPT`,
    `-A ISTIO_PRERT ! -d ${loopback} -p tcp -m tcp ! --dport ${HBONE_PORT} -m mark ! --mark ${ztunnel} -j REDIRECT --to-ports ${INBOUND_PLAINTEXT_PORT}`,
    'COMMIT',
  ]);
}

function routing(family: IpFamily): string[] {
  const mark = `${hexadecimal(BACK_MARK)}/${hexadecimal(MASK)}`;
  return [
    `rule add fwmark ${mark} pref ${BACK_PREFERENCE} lookup ${BACK_TABLE}`,
    `route add local ${ADDRESSES[family].all} dev lo table ${BACK_TABLE}`,
  ];
}

function hexadecimal(mark: number): string {
  return `0x${mark.toString(16)}`;
}
