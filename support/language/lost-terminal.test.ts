import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const noTerminal = spawnSync('script', ['--version']).status !== 0 && 'there is no `script` to make a terminal with';
/** What a shell says of a program that SIGHUP has ended. */
const HUNG_UP = '129\n';

test('a process whose terminal goes away ends by SIGHUP, and does not abort', { skip: noTerminal }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-terminal-'));
  const [program, code] = [join(folder, 'program.mjs'), join(folder, 'code')];
  writeFileSync(
    program,
    `import { endWithTerminal } from '${new URL('./lost-terminal.js', import.meta.url).href}';
endWithTerminal();
process.on('SIGHUP', () => process.exit(0));
setTimeout(() => {}, 20_000);
console.log('ready');
`,
  );
  // The shell is told first. It outlives its program, to say how that ended.
  const script = `${process.execPath} ${program} & trap "kill -HUP $!" HUP; wait $!; wait $!; echo $? > ${code}.new; mv ${code}.new ${code}`;
  const command = `sh -c '${script}'`;
  const terminal = spawn('script', ['--quiet', '--command', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await once(terminal.stdout, 'data');
  terminal.kill('SIGKILL');
  const deadline = performance.now() + 10_000;
  while (!existsSync(code) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(readFileSync(code, 'utf8'), HUNG_UP);
  rmSync(folder, { recursive: true });
});
