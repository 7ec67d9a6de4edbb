import { execFileSync } from 'node:child_process';
import { release } from 'node:os';
import { EMBEDDED_VERDICT } from '../../model/embedded-verdict.js';
import type { EnvironmentKind } from '../../model/environment-settings.js';
import type { Run, RunEnvironment } from '../../model/results.js';
import type { Coordinates } from '../../model/scenario-record.js';
import type { Envelope } from '../messages.js';

type Meta = Envelope['meta'];

/** The commit of the features in `cwd`; undefined where there is no repository. */
export function commitOf(cwd: string, meta: Meta): Run['commit'] {
  const git = (...args: readonly string[]): string | undefined => output('git', ['-C', cwd, ...args]);
  const sha = meta?.ci?.git?.revision ?? git('rev-parse', 'HEAD');
  if (sha === undefined) return undefined;
  const branch = meta?.ci?.git?.branch ?? git('symbolic-ref', '--short', '-q', 'HEAD');
  const changes = git('status', '--porcelain', '--untracked-files=no');
  return {
    sha,
    ...(branch === undefined || branch === '' ? {} : { branch }),
    ...(changes === undefined ? {} : { modified: changes !== '' }),
  };
}

export function ciOf(meta: Meta): Run['ci'] {
  if (meta?.ci === undefined) return undefined;
  const { name, url } = meta.ci;
  return { name, ...(url === undefined ? {} : { url }) };
}

export function versionsOf(meta: Meta): RunEnvironment['versions'] {
  const iptables = /v([\d.]+\S*(?: \(\S+\))?)/.exec(output('iptables', ['--version']) ?? '')?.[1];
  const iproute2 = /iproute2-(\S+?),/.exec(output('ip', ['-V']) ?? '')?.[1];
  const versions = {
    'Linux kernel': release(),
    'Node.js': process.versions.node,
    'cucumber-js': meta?.implementation.version,
    iptables,
    iproute2,
  };
  return Object.fromEntries(
    Object.entries(versions).flatMap(([name, version]) => (version === undefined ? [] : [[name, version]])),
  );
}

/** What the verdicts of an environment are about. */
export function meaningOf(kind: EnvironmentKind): string {
  return kind === 'embedded'
    ? EMBEDDED_VERDICT
    : 'These are verdicts on mirrord itself, in the cluster that is named here.';
}

/** What was the real thing, and what stood for it. */
export function realityOf(
  kind: EnvironmentKind,
  facts: RunEnvironment['facts'],
  cells: readonly Coordinates[],
): Pick<RunEnvironment, 'real' | 'standIns'> {
  if (kind === 'kubernetes') return { real: ['the cluster', 'its mesh', 'mirrord'], standIns: [] };
  const emulated = new Set(
    cells.flatMap(({ profile, mirrord }) => (mirrord === undefined ? [] : [`${mirrord} (${profile})`])),
  );
  const engines = facts['sidecar engine'] ?? [];
  return {
    real: [
      'the Linux kernel: network namespaces, veth pairs, iptables, packet sockets',
      'everything on the wire: TCP, TLS with certificates that are verified both ways, HTTP/1.1, HTTP/2, gRPC',
      ...(engines.includes('envoy') ? ['the sidecars: Envoy'] : []),
    ],
    standIns: [
      ...(engines.includes('node') ? ["the mesh: Istio's interception rules around mirrorspec's own sidecars"] : []),
      ...(ranOn(facts, 'istio (ambient)')
        ? ["the ambient mesh: Istio's rules around mirrorspec's own ztunnel in each pod, without waypoints"]
        : []),
      ...(ranOn(facts, 'linkerd')
        ? ["the Linkerd mesh: Linkerd's rules around mirrorspec's own proxies, without a control plane"]
        : []),
      emulated.size === 0
        ? "mirrord: mirrorspec's reference agent"
        : `mirrord: mirrorspec's reference agent, as version ${[...emulated].sort().join(', ')}`,
    ],
  };
}

/**
 * What carried connections, for the last lines of a run.
 * @param sidecars what Istio's sidecars are made of. Not told where other meshes alone have run.
 */
export function carriersOf(facts: RunEnvironment['facts'], sidecars: string | undefined): readonly string[] {
  return [
    ...(sidecars !== undefined && (facts.mesh === undefined || ranOn(facts, 'istio (sidecar)'))
      ? [`sidecars: ${sidecars}`]
      : []),
    ...(ranOn(facts, 'istio (ambient)') ? ["ztunnels: mirrorspec's own program"] : []),
    ...(ranOn(facts, 'linkerd') ? ["Linkerd's proxies: mirrorspec's own program"] : []),
  ];
}

function ranOn({ mesh = [] }: RunEnvironment['facts'], kind: string): boolean {
  return mesh.some((each) => each.startsWith(kind));
}

function output(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, [...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5_000,
    }).trim();
  } catch {
    return undefined;
  }
}
