import { randomInt } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { cpus } from 'node:os';
import type { IpFamily } from '../../../model/situation.js';
import { MESSAGES_DIRECTORY } from '../../../program/long-messages.js';
import { type ServiceAddress, serviceRules } from './service-rules.js';

/** What leads the connections of a pod to its proxy. */
export interface Interception {
  /** Input of `iptables-restore` and of `ip6tables-restore`, for empty tables. */
  readonly rules: Readonly<Record<IpFamily, string>>;
  /** Further lines for `ip -batch`: addresses, rules of policy routing and their routes. */
  readonly ip: Readonly<Record<IpFamily, readonly string[]>>;
}

/** One pod of a lab: a network namespace with `eth0` on the lab's bridge. */
export interface PodPlan {
  readonly name: string;
  /** IPv4 address of the pod. */
  readonly address: string;
  /** Absent: IPv4 only. */
  readonly addressIPv6?: string;
  /** Absent: nothing takes its connections. */
  readonly interception?: Interception;
}

export interface LabPlan {
  readonly pods: readonly PodPlan[];
  readonly services: readonly ServiceAddress[];
  /** Programs leave messages there that are too long for a journal. */
  readonly keepsLongMessages?: boolean;
}

/** Name of the bridge and gateway address of all pods (outside of every pod, like a node's). */
export const BRIDGE = 'mesh0';
export const GATEWAY = '10.244.0.1';
export const GATEWAY_IPV6 = 'fd00:10:244::1';
/** Folder on the lab's own tmpfs for sockets; world-writable with the sticky bit, like /tmp. */
export const LAB_DIRECTORY = '/run/mirrorspec';

/** Hardware addresses are locally administered, and said: nobody needs to ask for them. */
const BRIDGE_HARDWARE_ADDRESS = '02:00:0a:f4:00:01';

function podHardwareAddress(index: number): string {
  return `02:00:0a:f4:01:${index.toString(16).padStart(2, '0')}`;
}

/** Where `ip netns` keeps a pod's network namespace (inside the lab's mount namespace). */
export function netnsPath(pod: string): string {
  return `/run/netns/${pod}`;
}

/** The bridge's end of a pod's veth pair. At most 15 characters, as interface names must be. */
export function hostInterface(index: number): string {
  return `veth${index}`;
}

/**
 * The shell script that turns the fresh namespaces of a lab into pods on a bridge. Pods have /32 addresses and route
 * everything through the gateway, as with Calico: connections to a Service address then pass the gateway's NAT both ways.
 * Where pods have no IPv6 address, IPv6 is off on `eth0`. Where they have, it is used without duplicate address detection, router and
 * neighbour solicitation, and without link-local addresses: an address is there at once, and nothing else shows in captures.
 * `ip_unprivileged_port_start` is 0, as container runtimes set it.
 *
 * Tail loss probes (RFC 8985 §7) are off in pods. On `lo` the round trip is so short that a workload which is a few
 * milliseconds late to read makes the kernel send a segment again although nothing was lost, and a sniffer, which follows no
 * sequence numbers, mirrors it twice. That happens on real nodes as well; here it is left to scenarios that are about it.
 */
export function setupScript(plan: LabPlan): string {
  const batch = [
    ...plan.pods.map((pod) => `netns add ${pod.name}`),
    'link set lo up',
    `link add ${BRIDGE} address ${BRIDGE_HARDWARE_ADDRESS} type bridge`,
    `link set ${BRIDGE} up`,
    `addr add ${GATEWAY}/32 dev ${BRIDGE}`,
    ...(plan.pods.some(({ addressIPv6 }) => addressIPv6 !== undefined)
      ? [`addr add ${GATEWAY_IPV6}/128 dev ${BRIDGE} nodad`]
      : []),
    ...plan.pods.flatMap((pod, index) => [
      `link add ${hostInterface(index)} type veth peer name eth0 address ${podHardwareAddress(index)} netns ${pod.name}`,
      `link set ${hostInterface(index)} master ${BRIDGE} up`,
      `route add ${pod.address}/32 dev ${BRIDGE}`,
      ...(pod.addressIPv6 === undefined
        ? []
        : [
            `route add ${pod.addressIPv6}/128 dev ${BRIDGE}`,
            `neigh add ${pod.addressIPv6} lladdr ${podHardwareAddress(index)} dev ${BRIDGE} nud permanent`,
          ]),
    ]),
  ];
  const dualStack = plan.pods.some(({ addressIPv6 }) => addressIPv6 !== undefined);
  const [servicesIPv4, servicesIPv6] = [
    plan.services.filter(({ address }) => !isIPv6(address)),
    plan.services.filter(({ address }) => isIPv6(address)),
  ];
  return [
    'set -e',
    'mount -t tmpfs -o mode=755,size=512m tmpfs /run',
    `mkdir ${LAB_DIRECTORY}`,
    `chmod 1777 ${LAB_DIRECTORY}`,
    ...(plan.keepsLongMessages === true ? [`mkdir ${MESSAGES_DIRECTORY}`, `chmod 1777 ${MESSAGES_DIRECTORY}`] : []),
    'cd /proc/sys/net/ipv4',
    'echo 1 > ip_forward; echo 0 > conf/all/send_redirects; echo 0 > conf/default/send_redirects',
    'echo 0 > conf/all/rp_filter; echo 0 > conf/default/rp_filter',
    ...(dualStack
      ? [...quietIPv6('default'), 'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding']
      : ['echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null || true']),
    heredoc('ip -batch -', batch.join('\n')),
    keepOrder(),
    ...(servicesIPv4.length === 0 ? [] : [heredoc('iptables-restore', serviceRules(servicesIPv4))]),
    ...(servicesIPv6.length === 0 ? [] : [heredoc('ip6tables-restore', serviceRules(servicesIPv6))]),
    ...plan.pods.map((pod) => heredoc(`nsenter --net=${netnsPath(pod.name)} sh -e`, podScript(pod), `POD_${pod.name}`)),
  ].join('\n');
}

/**
 * One processor receives for all: a frame is put into the queue of the processor that sends it, and where two of them send for the same
 * connection, frames overtake each other within the machine. Needs root; without it the order is that of the kernel's luck.
 */
function keepOrder(): string {
  const mask = (1 << randomInt(Math.min(cpus().length, 31))).toString(16);
  const perQueue = `for queue in /sys/class/net/*/queues/rx-*/rps_cpus; do echo ${mask} > $queue || break; done`;
  return `if mount -t sysfs sysfs /sys; then ${perQueue}; umount /sys; fi 2>/dev/null || true`;
}

function podScript(pod: PodPlan): string {
  const batch = [
    'link set lo up',
    `addr add ${pod.address}/32 dev eth0`,
    'link set eth0 up',
    `route add ${GATEWAY} dev eth0 scope link`,
    `route add default via ${GATEWAY}`,
    ...(pod.addressIPv6 === undefined
      ? []
      : [
          `addr add ${pod.addressIPv6}/128 dev eth0 nodad`,
          `neigh add ${GATEWAY_IPV6} lladdr ${BRIDGE_HARDWARE_ADDRESS} dev eth0 nud permanent`,
          `route add ${GATEWAY_IPV6} dev eth0`,
          `route add default via ${GATEWAY_IPV6} dev eth0`,
        ]),
  ];
  return [
    ...(pod.addressIPv6 === undefined
      ? ['echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6 2>/dev/null || true']
      : quietIPv6('eth0')),
    'echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start',
    'echo 0 > /proc/sys/net/ipv4/tcp_early_retrans',
    'echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 0 > /proc/sys/net/ipv4/conf/eth0/rp_filter',
    heredoc('ip -batch -', batch.join('\n'), 'BATCH'),
    keepOrder(),
    ...interceptionScript(pod, 'IPv4'),
    ...(pod.addressIPv6 === undefined ? [] : interceptionScript(pod, 'IPv6')),
  ].join('\n');
}

const FAMILY_COMMANDS = {
  IPv4: { ip: 'ip -4 -batch -', restore: 'iptables-restore' },
  IPv6: { ip: 'ip -6 -batch -', restore: 'ip6tables-restore' },
} as const;

function interceptionScript({ interception }: PodPlan, family: IpFamily): string[] {
  if (interception === undefined) return [];
  const { ip, restore } = FAMILY_COMMANDS[family];
  const lines = interception.ip[family];
  return [
    ...(lines.length === 0 ? [] : [heredoc(ip, lines.join('\n'), 'BATCH')]),
    heredoc(restore, interception.rules[family], 'RULES'),
  ];
}

/** IPv6 without talk: no duplicate address detection, no router solicitation, no link-local addresses. */
function quietIPv6(name: 'default' | 'eth0'): string[] {
  const set = (key: string, value: number): string => `echo ${value} > /proc/sys/net/ipv6/conf/${name}/${key}`;
  return [set('disable_ipv6', 0), set('accept_dad', 0), set('router_solicitations', 0), set('addr_gen_mode', 1)];
}

function heredoc(command: string, input: string, mark = 'INPUT'): string {
  return `${command} <<'${mark}'\n${input.trimEnd()}\n${mark}`;
}
