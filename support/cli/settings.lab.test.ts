import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { missingForEmbedded } from '../environment/embedded/requirements.js';
import { InlineProject } from './testing/inline-project.js';

const able = (await missingForEmbedded()).length === 0;
const skip = able ? false : 'this machine cannot build labs (mirrorspec doctor says why)';

const projects: InlineProject[] = [];
const project = (files: Readonly<Record<string, string>>): InlineProject => {
  const made = new InlineProject(files);
  projects.push(made);
  return made;
};
after(() => {
  for (const made of projects) made.dispose();
});

/** Seconds that each step of the last run took, by its text. */
function durations(made: InlineProject): ReadonlyMap<string, number> {
  const lines = readFileSync(join(made.path, 'reports/messages.ndjson'), 'utf8').trim().split('\n');
  const messages = lines.map((line) => JSON.parse(line));
  const texts = new Map<string, string>();
  for (const { pickle } of messages) for (const step of pickle?.steps ?? []) texts.set(step.id, step.text);
  const names = new Map<string, string>();
  for (const { testCase } of messages) {
    for (const { id, pickleStepId } of testCase?.testSteps ?? []) names.set(id, texts.get(pickleStepId) ?? 'hook');
  }
  return new Map(
    messages.flatMap(({ testStepFinished: step }) =>
      step === undefined
        ? []
        : [
            [
              names.get(step.testStepId) ?? '',
              Number(step.testStepResult.duration.seconds) + step.testStepResult.duration.nanos / 1e9,
            ],
          ],
    ),
  );
}

describe('what an environment says', { skip, concurrency: 2 }, () => {
  it('is the mesh of a scenario that names none: the permissive one serves callers with and without a sidecar', async () => {
    const made = project({
      'features/a.feature': `Feature: a
  Scenario: a meshed caller encrypts
    Given the mirror listens on "eth0"
    When an HTTP/1.1 call is made
    Then it is not mirrored because of encrypted-interface
  Scenario: an unmeshed caller is served
    Given a caller outside the mesh
    And the mirror listens on "eth0"
    When an HTTP/1.1 call is made
    Then it is mirrored
`,
    });
    const { code, stdout } = await made.mirrorspec('run', '--environment', 'embedded-permissive', '--parallel', '1');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^environment: embedded-permissive \(shipped with mirrorspec\)$/m);
    const evidence = join(made.path, 'reports/evidence/a-2-a-meshed-caller-encrypts/scenario.json');
    const { environment, facts } = JSON.parse(readFileSync(evidence, 'utf8'));
    assert.equal(environment.name, 'embedded-permissive');
    assert.equal(facts['mTLS policy'], 'PERMISSIVE');
  });

  it('is the version of mirrord: one feature runs under several, and what a version cannot do is skipped with the reason', async () => {
    const made = project({
      'features/a.feature': `Feature: a
  Scenario: any version
    Given an Istio mesh
    When an HTTP/1.1 call is made
    Then it is mirrored
  Scenario: one that listens
    Given an Istio mesh
    And the mirror listens on "lo"
    When an HTTP/1.1 call is made
    Then it is mirrored
`,
    });
    const ran = async (version: string) => {
      const { code, stdout } = await made.mirrorspec('run', '--set', `mirror.version=${version}`);
      assert.equal(code, 0, stdout);
      const evidence = join(made.path, 'reports/evidence/a-2-any-version/scenario.json');
      const { session } = JSON.parse(readFileSync(evidence, 'utf8'));
      return { session, stdout };
    };
    const old = await ran('3.152');
    assert.deepEqual(
      [old.session.profile, old.session.version, old.session.listenInterface],
      ['sniffer', '3.152.0', 'lo'],
    );
    assert.match(old.stdout, /^2 scenarios: 2 passed/m);
    const current = await ran('3.250');
    assert.deepEqual([current.session.profile, current.session.version], ['redirect', '3.250.0']);
    assert.match(current.stdout, /^2 scenarios: 1 passed, 1 skipped/m);
    assert.match(
      current.stdout,
      /^skip {2}features\/a\.feature:6 {2}one that listens — mirrord 3\.250\.0 listens on no interface: .* \(the environment says mirror\.version\)/m,
    );
    const junit = readFileSync(join(made.path, 'reports/junit.xml'), 'utf8');
    assert.match(
      junit,
      /<skipped type="not-applicable" message="not applicable: mirrord 3\.250\.0 listens on no interface/,
    );
  });

  it('is how long a copy is waited for that does not come, and how long for one that must not', async () => {
    const files = {
      // Takes one connection and no more, so that later calls have no copy.
      'local.js': `import { createServer } from 'node:net';
const server = createServer((socket) => { server.close(); socket.resume(); }).listen(Number(process.env.PORT));
`,
      'features/a.feature': `Feature: a
  Scenario: s
    Given a new connection for each call
    And the local process runs "node local.js"
    When 20 HTTP/1.1 calls are made
    Then it is mirrored
`,
    };
    const waited = async (...set: string[]): Promise<number> => {
      const made = project(files);
      const { code, stdout } = await made.mirrorspec('run', ...set.flatMap((each) => ['--set', each]));
      assert.equal(code, 1, stdout);
      assert.match(stdout, /why: local-process-down/);
      return durations(made).get('it is mirrored') ?? Number.NaN;
    };
    const short = await waited('timeouts.delivery=0 ms', 'settle=0 ms');
    const long = await waited('timeouts.delivery=4 s', 'settle=0 ms');
    const settled = await waited('timeouts.delivery=0 ms', 'settle=4 s');
    assert.ok(long >= 4, `${long} s`);
    assert.ok(settled >= 4, `${settled} s`);
    assert.ok(short < 3, `${short} s`);
  });

  it('is an Envoy that ends before it is ready: 3, in its own words', async () => {
    const made = project({
      'features/a.feature': 'Feature: a\n  Scenario: s\n    Given an Istio mesh\n    When an HTTP/1.1 call is made\n',
      'bin/envoy': `#!/bin/sh
case "$*" in
*--version*) echo "envoy  version: abc/1.40.0/Clean/RELEASE/BoringSSL" ;;
*validate*) ;;
*) echo "a fault of its own" >&2; exit 1 ;;
esac
`,
    });
    const envoy = join(made.path, 'bin/envoy');
    chmodSync(envoy, 0o755);
    const { code, stdout } = await made.mirrorspec('run', '--set', `sidecar.envoy=${envoy}`);
    assert.match(stdout, /the sidecar of the (workload|caller) could not be started \(envoy 1\.40\.0, /);
    assert.match(stdout, /ended \(exit code 1\) before it was ready; it printed:\n +a fault of its own/);
    assert.match(stdout, /^sidecars: envoy 1\.40\.0 \(.*, named by sidecar\.envoy\)$/m);
    assert.equal(code, 3);
  });
});
