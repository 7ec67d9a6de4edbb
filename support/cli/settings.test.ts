import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { InlineProject } from './testing/inline-project.js';

/** Steps that need no lab. */
const STEPS = `import { declareStep } from 'mirrorspec';
const step = (expression, run) =>
  declareStep({ keyword: 'When', expression, title: expression, description: '-', example: 'When ' + expression, run });
step('nothing happens', () => {});
step('it takes a minute', () => new Promise((resolve) => setTimeout(resolve, 60_000)));
step('the settings are told', function () {
  const { environment, protoPath } = this.run;
  const { listenInterface } = this.describe.mirror;
  this.log(JSON.stringify({ environment, protoPath, listenInterface, situation: this.situation, timeoutMs: this.call.timeoutMs }));
});
`;
const FEATURE =
  'Feature: f\n  @a\n  Scenario: told\n    When the settings are told\n  Scenario: nothing\n    When nothing happens\n';

interface Told {
  readonly environment: {
    readonly name: string;
    readonly settleMs: number;
    readonly timeouts: { readonly callMs: number };
  };
  readonly protoPath: readonly string[];
  readonly listenInterface: string;
  readonly situation: { readonly mesh: unknown; readonly workload: unknown; readonly caller: string };
  readonly timeoutMs: number;
}

describe('settings', { concurrency: 2 }, () => {
  const projects: InlineProject[] = [];
  const projectOf = (files: Readonly<Record<string, string>>): InlineProject => {
    const project = new InlineProject({ 'steps/own.js': STEPS, 'features/a.feature': FEATURE, ...files });
    projects.push(project);
    return project;
  };
  after(() => {
    for (const project of projects) project.dispose();
  });
  const toldIn = (project: InlineProject, reports = 'reports'): Told => {
    const messages = readFileSync(join(project.path, reports, 'messages.ndjson'), 'utf8')
      .trim()
      .split('\n');
    const attached = messages.map((line) => JSON.parse(line).attachment?.body).filter((body) => body?.startsWith('{'));
    assert.equal(attached.length, 1);
    return JSON.parse(attached[0]) as Told;
  };

  for (const workers of ['1', '2']) {
    test(`of file, project and options reach the scenarios, with ${workers} workers`, async () => {
      const project = projectOf({
        'mirrorspec.yaml': 'environment: ci\nset: { settle: 1 s }\nproto-path: [protos]\nreport-dir: out\n',
        'features/environments/ci.yaml':
          'environment: ci\nmesh: { kind: istio, mtls: PERMISSIVE }\nmirror: { listen: lo }\nworkload: { run: node w.js, port: 81 }\nsettle: 2 s\n',
      });
      const { code, stdout, stderr } = await project.mirrorspec('run', '-p', workers, '--set', 'timeouts.call=4 s');
      assert.equal(code, 0, stdout + stderr);
      const { environment, protoPath, listenInterface, situation, timeoutMs } = toldIn(project, 'out');
      assert.equal(environment.name, 'ci');
      assert.equal(environment.settleMs, 1000);
      assert.deepEqual([environment.timeouts.callMs, timeoutMs], [4000, 4000]);
      assert.deepEqual(protoPath, [join(project.path, 'protos')]);
      assert.equal(listenInterface, 'lo');
      assert.deepEqual(situation.mesh, { kind: 'istio', mtls: 'PERMISSIVE' });
      assert.equal(situation.caller, 'meshed');
      assert.deepEqual(situation.workload, {
        kind: 'command',
        command: { argv: ['node', 'w.js'], cwd: project.path, env: { PORT: '81' } },
        ports: [81],
      });
      assert.match(
        stdout,
        /^environment: ci \(features\/environments\/ci\.yaml\), timeouts\.call=4 s by --set, settle=1 s by mirrorspec\.yaml:2$/m,
      );
      const kept = JSON.parse(readFileSync(join(project.path, 'out/environment.json'), 'utf8'));
      assert.equal(kept.environment, 'ci');
      assert.deepEqual(
        kept.values.find(({ key }: { key: string }) => key === 'settle'),
        { key: 'settle', value: '1 s', from: 'mirrorspec.yaml:2' },
      );
    });

    test(`a step fails after timeouts.step, with ${workers} workers`, async () => {
      const project = projectOf({
        'features/a.feature':
          'Feature: f\n  Scenario: s\n    When it takes a minute\n  Scenario: t\n    When nothing happens\n',
      });
      const { code, stdout } = await project.mirrorspec('run', '-p', workers, '--set', 'timeouts.step=1 s');
      assert.match(stdout, /within 1000 milliseconds/);
      assert.match(stdout, /^2 scenarios: 1 passed, 1 failed|^2 scenarios: 1 failed, 1 passed/m);
      assert.equal(code, 1);
    });
  }

  test('the default environment is not told, but kept', async () => {
    const project = projectOf({});
    const { stdout } = await project.mirrorspec('run');
    assert.doesNotMatch(stdout, /^environment:/m);
    assert.equal(
      JSON.parse(readFileSync(join(project.path, 'reports/environment.json'), 'utf8')).environment,
      'embedded',
    );
  });

  test('a project says which features, steps and tags are run; the command line says otherwise', async () => {
    const project = projectOf({
      'mirrorspec.yaml': 'features: [specs]\nsteps: [code]\ntags: "@a"\n',
      'code/own.js': STEPS,
      'steps/own.js': 'throw new Error("not to be loaded");\n',
      'specs/b.feature': FEATURE.replace('told\n', 'told, of specs\n'),
    });
    assert.equal(
      (await project.mirrorspec('run', '--dry-run')).stdout,
      'specs/b.feature:3  told, of specs\n\n1 scenario checked, nothing is wrong with them\n',
    );
    const other = await project.mirrorspec('run', 'features', '--tags', 'not @a', '--dry-run');
    assert.equal(other.stdout, 'features/a.feature:5  nothing\n\n1 scenario checked, nothing is wrong with them\n');
  });

  test('mistakes in the configuration, the environment and options are told together, and nothing is run', async () => {
    const project = projectOf({
      'mirrorspec.yaml': 'retries: 1\n',
      'features/environments/ci.yaml': 'environment: ci\nsettle: 1\n',
    });
    const { code, stdout, stderr } = await project.mirrorspec('run', '-e', 'ci', '--set', 'mesh=isto');
    assert.equal(stdout, '');
    assert.deepEqual(
      stderr.split('\n').filter((line) => /^error|-->/.test(line)),
      [
        'error: there is no "retries" here',
        ' --> mirrorspec.yaml:1:1',
        'error: a duration is needed here, and this is the number 1',
        ' --> features/environments/ci.yaml:2:9',
        'error: --set mesh=isto: "isto" cannot stand here',
        'error: 3 mistakes were found, nothing was run',
      ],
    );
    assert.equal(code, 2);
  });

  test('a project whose configuration is mistaken has no steps to list, but all its mistakes are found', async () => {
    const project = projectOf({
      'mirrorspec.yaml': 'step: [code]\n',
      'features/b.feature': 'Feature: b\n  Scenario: s\n    When x\n',
    });
    const steps = await project.mirrorspec('steps', 'nothing');
    assert.match(steps.stderr, /there is no "step" here/);
    assert.deepEqual([steps.code, steps.stdout], [2, '']);
    const lint = await project.mirrorspec('lint');
    assert.match(lint.stdout, /there is no "step" here/);
    assert.match(lint.stdout, /no step matches "x"/);
  });

  for (const [what, args, words] of [
    [
      'a cluster',
      ['-e', 'kubernetes'],
      'the environment "kubernetes" is a cluster (kind: kubernetes); this version runs scenarios on this machine only (kind: embedded)\n  to mend it: mirrorspec run --environment embedded\n',
    ],
  ] as const) {
    test(`${what} is not for this version to run on: 3`, async () => {
      const project = projectOf({});
      assert.deepEqual(await project.mirrorspec('run', ...args), { code: 3, stdout: '', stderr: `error: ${words}` });
      const checked = await project.mirrorspec('run', '--dry-run', ...args);
      assert.equal(checked.code, 0, 'checking the features needs no environment');
    });
  }

  test('an Envoy that cannot be used is no environment: 3, in words', async () => {
    const project = projectOf({ 'features/a.feature': 'Feature: f\n  Scenario: s\n    Given no mesh\n' });
    const args = ['--set', 'sidecar.engine=envoy', '--set', 'sidecar.envoy=/nowhere/envoy'];
    const { code, stdout, stderr } = await project.mirrorspec('run', ...args);
    assert.deepEqual([code, stdout], [3, '']);
    assert.match(
      stderr,
      /^ {2}sidecars: \/nowhere\/envoy is no program that can be run\n {4}to mend it: name an Envoy /m,
    );
    assert.equal((await project.mirrorspec('run', '--dry-run', ...args)).code, 0, 'checking features needs none');
    const doctor = await project.mirrorspec('doctor', ...args);
    assert.match(doctor.stdout, /^missing +sidecars +\/nowhere\/envoy is no program/m);
    assert.equal(doctor.code, 3);
  });

  test('doctor prints every value and where it comes from', async () => {
    const project = projectOf({ 'mirrorspec.yaml': 'set:\n  mesh: istio\n' });
    const { stdout, code } = await project.mirrorspec('doctor', '-e', 'kubernetes', '--set', 'context=kind');
    assert.equal(
      stdout,
      `environment kubernetes (shipped with mirrorspec)

kind                  kubernetes    shipped with mirrorspec
mesh.kind             istio         mirrorspec.yaml:2
mesh.mtls             STRICT        default
mirror.profile        -             default
mirror.version        -             default
mirror.listen         auto          default
mirror.local-process  receiver      default
workload              echo          default
timeouts.build        5 min         shipped with mirrorspec
timeouts.delivery     10 s          shipped with mirrorspec
timeouts.call         30 s          shipped with mirrorspec
timeouts.step         10 min        shipped with mirrorspec
settle                500 ms        shipped with mirrorspec
context               kind          --set
namespace             mirrorspec    shipped with mirrorspec
images.workload       node:20-slim  shipped with mirrorspec
images.caller         node:20-slim  shipped with mirrorspec
images.agent          -             default

missing  this version of mirrorspec  the environment "kubernetes" is a cluster (kind: kubernetes); this version runs scenarios on this machine only (kind: embedded)
         to mend it: mirrorspec run --environment embedded

Scenarios cannot run in this environment yet.
`,
    );
    assert.equal(code, 3);
  });
});
