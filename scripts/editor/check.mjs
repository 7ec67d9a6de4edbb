/**
 * Do editors understand our YAML? Installs the YAML language server, which they run, into a temporary folder, opens YAML files
 * as an editor does, and looks at what it marks, offers and shows. `node scripts/editor/check.mjs [--keep]`.
 * One line for each check on stdout. Ends with 1 when one fails, and with 0, but loudly, when the registry does not answer.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { prepare, ROOT } from '../prepare.mjs';
import { COMPLETION, HOVER, WRONG } from './cases.mjs';
import { startLanguageServer } from './language-server.mjs';

const SERVER = 'yaml-language-server@2.0.0';
/** The oldest Node.js on which the server runs. */
const NODE = { major: 22, minor: 13 };
const NPM = ['--no-audit', '--no-fund', '--loglevel=error'];
const MINUTE = 60_000;
/** Where a file of each kind stands in a project, and its schema as seen from there. */
const KINDS = {
  feature: { path: 'features/a.yaml', schema: '../schemas/feature.schema.json' },
  environment: { path: 'features/environments/a.yaml', schema: '../../schemas/environment.schema.json' },
  limitation: { path: 'features/limitations/a.yaml', schema: '../../schemas/limitation.schema.json' },
  gate: { path: 'features/gates/a.yaml', schema: '../../schemas/gate.schema.json' },
  project: { path: 'mirrorspec.yaml', schema: './schemas/project.schema.json' },
};
const CURSOR = '|^|';
let texts = 0;

const options = process.argv.slice(2);
if (options.some((option) => option !== '--keep')) {
  process.stderr.write('usage: node scripts/editor/check.mjs [--keep]\n');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-editor-'));
process.on('exit', () => {
  if (options.includes('--keep')) process.stderr.write(`kept: ${folder}\n`);
  else rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

process.exitCode = await main();

async function main() {
  const ping = spawnSync('npm', ['ping', '--fetch-retries=1', '--fetch-timeout=10000'], { timeout: MINUTE });
  if (ping.status !== 0) {
    process.stdout.write('SKIPPED  nothing was checked: the npm registry does not answer\n');
    return 0;
  }
  prepare();
  const installed = join(folder, 'server');
  install(installed, SERVER);
  const project = newProject();
  const server = await startLanguageServer(installed, nodeForServer(), folder);
  let failed = 0;
  try {
    for (const [what, check] of checks(server, project)) {
      const flaw = await check();
      if (flaw !== undefined) failed += 1;
      process.stdout.write(
        `${flaw === undefined ? 'ok     ' : 'FAILED '}  ${what}${flaw === undefined ? '' : `\n    ${flaw}`}\n`,
      );
    }
  } finally {
    server.dispose();
  }
  return failed === 0 ? 0 : 1;
}

/** Each check returns what is wrong, or nothing. */
function checks(server, project) {
  return [
    ...[...yamlFiles(ROOT, ['features', 'examples']), ...yamlFiles(project, ['.'])].map(({ path, name }) => [
      `nothing is marked in ${name}`,
      () => opened(server, path, readFileSync(path, 'utf8'), ({ diagnostics }) => unexpected(diagnostics)),
    ]),
    ...WRONG.map((wrong) => [
      `marked: ${wrong.what}`,
      () =>
        openedCase(server, wrong, ({ diagnostics }) => {
          // The line that names the schema comes before the text.
          const found = diagnostics.some(
            ({ range, message }) => range.start.line === wrong.line && wrong.says.test(message),
          );
          return found
            ? undefined
            : `expected in line ${wrong.line}: ${wrong.says}; ${unexpected(diagnostics) ?? 'nothing is marked'}`;
        }),
    ]),
    ...COMPLETION.map((completion) => [
      `offered: ${completion.what}`,
      () =>
        openedCase(server, completion, async (document, position) => {
          const labels = await document.completion(position);
          const missing = completion.offers.filter((label) => !labels.includes(label));
          const surplus = completion.withholds.filter((label) => labels.includes(label));
          if (missing.length + surplus.length === 0) return undefined;
          return `not offered: ${missing.join(', ')}; wrongly offered: ${surplus.join(', ')}; all: ${labels.join(', ')}`;
        }),
    ]),
    ...HOVER.map((hover) => [
      `shown: ${hover.what}`,
      () =>
        openedCase(server, hover, async (document, position) => {
          // Signs that Markdown would take for its own come with a backslash.
          const text = (await document.hover(position)).replaceAll('\\', '');
          const missing = hover.shows.filter((expected) => !expected.test(text));
          return missing.length === 0 ? undefined : `not shown: ${missing.join(', ')}; shown: ${text}`;
        }),
    ]),
  ];
}

async function openedCase(server, { kind, text }, look) {
  const { path, schema } = KINDS[kind];
  const whole = `# yaml-language-server: $schema=${schema}\n${text}`;
  const before = whole.slice(0, Math.max(0, whole.indexOf(CURSOR))).split('\n');
  const position = { line: before.length - 1, character: before.at(-1).length };
  // The texts stand in no file: the server takes what the editor has. Each has a name of its own, by which it is remembered.
  texts += 1;
  const named = join(ROOT, path.replace('.yaml', `-${texts}.yaml`));
  return opened(server, named, whole.replace(CURSOR, ''), (document) => look(document, position));
}

async function opened(server, path, text, look) {
  const document = await server.open(path, text);
  try {
    return await look(document);
  } finally {
    await document.close();
  }
}

function unexpected(diagnostics) {
  if (diagnostics.length === 0) return undefined;
  return diagnostics.map(({ range, message }) => `line ${range.start.line}: ${message}`).join('; ');
}

/** All files, whether or not they name a schema: those that do not are checked for their syntax. */
function yamlFiles(root, folders) {
  return folders.flatMap((name) =>
    readdirSync(join(root, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path, name: root === ROOT ? relative(ROOT, path) : `a new project's ${relative(root, path)}` };
      }),
  );
}

/** What `mirrorspec init` makes, with the package where npm would put it, and the schema that knows its own steps. */
function newProject() {
  const project = join(folder, 'project');
  const mirrorspec = join(ROOT, 'dist', 'support', 'cli', 'main.js');
  run(process.execPath, [mirrorspec, 'init', project]);
  mkdirSync(join(project, 'node_modules'), { recursive: true });
  symlinkSync(ROOT, join(project, 'node_modules', 'mirrorspec'));
  run(process.execPath, [mirrorspec, 'schema', 'feature', '--out', 'schemas'], project);
  return project;
}

function nodeForServer() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE.major || (major === NODE.major && minor >= NODE.minor)) return process.execPath;
  const binary = `node-${process.platform}-${process.arch}`;
  const into = join(folder, 'node');
  install(into, `${binary}@${NODE.major}`);
  return join(into, 'node_modules', binary, 'bin', 'node');
}

function install(into, what) {
  mkdirSync(into);
  writeFileSync(join(into, 'package.json'), '{ "private": true }\n');
  run('npm', ['install', ...NPM, '--prefix', into, what]);
}

function run(file, args, cwd = folder) {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    timeout: 5 * MINUTE,
  });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}\n${stdout}${stderr}`);
}
