import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { checkEmbedded } from '../environment/embedded/requirements.js';
import { PACKAGE_ROOT } from './project.js';
import type { SeenLimitations } from './run-limitations.js';
import { InlineProject } from './testing/inline-project.js';

const able = (await checkEmbedded()).every(({ ok }) => ok);
const skip = able ? false : 'this machine cannot build labs (mirrorspec doctor says why)';

const limitation = (id: string, more: string): string =>
  `limitation: ${id}\ntitle: ${id} in words\nexplanation: e\nwhen: w\n${more}`;
const LIMITATIONS = [
  limitation('H2', 'protocols: [HTTP/2]\nexpect: { verdict: not-mirrored, because: connection-predates-session }\n'),
  limitation('CUT', 'expect: { verdict: truncated }\n'),
  limitation('LAG', 'expect: { verdict: not-mirrored, because: agent-lagged }\n'),
  limitation('NEW', 'applies-to: { mirrord: ">=3.181" }\nexpect: { verdict: not-mirrored }\n'),
].join('---\n');

const OLD_CALLER = `
    Given no mesh
    And mirrord 3.150
    And a caller that is already connected over HTTP/2
    When the mirror session is started
`;
const CALL = `    And an HTTP/2 call is made
    Then it is mirrored
`;

const projects: InlineProject[] = [];
function project(features: Readonly<Record<string, string>>): InlineProject {
  const files = Object.entries(features).map(([name, text]) => [`features/${name}`, text]);
  const made = new InlineProject({ 'features/limitations/all.yaml': LIMITATIONS, ...Object.fromEntries(files) });
  projects.push(made);
  return made;
}
const scenario = (tags: string, steps: string, name = 's'): string => `  ${tags}\n  Scenario: ${name}${steps}`;
const feature = (...scenarios: readonly string[]): string => `Feature: a\n${scenarios.join('\n')}`;
const seenIn = (made: InlineProject): SeenLimitations['seen'] =>
  JSON.parse(readFileSync(join(made.path, 'reports/limitations.json'), 'utf8')).seen;

after(() => {
  for (const made of projects) made.dispose();
});

describe('a scenario with a known limitation', { skip, concurrency: 2 }, () => {
  it('does not fail the run, is told, and leaves evidence, its reason in JUnit, and what was seen', async () => {
    const made = project({ 'a.feature': feature(scenario('@limitation:H2', OLD_CALLER + CALL)) });
    const { code, stdout } = await made.mirrorspec('run', '--retry', '2');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^known features\/a\.feature:3 {2}s — H2: H2 in words \(T\)$/m);
    assert.match(stdout, /^1 scenario: 1 known limitation \(T\)$/m);
    const junit = readFileSync(join(made.path, 'reports/junit.xml'), 'utf8');
    assert.match(
      junit,
      /<skipped type="known-limitation" message="known limitation H2: H2 in words">observed: not-mirrored \(connection-predates-session\)<\/skipped>/,
    );
    assert.ok(existsSync(join(made.path, 'reports/evidence/a-3-s/scenario.json')));
    const [seen, ...others] = seenIn(made);
    assert.deepEqual(others, []);
    assert.deepEqual(seen, {
      limitation: 'H2',
      title: 'H2 in words',
      outcome: 'known',
      observed: [{ verdict: 'not-mirrored', cause: 'connection-predates-session' }],
      mesh: 'none',
      profile: 'sniffer',
      version: '3.150.0',
      listenInterface: 'eth0',
      protocol: 'HTTP/2',
      interaction: 'unary',
      scenario: 's',
      location: 'features/a.feature:3',
      attempt: 1,
    });
    const explained = await made.mirrorspec('explain', 'H2');
    assert.match(explained.stdout, /features\/a\.feature:3 {2}known: not-mirrored \(connection-predates-session\)/);
  });

  it('is red without the tag, with the reason', async () => {
    const { code, stdout } = await project({ 'a.feature': feature(scenario('@other', OLD_CALLER + CALL)) }).mirrorspec(
      'run',
    );
    assert.equal(code, 1);
    assert.match(stdout, /why: connection-predates-session/);
  });

  it('is red where the cause is cured: no longer limited', async () => {
    const cured = `${OLD_CALLER}    And the caller connects anew\n${CALL}`;
    const made = project({ 'a.feature': feature(scenario('@limitation:H2', cured)) });
    const { code, stdout } = await made.mirrorspec('run');
    assert.equal(code, 1, stdout);
    assert.match(stdout, /no longer limited: remove the tag @limitation:H2/);
    assert.match(stdout, /H2: H2 in words \(expected: not-mirrored because of connection-predates-session\)/);
    assert.equal(seenIn(made)[0]?.outcome, 'no-longer-limited');
    assert.ok(existsSync(join(made.path, 'reports/rerun.txt')));
  });

  for (const [what, tag, note] of [
    ['another verdict', 'CUT', /the known limitation CUT does not explain it: expected of it is truncated/],
    ['another cause', 'LAG', /LAG does not explain it: expected of it is not-mirrored because of agent-lagged/],
    [
      'a version that it does not apply to',
      'NEW',
      /the known limitation NEW does not apply: it is about mirrord >=3\.181; here the version is 3\.150\.0/,
    ],
  ] as const) {
    it(`is red with ${what}`, async () => {
      const made = project({ 'a.feature': feature(scenario(`@limitation:${tag}`, OLD_CALLER + CALL)) });
      const { code, stdout } = await made.mirrorspec('run');
      assert.equal(code, 1);
      assert.match(stdout, note);
      assert.equal(seenIn(made)[0]?.outcome, 'failed');
    });
  }

  it('passes where the limitation does not apply and nothing falls short', async () => {
    const steps = `\n    Given no mesh\n    When an HTTP/1.1 call is made\n    Then it is mirrored\n`;
    const made = project({ 'a.feature': feature(scenario('@limitation:H2 @limitation:NEW', steps)) });
    const { code, stdout } = await made.mirrorspec('run');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /1 scenario: 1 passed/);
    assert.deepEqual(
      seenIn(made).map(({ outcome }) => outcome),
      ['not-applicable', 'not-applicable'],
    );
  });

  it('may have several, of which one explains it', async () => {
    const made = project({ 'a.feature': feature(scenario('@limitation:CUT @limitation:H2', OLD_CALLER + CALL)) });
    assert.equal((await made.mirrorspec('run')).code, 0);
    assert.deepEqual(
      seenIn(made).map(({ limitation: id, outcome }) => [id, outcome]),
      [
        ['CUT', 'not-observed'],
        ['H2', 'known'],
      ],
    );
  });

  it('is red for what has nothing to do with a verdict, also where it falls short', async () => {
    const steps = `${OLD_CALLER}    And an HTTP/2 call is made\n    Then the caller gets the answer "espresso"\n`;
    const { code, stdout } = await project({ 'a.feature': feature(scenario('@limitation:H2', steps)) }).mirrorspec(
      'run',
    );
    assert.equal(code, 1, stdout);
    assert.match(stdout, /expected: espresso/);
  });

  it('is red, and ends as it would without the tag, where the environment cannot be prepared', async () => {
    const made = project({
      'a.feature': feature(
        scenario(
          '@limitation:H2',
          `\n    Given the mirror listens on "mesh7"\n    When an HTTP/2 call is made\n    Then it is mirrored\n`,
        ),
      ),
    });
    assert.equal((await made.mirrorspec('run')).code, 3);
  });

  it('is told in YAML, in parallel, and again by plain cucumber-js', async () => {
    const yaml = `feature: b
scenarios:
  - scenario: in YAML
    tags: [limitation:H2]
    given:
      - mesh: none
      - mirror: { mirrord: "3.150" }
      - connections: already-open
    when:
      - call: { protocol: HTTP/2 }
    then:
      - mirrored: true
`;
    const made = project({
      'a.feature': feature(
        scenario('@limitation:H2', OLD_CALLER + CALL, 'one'),
        scenario('@limitation:H2', OLD_CALLER + CALL, 'two'),
      ),
      'b.yaml': yaml,
    });
    made.write('cucumber.js', `export { default } from 'mirrorspec/profile';\n`);
    made.link('@cucumber/cucumber');
    const { code, stdout } = await made.mirrorspec('run', '--parallel', '3');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^known features\/b\.yaml:3 {2}in YAML — H2: H2 in words/m);
    assert.match(stdout, /3 scenarios: 3 known limitations/);

    const cucumber = join(PACKAGE_ROOT, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
    const plain = await new Promise<{ code: unknown; text: string }>((resolve) => {
      const args = [
        cucumber,
        '--format',
        './node_modules/mirrorspec/dist/support/report/progress.js',
        '--parallel',
        '2',
      ];
      execFile(process.execPath, args, { cwd: made.path }, (error, out, err) =>
        resolve({ code: error?.code ?? 0, text: out + err }),
      );
    });
    assert.equal(plain.code, 0, plain.text);
    assert.match(plain.text, /3 scenarios: 3 known limitations/);
  });

  it('is told where it is flaky: once otherwise, and known in the second attempt', async () => {
    const steps = `import { declareStep, ExpectationError } from 'mirrorspec';
import { existsSync, writeFileSync } from 'node:fs';
declareStep({ keyword: 'Then', expression: 'it fails once', title: 't', description: 'd', example: 'Then it fails once',
  run() {
    if (existsSync('failed')) return;
    writeFileSync('failed', '');
    throw new ExpectationError('not today');
  } });
`;
    const made = project({
      'a.feature': feature(
        scenario(
          '@limitation:H2',
          `${OLD_CALLER}    And an HTTP/2 call is made\n    Then it fails once\n    And it is mirrored\n`,
        ),
      ),
    });
    made.write('steps/own.js', steps);
    const { code, stdout } = await made.mirrorspec('run', '--retry', '2');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^retry features\/a\.feature:3/m);
    assert.match(stdout, /^known features\/a\.feature:3 {2}s — H2: H2 in words \(T, attempt 2\)$/m);
    assert.match(stdout, /1 scenario: 1 known limitation, 1 of them after a retry/);
  });
});
