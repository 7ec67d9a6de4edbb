import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { ambientInterception } from './data-plane/ambient-rules.js';
import { istioInterception } from './data-plane/istio-rules.js';
import { linkerdInterception } from './data-plane/linkerd-rules.js';
import { type PodPlan, setupScript } from './lab/topology.js';

/** One thing that the embedded environment needs of the machine. */
export interface Requirement {
  readonly name: string;
  readonly ok: boolean;
  /** What is there: a version, a path, or why it does not work. */
  readonly found: string;
  /** A command or setting that mends it. */
  readonly remedy?: string;
  /** The only scenarios that need it, such as `with a Linkerd mesh`. Absent: all do. */
  readonly only?: string;
}

/** Folders that hold administration commands and are often missing from an ordinary user's PATH. */
const SYSTEM_PATH = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];

const COMMANDS = [
  { command: 'unshare', package: 'util-linux', purpose: 'makes the namespaces of a lab', arguments: ['--version'] },
  { command: 'nsenter', package: 'util-linux', purpose: 'starts programs in pods', arguments: ['--version'] },
  { command: 'setpriv', package: 'util-linux', purpose: 'ends a lab with its runner', arguments: ['--version'] },
  { command: 'mount', package: 'mount', purpose: "mounts a lab's own /run", arguments: ['--version'] },
  { command: 'ip', package: 'iproute2', purpose: 'connects the pods', arguments: ['-V'] },
  { command: 'iptables-restore', package: 'iptables', purpose: "installs Istio's rules", arguments: ['--version'] },
] as const;

/**
 * What keeps this machine from running labs: nothing where a small lab comes up, which it is asked for at once. Only where none does
 * is everything looked at. Takes less than half as long as {@link checkEmbedded}.
 */
export async function missingForEmbedded(): Promise<Requirement[]> {
  const basics = [operatingSystem(), nodeVersion()];
  if (basics.every(({ ok }) => ok) && (await trialLab(process.geteuid?.() === 0)).ok) return [];
  return (await checkEmbedded()).filter(({ ok, only }) => !ok && only === undefined);
}

/**
 * Whether this machine can run labs, checked by looking for each command and, when all are there, by building small labs for real: one that
 * all scenarios need, and one with the rules of each mesh whose rules need more of the kernel. Takes about 0.3 s.
 */
export async function checkEmbedded(): Promise<Requirement[]> {
  const requirements: Requirement[] = [operatingSystem(), nodeVersion()];
  requirements.push(...(await Promise.all(COMMANDS.map(command))));
  const root = process.geteuid?.() === 0;
  if (!root) requirements.push(...(await userNamespaces()));
  if (requirements.every((requirement) => requirement.ok)) {
    requirements.push(...(await Promise.all([trialLab(root), ...MESHES.map((mesh) => trialMesh(mesh, root))])));
  }
  return requirements;
}

/** Where a command is, looked for in PATH and in the system's folders. */
export function findCommand(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_PATH];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

function operatingSystem(): Requirement {
  return process.platform === 'linux'
    ? { name: 'Linux', ok: true, found: `${process.platform} ${process.arch}` }
    : {
        name: 'Linux',
        ok: false,
        found: process.platform,
        remedy: 'run mirrorspec on Linux (a virtual machine or a privileged container will do)',
      };
}

function nodeVersion(): Requirement {
  const major = Number(process.versions.node.split('.')[0]);
  return {
    name: 'Node.js ≥ 20',
    ok: major >= 20,
    found: process.version,
    ...(major >= 20 ? {} : { remedy: 'install Node.js 20 or newer' }),
  };
}

async function command(wanted: (typeof COMMANDS)[number]): Promise<Requirement> {
  const file = findCommand(wanted.command);
  const name = `${wanted.command} (${wanted.purpose})`;
  const remedy = `apt-get install ${wanted.package}`;
  if (file === undefined) return { name, ok: false, found: 'not found', remedy };
  const result = await run(file, wanted.arguments);
  return result.ok
    ? { name, ok: true, found: result.output.split('\n')[0]?.trim() ?? file }
    : { name, ok: false, found: `${file} does not run: ${result.output}`, remedy };
}

async function userNamespaces(): Promise<Requirement[]> {
  const { username } = userInfo();
  const helper = findCommand('newuidmap');
  const delegated = ['/etc/subuid', '/etc/subgid'].every((file) => hasEntry(file, username));
  return [
    helper === undefined
      ? {
          name: 'newuidmap (user ids inside a lab)',
          ok: false,
          found: 'not found',
          remedy: 'apt-get install uidmap, or run as root',
        }
      : { name: 'newuidmap (user ids inside a lab)', ok: true, found: helper },
    delegated
      ? { name: 'subordinate ids', ok: true, found: `/etc/subuid and /etc/subgid have an entry for ${username}` }
      : {
          name: 'subordinate ids',
          ok: false,
          found: `/etc/subuid or /etc/subgid has no entry for ${username}`,
          remedy: `usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username} (as root), or run as root`,
        },
  ];
}

function hasEntry(file: string, user: string): boolean {
  try {
    const uid = String(process.getuid?.());
    return readFileSync(file, 'utf8')
      .split('\n')
      .some((line) => line.startsWith(`${user}:`) || line.startsWith(`${uid}:`));
  } catch {
    return false;
  }
}

/** Meshes whose rules need more of the kernel than those of an Istio mesh with sidecars. */
const MESHES = [
  {
    only: 'with an Istio mesh with TPROXY',
    interception: () => istioInterception([], 'TPROXY'),
    modules: 'xt_TPROXY xt_CONNMARK xt_connmark xt_mark xt_conntrack iptable_mangle',
  },
  {
    only: 'with an Istio ambient mesh',
    interception: ambientInterception,
    modules: 'xt_CONNMARK xt_connmark xt_mark iptable_mangle',
  },
  {
    only: 'with a Linkerd mesh',
    interception: () => linkerdInterception([]),
    modules: 'xt_multiport xt_comment xt_owner',
  },
] as const;

/** Builds a lab with a mesh's rules and routes. */
async function trialMesh(
  { only, interception, modules }: (typeof MESHES)[number],
  root: boolean,
): Promise<Requirement> {
  const result = await buildTrial(interception(), root);
  return {
    name: `scenarios ${only}`,
    only,
    ok: result.ok,
    found: result.ok ? 'work' : result.output,
    ...(!result.ok && { remedy: `load the kernel modules: modprobe -a ${modules} (on the host, as root)` }),
  };
}

/** Builds a lab with all that every scenario needs. */
async function trialLab(root: boolean): Promise<Requirement> {
  const name = 'a trial lab (namespaces, bridge, interception rules)';
  const result = await buildTrial(istioInterception(), root);
  if (result.ok) return { name, ok: true, found: root ? 'works, as root' : 'works, in a user namespace' };
  return { name, ok: false, found: result.output, remedy: remedyFor(result.output, root) };
}

/** Builds a one-pod lab with a mesh's rules, becomes another user there, and ends it again. */
function buildTrial(interception: PodPlan['interception'], root: boolean): Promise<{ ok: boolean; output: string }> {
  const script = setupScript({
    pods: [{ name: 'trial', address: '10.244.0.10', ...(interception !== undefined && { interception }) }],
    services: [{ address: '10.96.0.10', port: 80, endpoint: '10.244.0.10' }],
  });
  const user = root ? [] : ['--user', '--map-auto', '--map-root-user'];
  const namespaces = [...user, '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const drop = 'nsenter --net=/run/netns/trial setpriv --reuid=1337 --regid=1337 --clear-groups true';
  return run('unshare', [...namespaces, 'sh', '-e', '-c', `${script}\n${drop}`]);
}

function remedyFor(output: string, root: boolean): string {
  if (/iptables|nat table|owner|REDIRECT/i.test(output)) {
    return 'load the kernel modules: modprobe -a iptable_nat xt_owner xt_REDIRECT nf_tables (on the host, as root)';
  }
  if (!root && /unshare|uid_map|newuidmap|Operation not permitted|Permission denied/i.test(output)) {
    return [
      'allow unprivileged user namespaces (sysctl -w kernel.unprivileged_userns_clone=1,',
      'or on Ubuntu sysctl -w kernel.apparmor_restrict_unprivileged_userns=0), or run as root',
    ].join(' ');
  }
  return root
    ? 'run where root may create namespaces; in a container: docker run --privileged'
    : 'run as root, or where an ordinary user may create namespaces';
}

function run(file: string, args: readonly string[]): Promise<{ ok: boolean; output: string }> {
  const env = { ...process.env, PATH: [process.env.PATH ?? '', ...SYSTEM_PATH].join(delimiter) };
  return new Promise((resolve) => {
    execFile(file, args, { env, timeout: 10_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      resolve({ ok: error === null, output: output === '' ? (error?.message ?? '') : output });
    });
  });
}
