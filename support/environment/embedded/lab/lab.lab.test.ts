import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EnvironmentError } from '../../../model/errors.js';
import { istioInterception } from '../data-plane/istio-rules.js';
import { endLab, findLabs } from '../leftovers.js';
import { missingForEmbedded } from '../requirements.js';
import { Lab, type LabOptions } from './lab.js';

const able = (await missingForEmbedded()).length === 0;
const plan: LabOptions['plan'] = {
  pods: [
    { name: 'workload', address: '10.244.0.10', interception: istioInterception() },
    { name: 'caller', address: '10.244.0.20' },
  ],
  services: [{ address: '10.96.0.10', port: 8080, endpoint: '10.244.0.10' }],
};
const labs: Lab[] = [];

async function build(over: Partial<LabOptions> = {}): Promise<Lab> {
  const lab = await Lab.start(
    { plan, mayBeKept: false, onUnexpectedEnd: () => {}, ...over },
    AbortSignal.timeout(20_000),
  );
  labs.push(lab);
  return lab;
}

function processesOf(id: string): readonly number[] {
  return findLabs().find((lab) => lab.id === id)?.processes ?? [];
}

/** Waits for an event that has no notification; fails with the last answer. */
async function eventually<Value>(what: string, look: () => Value, good: (value: Value) => boolean): Promise<Value> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const value = look();
    if (good(value)) return value;
    if (performance.now() > deadline) assert.fail(`${what}: ${JSON.stringify(value)} after 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a lab', { skip: able ? false : 'this machine cannot build labs (mirrorspec doctor says why)' }, () => {
  afterEach(async () => {
    await Promise.all(labs.splice(0).map((lab) => lab.dispose()));
  });

  it('has pods with the addresses of the plan, and rules where they are intercepted', async () => {
    const lab = await build();
    assert.match(await lab.run('workload', ['ip', '-4', 'addr', 'show', 'eth0']), /inet 10\.244\.0\.10\/32/);
    assert.match(await lab.run('workload', ['iptables-save', '-t', 'nat']), /--to-ports 15006/);
    assert.doesNotMatch(await lab.run('caller', ['iptables-save', '-t', 'nat']), /REDIRECT/);
  });

  it("does not see the host's interfaces, and the host does not see its own", async () => {
    const lab = await build();
    const links = await lab.run('caller', ['ip', '-o', 'link']);
    assert.deepEqual([...links.matchAll(/^\d+: (\w+)/gm)].map(([, name]) => name).sort(), ['eth0', 'lo']);
    const host = await import('node:os').then(({ networkInterfaces }) => Object.keys(networkInterfaces()));
    assert.ok(!host.includes('mesh0'));
  });

  it('stands beside others with the same addresses', async () => {
    const all = await Promise.all([build(), build(), build(), build()]);
    for (const lab of all) assert.match(await lab.run('workload', ['ip', 'route']), /default via 10\.244\.0\.1/);
  });

  it('leaves no process when it is disposed of', async () => {
    const lab = await build();
    assert.ok(processesOf(lab.id).length > 0);
    await lab.dispose();
    assert.deepEqual(processesOf(lab.id), []);
  });

  it('ends, and says so, when its first process is killed', async () => {
    const said: string[] = [];
    const lab = await build({ onUnexpectedEnd: ({ message }) => said.push(message) });
    for (const pid of processesOf(lab.id)) process.kill(pid, 'SIGKILL');
    await eventually(
      'the lab to say that it ended',
      () => said,
      (words) => words.length > 0,
    );
    await assert.rejects(lab.run('workload', ['true']), EnvironmentError);
    assert.deepEqual(processesOf(lab.id), []);
  });

  it('names a program that is killed while it starts', async () => {
    const lab = await build();
    const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-lab-'));
    const module = join(folder, 'dies.mjs');
    writeFileSync(module, "process.kill(process.pid, 'SIGKILL');");
    await assert.rejects(
      lab.pod('workload').startProgram({ name: 'waiter', module: pathToFileURL(module), options: {} }),
      {
        name: 'EnvironmentError',
        message: 'a part of the scenario is gone: the waiter has ended (SIGKILL)',
      },
    );
    rmSync(folder, { recursive: true });
  });

  it('ends when its runner is killed', async () => {
    const { runner, id } = await labOfAnotherProcess(false);
    runner.kill('SIGKILL');
    await eventually(
      'the lab to be gone',
      () => processesOf(id),
      (processes) => processes.length === 0,
    );
  });

  it('stays when it is kept, until it is cleaned', async () => {
    const { runner, id } = await labOfAnotherProcess(true);
    runner.send('keep');
    await once(runner, 'exit');
    const found = findLabs().find((lab) => lab.id === id);
    assert.equal(found?.inUse, false);
    await endLab(found);
    assert.deepEqual(processesOf(id), []);
  });

  it('that could be kept ends all the same when its runner is killed', async () => {
    const { runner, id } = await labOfAnotherProcess(true);
    runner.kill('SIGKILL');
    await eventually(
      'the lab to be gone',
      () => processesOf(id),
      (processes) => processes.length === 0,
    );
  });

  it('reports a plan that the kernel refuses as an error of the environment', async () => {
    const bad = { pods: [{ name: 'workload', address: 'not-an-address' }], services: [] };
    await assert.rejects(
      build({ plan: bad }),
      (error) => error instanceof EnvironmentError && /not-an-address/.test(error.message),
    );
  });
});

/** A process that builds a lab and sends its id; on the message `keep` it keeps the lab and ends. */
async function labOfAnotherProcess(mayBeKept: boolean): Promise<{ runner: ChildProcess; id: string }> {
  const program = `
    import { Lab } from ${JSON.stringify(fileURLToPath(new URL('./lab.js', import.meta.url)))};
    const plan = ${JSON.stringify(plan)};
    const lab = await Lab.start({ plan, mayBeKept: ${mayBeKept}, onUnexpectedEnd() {} }, AbortSignal.timeout(20000));
    process.on('message', async () => { await lab.keep(); process.disconnect(); });
    process.send(lab.id);`;
  const runner = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [id] = (await once(runner, 'message')) as [string];
  return { runner, id };
}
