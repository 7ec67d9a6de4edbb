import { interceptionRules, type ServiceAddress, serviceRules } from './interception.js';

/** One pod of a lab: a network namespace with `eth0` on the lab's bridge. */
export interface PodPlan {
  readonly name: string;
  /** IPv4 address of the pod. */
  readonly address: string;
  /** Install the mesh's interception rules. */
  readonly intercepted: boolean;
  /** Ports whose connections the rules let through to the application. */
  readonly excludedPorts?: readonly number[];
}

export interface LabPlan {
  readonly pods: readonly PodPlan[];
  readonly services: readonly ServiceAddress[];
}

/** Name of the bridge and gateway address of all pods (outside of every pod, like a node's). */
export const BRIDGE = 'mesh0';
export const GATEWAY = '10.244.0.1';
/** Folder on the lab's own tmpfs for sockets; world-writable with the sticky bit, like /tmp. */
export const LAB_DIRECTORY = '/run/mirrorspec';

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
 * IPv6 is off on `eth0`, so that duplicate address detection and router solicitation do not show in captures.
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
    `link add ${BRIDGE} type bridge`,
    `link set ${BRIDGE} up`,
    `addr add ${GATEWAY}/32 dev ${BRIDGE}`,
    ...plan.pods.flatMap((pod, index) => [
      `link add ${hostInterface(index)} type veth peer name eth0 netns ${pod.name}`,
      `link set ${hostInterface(index)} master ${BRIDGE} up`,
      `route add ${pod.address}/32 dev ${BRIDGE}`,
    ]),
  ];
  return [
    'set -e',
    'mount -t tmpfs -o mode=755,size=512m tmpfs /run',
    `mkdir ${LAB_DIRECTORY}`,
    `chmod 1777 ${LAB_DIRECTORY}`,
    'cd /proc/sys/net/ipv4',
    'echo 1 > ip_forward; echo 0 > conf/all/send_redirects; echo 0 > conf/default/send_redirects',
    'echo 0 > conf/all/rp_filter; echo 0 > conf/default/rp_filter',
    'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null || true',
    heredoc('ip -batch -', batch.join('\n')),
    ...(plan.services.length === 0 ? [] : [heredoc('iptables-restore', serviceRules(plan.services))]),
    ...plan.pods.map((pod) => heredoc(`nsenter --net=${netnsPath(pod.name)} sh -e`, podScript(pod), `POD_${pod.name}`)),
  ].join('\n');
}

function podScript(pod: PodPlan): string {
  const batch = [
    'link set lo up',
    `addr add ${pod.address}/32 dev eth0`,
    'link set eth0 up',
    `route add ${GATEWAY} dev eth0 scope link`,
    `route add default via ${GATEWAY}`,
  ];
  return [
    'echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6 2>/dev/null || true',
    'echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start',
    'echo 0 > /proc/sys/net/ipv4/tcp_early_retrans',
    'echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 0 > /proc/sys/net/ipv4/conf/eth0/rp_filter',
    heredoc('ip -batch -', batch.join('\n'), 'BATCH'),
    ...(pod.intercepted ? [heredoc('iptables-restore', interceptionRules(pod.excludedPorts), 'RULES')] : []),
  ].join('\n');
}

function heredoc(command: string, input: string, mark = 'INPUT'): string {
  return `${command} <<'${mark}'\n${input.trimEnd()}\n${mark}`;
}
