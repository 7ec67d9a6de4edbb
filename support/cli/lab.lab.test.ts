import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { findLabs } from '../environment/embedded/leftovers.js';
import { findCommand, missingForEmbedded } from '../environment/embedded/requirements.js';
import { type Ended, InlineProject } from './testing/inline-project.js';

const able = (await missingForEmbedded()).length === 0;
const skip = able ? false : 'this machine cannot build labs (mirrorspec doctor says why)';

const projects: InlineProject[] = [];
const project = (feature: string, files: Readonly<Record<string, string>> = {}): InlineProject => {
  const made = new InlineProject({ 'features/a.feature': `Feature: a\n${feature}`, ...files });
  projects.push(made);
  return made;
};
const run = (feature: string, files?: Readonly<Record<string, string>>): Promise<Ended> =>
  project(feature, files).mirrorspec('run', '--parallel', '1');

after(() => {
  for (const made of projects) made.dispose();
});

describe('wrong expectations on a real lab are red, with the reason', { skip, concurrency: 2 }, () => {
  it('that eth0 mirrors under STRICT', async () => {
    const { code, stdout } = await run(`
  Scenario: s
    Given an Istio mesh
    And the mirror listens on "eth0"
    When an HTTP/1.1 call is made
    Then it is mirrored
`);
    assert.equal(code, 1);
    assert.match(stdout, /was expected to be mirrored, but nothing of it arrived at the local process/);
    assert.match(stdout, /why: encrypted-interface/);
    assert.match(stdout, /TLS ClientHello \(ALPN istio-http\/1\.1/);
  });

  it('that lo does not mirror on a mesh', async () => {
    const { code, stdout } = await run(`
  Scenario: s
    Given an Istio mesh
    And the mirror listens on "lo"
    When a gRPC-over-HTTP/2 call is made
    Then it is not mirrored
`);
    assert.equal(code, 1);
    assert.match(stdout, /expected not to be mirrored, but the local process received exactly what was sent/);
  });

  it('another payload', async () => {
    const { code, stdout } = await run(`
  Scenario: s
    Given an Istio mesh
    And the payload "two espressi"
    When an HTTP/2 call is made
    Then the mirrored payload is "three espressi"
`);
    assert.equal(code, 1);
    assert.match(stdout, /expected: three espressi\s+found: +two espressi/);
  });

  it('another cause', async () => {
    const { code, stdout } = await run(`
  Scenario: s
    Given no mesh
    And the mirror listens on "lo"
    When an HTTP/1.1 call is made
    Then it is not mirrored because of encrypted-interface
`);
    assert.equal(code, 1);
    assert.match(stdout, /why: no-traffic-on-interface/);
  });

  it('that a plaintext caller is served under STRICT', async () => {
    const { code, stdout } = await run(`
  Scenario: s
    Given an Istio mesh
    And a caller outside the mesh
    When an HTTP/1.1 call is made
    Then it is mirrored
`);
    assert.equal(code, 1);
    assert.match(stdout, /why: call-not-delivered/);
  });
});

describe("the user's own programs", { skip, concurrency: 2 }, () => {
  const SERVER = `import { createServer } from 'node:http';
createServer((request, response) => request.pipe(response)).listen(Number(process.env.PORT));
`;

  it('serve as workload and as local process', async () => {
    const { code, stdout } = await run(
      `
  Scenario: s
    Given an Istio mesh
    And the workload runs "node server.js" on port 8080
    And the local process runs "node server.js"
    When an HTTP/1.1 call is made
    Then it is mirrored
    And the caller gets the answer "mirrored by specification"
`,
      { 'server.js': SERVER },
    );
    assert.equal(code, 0, stdout);
  });

  it('that end in the midst of a scenario are named, whatever a step finds wrong then; the next scenario runs', async () => {
    const { code, stdout } = await run(
      `
  Scenario: s
    Given the workload runs "node server.js" on port 8080
    When an HTTP/1.1 call is made
    And a step waits
  Scenario: t
    When an HTTP/1.1 call is made
    Then it is mirrored
`,
      {
        'server.js': `import { createServer } from 'node:http';
createServer((_, response) => response.end(() => setTimeout(() => process.exit(7), 100))).listen(8080);
`,
        'steps/own.js': `import { setTimeout as delay } from 'node:timers/promises';
import { declareStep } from 'mirrorspec';
declareStep({ keyword: 'When', expression: 'a step waits', title: 't', description: 'd', example: 'When a step waits',
  run() { return delay(20_000, undefined, { signal: this.signal }); } });
`,
      },
    );
    assert.match(
      stdout,
      /^FAIL .* {2}s \(T\)\n.*And a step waits.*\n +a part of the scenario is gone: the workload has ended \(exit code 7\)\n/m,
    );
    assert.doesNotMatch(stdout, /AbortError/);
    assert.match(stdout, /^pass .* {2}t \(T\)$/m);
    assert.equal(code, 3);
  });

  it('that end at once are reported with what they printed', async () => {
    const { code, stdout } = await run(
      `
  Scenario: s
    Given the workload runs "node server.js" on port 8080
    When an HTTP/1.1 call is made
    Then it is mirrored
`,
      { 'server.js': "console.error('no database'); process.exit(7);\n" },
    );
    assert.equal(code, 2, stdout);
    assert.match(stdout, /ended \(exit code 7\) before it listened on port 8080; it printed:\s+no database/);
  });
});

/** Labs that were not there before and whose runner is gone, once they had time to end. */
async function labsLeft(before: ReadonlySet<string>): Promise<readonly string[]> {
  const left = (): string[] =>
    findLabs()
      .filter(({ id, inUse }) => !before.has(id) && !inUse)
      .map(({ id }) => id);
  const deadline = performance.now() + 3_000;
  while (left().length > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  return left();
}

describe('an interrupted run', { skip, concurrency: 2 }, () => {
  for (const { signals, args = [], code } of [
    { signals: ['SIGINT'], code: 130 },
    { signals: ['SIGTERM'], code: 130 },
    // The terminal has gone away.
    { signals: ['SIGHUP'], code: 130 },
    { signals: ['SIGINT', 'SIGINT'], code: 130 },
    { signals: ['SIGKILL'], code: null },
    // The kernel does not tie labs to a runner that may keep them; they notice its end.
    { signals: ['SIGINT', 'SIGINT'], args: ['--keep'], code: 130 },
    { signals: ['SIGKILL'], args: ['--keep'], code: null },
    // The run is a child of what gets the signal.
    { signals: ['SIGINT'], args: ['--watch'], code: 130 },
    { signals: ['SIGKILL'], args: ['--watch'], code: null },
  ] as const) {
    it(`leaves no lab behind after ${[signals.join(' and '), ...args].join(' with ')}`, async () => {
      const steps = `import { declareStep } from 'mirrorspec';
declareStep({ keyword: 'When', expression: 'it takes a minute', title: 't', description: 'd', example: 'When it takes a minute',
  run() {
    console.log('a lab is up');
    return new Promise((resolve) => setTimeout(resolve, 60_000));
  } });
`;
      const made = project(
        `
  Scenario Outline: s <n>
    Given an Istio mesh
    When an HTTP/1.1 call is made
    And it takes a minute
    Examples:
      | n |
      | 1 |
      | 2 |
`,
        { 'steps/own.js': steps },
      );
      const before = new Set(findLabs().map(({ id }) => id));
      const started = made.start('run', '--parallel', '2', ...args);
      await started.prints('a lab is up');
      const labs = findLabs().filter(({ id }) => !before.has(id));
      assert.ok(labs.length > 0);
      for (const signal of signals) {
        process.kill(started.pid, signal);
        // Signals that are pending at the same time are one.
        if (signal !== signals.at(-1)) await started.warns('once more to end at once');
      }
      assert.equal((await started.ended).code, code);
      assert.deepEqual(await labsLeft(before), []);
    });
  }

  it('leaves no lab behind when a worker ends in the midst of a scenario', async () => {
    const steps = `import { declareStep } from 'mirrorspec';
declareStep({ keyword: 'When', expression: 'the worker ends', title: 't', description: 'd', example: 'When the worker ends',
  run() { process.exit(0); } });
`;
    const made = project(
      `
  Scenario Outline: s <n>
    Given an Istio mesh
    When an HTTP/1.1 call is made
    And the worker ends
    Examples:
      | n |
      | 1 |
      | 2 |
`,
      { 'steps/own.js': steps },
    );
    const before = new Set(findLabs().map(({ id }) => id));
    assert.equal((await made.mirrorspec('run', '--parallel', '2')).code, 4);
    assert.deepEqual(await labsLeft(before), []);
  });
});

describe('the evidence of a scenario', { skip }, () => {
  const tshark = findCommand('tshark');

  it('is on disk, and holds no credential', async () => {
    const made = project(`
  Scenario: s
    Given an Istio mesh
    And the headers:
      | authorization | Bearer top-secret |
    When an HTTP/1.1 call is made
    Then it is mirrored
`);
    assert.equal((await made.mirrorspec('run')).code, 0);
    const folder = join(made.path, 'reports/evidence/a-3-s');
    const files = readdirSync(folder);
    for (const file of [
      'caller.ndjson',
      'workload.ndjson',
      'local-process.ndjson',
      'agent.log',
      'lo.pcapng',
      'eth0.pcapng',
    ]) {
      assert.ok(files.includes(file), `${file} is missing; there are ${files.join(', ')}`);
    }
    for (const file of ['cucumber.html', 'junit.xml', 'messages.ndjson']) {
      const path = join(made.path, 'reports', file);
      assert.ok(existsSync(path));
      // The feature file itself names the header's value; only journals must not.
      if (file !== 'junit.xml') continue;
      assert.doesNotMatch(readFileSync(path, 'utf8'), /Bearer top-secret/);
    }
    for (const file of files.filter((name) => name.endsWith('.ndjson') || name.endsWith('.json'))) {
      assert.doesNotMatch(readFileSync(join(folder, file), 'utf8'), /top-secret/, file);
    }
  });

  it('has captures in which tshark finds TLS only on eth0 and plaintext on lo', {
    skip: tshark === undefined && 'tshark is not installed',
  }, async () => {
    const made = project(`
  Scenario: s
    Given an Istio mesh
    And the payload "readable for a sidecar only"
    When a gRPC-over-HTTP/2 call is made
    Then it is mirrored
`);
    assert.equal((await made.mirrorspec('run')).code, 0);
    const payloads = (file: string): string[] =>
      execFileSync(
        tshark as string,
        [
          '-r',
          join(made.path, 'reports/evidence/a-3-s', file),
          '-Y',
          'tcp.len > 0',
          '-T',
          'fields',
          '-e',
          'tcp.payload',
        ],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
      )
        .split('\n')
        .filter((line) => line !== '');
    const text = Buffer.from('readable for a sidecar only').toString('hex');
    const [lo, eth0] = [payloads('lo.pcapng'), payloads('eth0.pcapng')];
    assert.ok(lo.some((hex) => hex.includes(text)));
    assert.ok(!eth0.some((hex) => hex.includes(text)));
    // Every segment from the caller's sidecar starts a TLS record: handshake, change cipher spec or application data.
    assert.ok(eth0.length > 0 && eth0.every((hex) => /^(14|16|17)030[1-4]/.test(hex)), eth0.join('\n'));
  });
});
