/**
 * Gets a fresh clone ready: installs the npm packages, compiles, and looks for the commands of the operating system that
 * labs are made with. Each step is skipped when there is nothing to do. No dependencies: it runs before `npm ci`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const EXIT_FAILED = 1;
const EXIT_ENVIRONMENT = 3;

const SOURCE_FOLDERS = ['support', 'steps', 'bench'];
const BUILD_STAMP = join(ROOT, 'dist', '.sources');

/** What labs are made with, and the Debian package that brings it. */
const COMMANDS = [
  { command: 'iptables-restore', debian: 'iptables' },
  { command: 'ip', debian: 'iproute2' },
  { command: 'unshare', debian: 'util-linux' },
  { command: 'nsenter', debian: 'util-linux' },
  { command: 'setpriv', debian: 'util-linux' },
  { command: 'mount', debian: 'mount' },
];
/** Without it labs work, but a redirecting mirror flushes connections less thoroughly than mirrord does. */
const OPTIONAL_COMMANDS = [{ command: 'conntrack', debian: 'conntrack' }];
const COMMANDS_OF_ORDINARY_USERS = [{ command: 'newuidmap', debian: 'uidmap' }];

/** Does everything. Ends the process with 3 where something of the machine is missing, with 1 where a step fails. */
export function prepare() {
  requireNode();
  installPackages();
  build();
  installCommands();
}

function requireNode() {
  if (Number(process.versions.node.split('.')[0]) >= 20) return;
  fail(EXIT_ENVIRONMENT, `Node.js 20 or newer is needed; this is ${process.version}.`);
}

function installPackages() {
  if (packagesAreCurrent()) return;
  say('installing npm packages (npm ci)');
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  run([...npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci');
}

/** Compares the lock file with what npm has noted down about `node_modules`. */
function packagesAreCurrent() {
  const installed = readJson(join(ROOT, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  const wanted = readJson(join(ROOT, 'package-lock.json'));
  return Object.entries(wanted.packages).every(
    ([path, { version, optional }]) =>
      path === '' || installed.packages[path]?.version === version || (optional && !(path in installed.packages)),
  );
}

function build() {
  const sources = sourceList();
  if (readText(BUILD_STAMP) === sources) return;
  removeOrphans();
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  run([tsc, '--project', ROOT], 'tsc');
  run([process.execPath, join(ROOT, 'scripts/bundle-programs.mjs')], 'bundling the programs');
  // npm does this for a package that is installed; here `npx mirrorspec` runs the file itself.
  chmodSync(join(ROOT, 'dist/support/cli/main.js'), 0o755);
  mkdirSync(dirname(BUILD_STAMP), { recursive: true });
  writeFileSync(BUILD_STAMP, sources);
}

/** A digest over name, size and time of everything that the build depends on. */
function sourceList() {
  const files = [
    'tsconfig.json',
    'scripts/bundle-programs.mjs',
    'package-lock.json',
    ...SOURCE_FOLDERS.flatMap((folder) => [...filesBelow(folder, '.ts'), ...filesBelow(folder, '.tsx')]),
  ];
  const digest = createHash('sha256').update(process.version);
  for (const file of files.sort()) {
    const { size, mtimeMs } = statSync(join(ROOT, file));
    digest.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return digest.digest('hex');
}

/** What is left of a source that was renamed or deleted would still be run as a test or loaded as a step. */
function removeOrphans() {
  for (const file of filesBelow('dist', '')) {
    if (file.startsWith('dist/programs/')) continue;
    const source = file.replace(/^dist\//, '').replace(/(\.d\.ts|\.js|\.js\.map)$/, '.ts');
    if (!existsSync(join(ROOT, source)) && !existsSync(join(ROOT, `${source}x`))) rmSync(join(ROOT, file));
  }
}

function installCommands() {
  if (process.platform !== 'linux') fail(EXIT_ENVIRONMENT, 'mirrorspec runs on Linux only.');
  const root = process.getuid() === 0;
  const missing = [...COMMANDS, ...(root ? [] : COMMANDS_OF_ORDINARY_USERS)].filter(({ command }) => !isThere(command));
  const useful = OPTIONAL_COMMANDS.filter(({ command }) => !isThere(command));
  if (missing.length + useful.length === 0) return;
  const wanted = [...missing, ...useful];
  const packages = [...new Set(wanted.map(({ debian }) => debian))];
  const commands = wanted.map(({ command }) => command).join(', ');
  const byHand = `missing: ${commands}\nto get it, as root: apt-get install ${packages.join(' ')} (or your distribution's packages of that name)`;
  // Without what is only useful one can go on.
  const giveUp = missing.length === 0 ? say : (text) => fail(EXIT_ENVIRONMENT, text);
  if (process.env.MIRRORSPEC_NO_INSTALL === '1') {
    return giveUp(`${byHand}\nMIRRORSPEC_NO_INSTALL=1 forbids to install it.`);
  }
  if (!isThere('apt-get')) return giveUp(byHand);
  const asRoot = root ? [] : ['sudo', '-n'];
  if (!root && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) return giveUp(byHand);
  say(`installing ${packages.join(' ')} with apt-get, for labs (MIRRORSPEC_NO_INSTALL=1 forbids it)`);
  const aptGet = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq'];
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]) {
    const { status, stdout, stderr } = spawnSync(aptGet[0], [...aptGet.slice(1), ...args], { encoding: 'utf8' });
    if (status !== 0) return giveUp(`${stdout ?? ''}${stderr ?? ''}apt-get ${args[0]} failed\n${byHand}`);
  }
}

function isThere(command) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs a command; its output is shown only when it fails. */
function run([file, ...args], name, exitCode = EXIT_FAILED) {
  const { status, error, stdout, stderr } = spawnSync(file, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  fail(exitCode, `${name} failed${error === undefined ? '' : `: ${error.message}`}`);
}

export function filesBelow(folder, suffix) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(ROOT.length + 1));
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(file) {
  const text = readText(file);
  return text === undefined ? undefined : JSON.parse(text);
}

function say(text) {
  process.stderr.write(`mirrorspec: ${text}\n`);
}

function fail(exitCode, text) {
  process.stderr.write(`mirrorspec: ${text}\n`);
  process.exit(exitCode);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare();
