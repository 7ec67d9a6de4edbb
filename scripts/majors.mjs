/**
 * Runs everything on other versions of Node.js and of the dependencies: compiles, runs all tests and all features, each time
 * in a copy of the working tree. `node scripts/majors.mjs [node20] [node22] [node24] [--keep]`; without a name, all of them.
 * One line for each combination on stdout, what happens meanwhile on stderr. Ends with 1 when a combination fails, and with
 * 0, but loudly, when the npm registry does not answer.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MINUTE = 60_000;

/** The oldest Node.js goes with the locked dependencies, newer ones with whatever is newest. */
const COMBINATIONS = [
  { name: 'node20', node: 20, dependencies: 'locked' },
  { name: 'node22', node: 22, dependencies: 'newest' },
  { name: 'node24', node: 24, dependencies: 'newest' },
];
/** Dependencies that have a line of their own in the report, since their majors differ. */
const SHOWN = ['@cucumber/cucumber', 'chalk', '@kubernetes/client-node', 'commander'];
const NPM = ['--no-audit', '--no-fund', '--loglevel=error'];

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const unknown = [
  ...names.filter((name) => !COMBINATIONS.some((combination) => combination.name === name)),
  ...options.filter((option) => option !== '--keep'),
];
if (unknown.length > 0) {
  say(
    `unknown: ${unknown.join(' ')}\nusage: node scripts/majors.mjs [${COMBINATIONS.map(({ name }) => name).join('] [')}] [--keep]`,
  );
  process.exit(2);
}

/** A combination does not hold; the reason is for the report's line. */
class Failure extends Error {}

/** What has to go when this ends: the process group that runs, and the temporary folder. */
let running;
let folder;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupt());

try {
  process.exitCode = await main();
} catch (error) {
  if (!interrupted) throw error;
  process.exitCode = 130;
}

async function main() {
  const chosen = COMBINATIONS.filter(({ name }) => names.length === 0 || names.includes(name));
  const reason = await whyRegistryIsSilent();
  if (reason !== undefined) {
    for (const { name } of chosen)
      process.stdout.write(`SKIPPED  ${name}  the npm registry does not answer: ${reason}\n`);
    return 0;
  }
  let failed = false;
  for (const combination of chosen) {
    folder = mkdtempSync(join(tmpdir(), `mirrorspec-${combination.name}-`));
    const began = performance.now();
    let line;
    try {
      line = `ok       ${combination.name}  ${await perform(combination)}`;
    } catch (error) {
      if (interrupted || !(error instanceof Failure)) throw error;
      failed = true;
      line = `FAILED   ${combination.name}  ${error.message}`;
    } finally {
      if (options.includes('--keep')) say(`the copy is kept: ${folder}`);
      else rmSync(folder, { recursive: true, force: true });
    }
    process.stdout.write(`${line}  (${Math.round((performance.now() - began) / 1000)} s)\n`);
  }
  return failed ? 1 : 0;
}

async function perform({ name, node, dependencies }) {
  say(`${name}: copying the working tree to ${folder}`);
  const copy = join(folder, 'mirrorspec');
  copyWorkingTree(copy);
  const bin = await nodeBinary(node);
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...rest } = process.env;
  // What tests that are killed leave behind goes with the rest.
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  chmodSync(folder, 0o755);
  const env = { ...rest, TMPDIR: temporary, PATH: `${bin}${delimiter}${process.env.PATH}`, NO_COLOR: '1' };
  delete env.FORCE_COLOR;
  const context = { name, cwd: copy, env };

  const version = (await run('version', ['node', '--version'], context)).trim();
  await installDependencies(dependencies, node, context);
  const about = [
    `Node.js ${version.slice(1)}`,
    ...SHOWN.map((dependency) => `${dependency} ${versionOf(copy, dependency)}`),
  ].join(', ');
  const compiled = await run('compile', ['node', 'scripts/prepare.mjs'], context).catch((error) => error);
  if (compiled instanceof Error) throw new Failure(`${about}; ${compiled.message}`);
  // Features run even where tests fail: whoever mends it wants to know both.
  const outcomes = [
    await outcomeOf('tests', ['npm', 'test', '--silent'], countsOfTests, context),
    await outcomeOf('features', ['npm', 'start', '--silent'], countsOfFeatures, context),
  ];
  const text = [about, ...outcomes.map((outcome) => outcome.text)].join('; ');
  if (outcomes.every(({ ok }) => ok)) return text;
  throw new Failure(text);
}

async function outcomeOf(title, command, countsOf, context) {
  const log = join(folder, `${title}.log`);
  try {
    const counts = countsOf(await run(title, command, context));
    return {
      ok: counts !== undefined,
      text: `${title}: ${counts ?? `nothing was counted, see ${keepLog(log, context)}`}`,
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const counts = countsOf(existsSync(log) ? readFileSync(log, 'utf8') : '');
    return { ok: false, text: `${title}: ${counts ?? error.message}, see ${keepLog(log, context)}` };
  }
}

/** What was printed outlives the temporary folder when it is needed. */
function keepLog(log, { name }) {
  const kept = join(tmpdir(), `mirrorspec-${name}-${log.slice(log.lastIndexOf('/') + 1)}`);
  if (existsSync(log)) copyFileSync(log, kept);
  return kept;
}

function countsOfTests(output) {
  const count = (word) => Number(new RegExp(`^(?:ℹ|#) ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? Number.NaN);
  const [passed, failed, cancelled, skipped] = ['pass', 'fail', 'cancelled', 'skipped'].map(count);
  if (!(passed > 0)) return undefined;
  return `${passed} passed, ${failed + cancelled} failed, ${skipped} skipped`;
}

function countsOfFeatures(output) {
  return /^\d+ scenarios: (.*?)(?: \([\d.]+ s\))?$/m.exec(output)?.[1];
}

/** Whatever git knows or would take: changes that are not committed yet count. */
function copyWorkingTree(to) {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of new Set(files)) {
    if (!existsSync(join(ROOT, file))) continue;
    mkdirSync(dirname(join(to, file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(to, file));
  }
}

/** The folder with a `node` of that major: the one that runs this, or one of npm's. */
async function nodeBinary(major) {
  const path = join(folder, 'node');
  mkdirSync(path);
  if (Number(process.versions.node.split('.')[0]) === major) return dirname(process.execPath);
  // The package `node` fetches this one with an install script, which npm may be told not to run.
  const binary = `node-${process.platform}-${process.arch}`;
  const context = { name: 'node', cwd: path, env: process.env };
  await run(`node-${major}`, ['npm', 'install', ...NPM, '--prefix', path, `${binary}@${major}`], context);
  return join(path, 'node_modules', binary, 'bin');
}

async function installDependencies(which, node, context) {
  if (which === 'locked') {
    await run('install', ['npm', 'ci', ...NPM], context);
    return;
  }
  rmSync(join(context.cwd, 'package-lock.json'));
  await run('install', ['npm', 'install', ...NPM], context);
  await run('install-types', ['npm', 'install', ...NPM, '--save-dev', `@types/node@${node}`], context);
  // Ends with 1 when it finds something, which may be of development only.
  const outdated = await run('outdated', ['npm', 'outdated', '--json'], context, [0, 1]);
  const { dependencies } = JSON.parse(readFileSync(join(context.cwd, 'package.json'), 'utf8'));
  const behind = Object.keys(JSON.parse(outdated.slice(outdated.indexOf('{')) || '{}')).filter(
    (dependency) => dependency in dependencies,
  );
  if (behind.length > 0) throw new Failure(`the ranges in package.json do not admit the newest ${behind.join(', ')}`);
}

function versionOf(root, dependency) {
  return JSON.parse(readFileSync(join(root, 'node_modules', dependency, 'package.json'), 'utf8')).version;
}

/** Resolves with why the registry cannot be used, in one line, or nothing. */
async function whyRegistryIsSilent() {
  folder = mkdtempSync(join(tmpdir(), 'mirrorspec-registry-'));
  try {
    const context = { name: 'registry', cwd: folder, env: process.env };
    const view = [
      'npm',
      'view',
      '@cucumber/cucumber',
      'version',
      '--fetch-retries=0',
      '--fetch-timeout=20000',
      '--prefer-online',
    ];
    await run('registry', view, context);
    return undefined;
  } catch (error) {
    if (interrupted || !(error instanceof Failure)) throw error;
    const log = readFileSync(join(folder, 'registry.log'), 'utf8');
    return /^npm (?:error|ERR!) (?!code)(.*)$/m.exec(log)?.[1] ?? error.message;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command in a process group of its own, logs what it prints and resolves with it. */
function run(title, [command, ...args], { name, cwd, env }, expected = [0]) {
  if (interrupted) throw new Failure('interrupted');
  say(`${name}: ${title}`);
  return new Promise((resolve, reject) => {
    const log = createWriteStream(join(folder, `${title}.log`));
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    running = child;
    const timer = setTimeout(() => endGroup('SIGKILL'), 20 * MINUTE);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        log.write(text);
      });
    }
    child.on('error', (error) => log.write(`${error.message}\n`));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      running = undefined;
      log.end(() => {
        if (expected.includes(code)) resolve(output);
        else reject(new Failure(`${title} ${signal === null ? `ended with ${code}` : `was ended by ${signal}`}`));
      });
      if (!expected.includes(code) && !interrupted) say(lastLines(output));
    });
  });
}

function lastLines(output) {
  // Failing tests are listed at the end, after this line.
  const failing = output.indexOf('failing tests:');
  return (failing < 0 ? output : output.slice(failing))
    .trimEnd()
    .split('\n')
    .slice(failing < 0 ? -40 : 0)
    .slice(0, 200)
    .join('\n');
}

function interrupt() {
  if (interrupted) {
    endGroup('SIGKILL');
    return;
  }
  interrupted = true;
  say('interrupted');
  endGroup('SIGTERM');
  setTimeout(() => endGroup('SIGKILL'), 10_000).unref();
}

function endGroup(signal) {
  try {
    if (running?.pid !== undefined) process.kill(-running.pid, signal);
  } catch {
    // All of it has ended already.
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
