import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const INSIDE = 'MIRRORSPEC_INSIDE_LAB_TEST';

/**
 * Runs a file's tests as root of network, mount and PID namespaces of their own, which end with them; the file is run a second
 * time for that, inside. Skipped where the machine does not allow it.
 *
 * @param moduleUrl `import.meta.url` of the test file.
 * @param define defines the tests; is called inside only.
 */
export function labTests(moduleUrl: string, define: () => void): void {
  const file = fileURLToPath(moduleUrl);
  if (process.env[INSIDE] === file) {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
    execFileSync('ip', ['link', 'set', 'lo', 'up']);
    define();
    return;
  }
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-auto', '--map-root-user'];
  const unshare = [...user, '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const allowed = spawnSync('unshare', [...unshare, 'true']).status === 0;
  const skip = allowed ? false : 'namespaces cannot be made here';
  test('in namespaces of their own', { skip, timeout: 60_000 }, async (context) => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(
      'unshare',
      [...unshare, process.execPath, '--enable-source-maps', '--test-force-exit', '--test-reporter=tap', file],
      {
        env: { ...env, [INSIDE]: file },
        signal: context.signal,
        killSignal: 'SIGKILL',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.on('error', () => {}); // The test was aborted; the output so far says where.
    const code = await new Promise((resolve) => child.once('close', resolve));
    for (const line of output.match(/^(?:ok .*# SKIP.*|figure:.*)$/gm) ?? []) context.diagnostic(line);
    assert.equal(code, 0, output);
    assert.match(output, /^# pass [1-9]/m, output);
  });
}

/** Makes a pod: a network namespace with `eth0`, joined to an interface outside that has the pod's name. */
export function makePod(name: string, address: string, outsideAddress: string): void {
  for (const command of [
    `netns add ${name}`,
    `link add ${name} type veth peer name eth0 netns ${name}`,
    `addr add ${outsideAddress}/24 dev ${name}`,
    `link set ${name} up`,
    `-n ${name} addr add ${address}/24 dev eth0`,
    `-n ${name} link set eth0 up`,
    `-n ${name} link set lo up`,
  ]) {
    execFileSync('ip', command.split(' '));
  }
}
