/**
 * Is the package what a user needs? Packs it, installs the archive from the npm registry's packages into empty projects, and uses
 * it there as the documentation says: with steps in TypeScript and in JavaScript, with `mirrorspec` and with plain cucumber-js.
 * `node scripts/check-package.mjs [typescript] [javascript] [--keep]`; Node.js is the one that runs this.
 * One line for each check on stdout. Ends with 1 when one fails, and with 0, but loudly, when the registry does not answer.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pack } from './package/pack.mjs';
import { prepare } from './prepare.mjs';

const LANGUAGES = ['typescript', 'javascript'];
/** The majors that run on Node.js 20; npm has to find them although the ranges admit newer ones. */
const ON_NODE_20 = { '@cucumber/cucumber': 12, chalk: 5, commander: 14 };
const NPM = ['--no-audit', '--no-fund', '--loglevel=error'];
const CUCUMBER_JS = `import profile from 'mirrorspec/profile';

export default { ...profile, format: ['summary'] };
`;
const MINUTE = 60_000;

const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
if (chosen.some((name) => !LANGUAGES.includes(name)) || options.some((option) => option !== '--keep')) {
  process.stderr.write(`usage: node scripts/check-package.mjs [${LANGUAGES.join('] [')}] [--keep]\n`);
  process.exit(2);
}

class Failure extends Error {}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mirrorspec-package-')));
process.on('exit', () => {
  if (options.includes('--keep')) process.stderr.write(`kept: ${folder}\n`);
  else rmSync(folder, { recursive: true, force: true });
});
process.exitCode = main();

function main() {
  const ping = spawnSync('npm', ['ping', '--fetch-retries=1', '--fetch-timeout=10000'], {
    encoding: 'utf8',
    timeout: MINUTE,
  });
  if (ping.status !== 0) {
    process.stdout.write(`SKIPPED  nothing was checked: the npm registry does not answer\n`);
    return 0;
  }
  prepare();
  const packed = pack(folder);
  const size = `${Math.round(packed.size / 1024)} KiB packed, ${Math.round(packed.unpackedSize / 1024)} KiB unpacked`;
  process.stdout.write(`ok       packed: ${packed.files.length} files, ${size}\n`);
  let failed = false;
  for (const language of chosen.length === 0 ? LANGUAGES : chosen) {
    for (const [what, check] of checksOf(language, packed.file)) {
      const began = performance.now();
      let line;
      try {
        line = `ok       ${language}: ${what}${check() ?? ''}`;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failed = true;
        line = `FAILED   ${language}: ${what}\n${error.message.replace(/^/gm, '    ')}`;
      }
      process.stdout.write(`${line}  (${((performance.now() - began) / 1000).toFixed(1)} s)\n`);
    }
  }
  return failed ? 1 : 0;
}

/** What is done in one project, in order. What a check returns is added to its line. */
function checksOf(language, archive) {
  const project = join(folder, language);
  mkdirSync(project);
  const run = (file, ...args) => runIn(project, file, args);
  const mirrorspec = (...args) => run('npx', '--no-install', 'mirrorspec', ...args);
  const steps = language === 'typescript' ? 'steps/orders.mts' : 'steps/orders.mjs';
  return [
    [
      'npm install',
      () => {
        run('npm', 'init', '--yes');
        run('npm', 'install', ...NPM, '--save-dev', archive);
        return `, ${versions(project)}`;
      },
    ],
    [
      'npx mirrorspec init',
      () => {
        expect(mirrorspec('init', ...(language === 'javascript' ? ['--javascript'] : [])), `  ${steps}`);
        if (!existsSync(join(project, steps))) throw new Failure(`${steps} was not made`);
      },
    ],
    ['npx mirrorspec run', () => expect(mirrorspec('run'), /^5 scenarios: 5 passed \(/m)],
    ['npx mirrorspec lint', () => void mirrorspec('lint')],
    ['npx mirrorspec steps', () => expect(mirrorspec('steps', 'order'), 'an order of {int} {drink}')],
    [
      'npm run editor',
      () => {
        run('npm', 'run', 'editor');
        expect(readFileSync(join(project, '.vscode/steps.js'), 'utf8'), "Given('an order of {int} {drink}'");
      },
    ],
    ['npx mirrorspec doctor', () => void mirrorspec('doctor')],
    [
      'npx cucumber-js',
      () => {
        writeFileSync(join(project, 'cucumber.mjs'), CUCUMBER_JS);
        expect(run('npx', '--no-install', 'cucumber-js', '--parallel', '2'), /^5 scenarios \(5 passed\)$/m);
      },
    ],
    ['npm install of what init added', () => void run('npm', 'install', ...NPM)],
    ...(language === 'typescript' ? [['npm run typecheck', () => void run('npm', 'run', 'typecheck')]] : []),
  ];
}

/** Output of a command that has to succeed. */
function runIn(project, file, args) {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, npm_config_nodedir: ___, ...env } = process.env;
  const { status, error, stdout, stderr } = spawnSync(file, args, {
    cwd: project,
    // npx must find the Node.js that runs this.
    env: { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env.PATH}`, NO_COLOR: '1' },
    encoding: 'utf8',
    timeout: 5 * MINUTE,
  });
  if (status === 0) return stdout;
  throw new Failure(`${[file, ...args].join(' ')} ended with ${error?.message ?? status}\n${stdout}${stderr}`);
}

function expect(output, wanted) {
  const found = typeof wanted === 'string' ? output.includes(wanted) : wanted.test(output);
  if (!found) throw new Failure(`expected in the output: ${wanted}\n${output}`);
}

/** What npm has chosen; on Node.js 20 it must be what runs there. */
function versions(project) {
  const found = Object.keys(ON_NODE_20).map((name) => {
    const { version } = JSON.parse(readFileSync(join(project, 'node_modules', name, 'package.json'), 'utf8'));
    const major = Number(version.split('.')[0]);
    if (process.version.startsWith('v20.') && major !== ON_NODE_20[name]) {
      throw new Failure(`npm chose ${name} ${version}, which does not run on Node.js 20`);
    }
    return `${name} ${version}`;
  });
  const copies = join(project, 'node_modules/mirrorspec/node_modules');
  if (existsSync(copies)) throw new Failure(`npm put dependencies below mirrorspec itself: ${copies}`);
  return `Node.js ${process.version}, ${found.join(', ')}`;
}
