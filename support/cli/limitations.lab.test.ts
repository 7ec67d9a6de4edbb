import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { missingForEmbedded } from '../environment/embedded/requirements.js';
import { PACKAGE_ROOT } from './project.js';
import type { SeenLimitations } from './run-limitations.js';
import { InlineProject } from './testing/inline-project.js';

const able = (await missingForEmbedded()).length === 0;
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

/** What was seen in one of several scenarios. */
const seenOf = (made: InlineProject, name: string): SeenLimitations['seen'] =>
  seenIn(made).filter((each) => each.scenario === name);

describe('known limitations', { skip, concurrency: 2 }, () => {
  it('do not fail a run, are told, and leave evidence, their reason in JUnit, and what was seen', async () => {
    const elsewhere = `\n    Given no mesh\n    When an HTTP/1.1 call is made\n    Then it is mirrored\n`;
    const made = project({
      'a.feature': feature(
        scenario('@limitation:H2', OLD_CALLER + CALL),
        scenario('@limitation:H2 @limitation:NEW', elsewhere, 'does not apply and holds'),
        scenario('@limitation:CUT @limitation:H2', OLD_CALLER + CALL, 'has several'),
      ),
    });
    const { code, stdout } = await made.mirrorspec('run', '--retry', '2');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^known features\/a\.feature:3 {2}s — H2: H2 in words \(T\)$/m);
    assert.match(stdout, /^pass {2}features\/a\.feature:\d+ {2}does not apply and holds \(T\)$/m);
    assert.match(stdout, /^3 scenarios: 1 passed, 2 known limitations \(T\)$/m);
    const junit = readFileSync(join(made.path, 'reports/junit.xml'), 'utf8');
    assert.match(
      junit,
      /<skipped type="known-limitation" message="known limitation H2: H2 in words">observed: not-mirrored \(connection-predates-session\)<\/skipped>/,
    );
    assert.ok(existsSync(join(made.path, 'reports/evidence/a-3-s/scenario.json')));
    const [seen, ...others] = seenOf(made, 's');
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
    assert.deepEqual(
      seenOf(made, 'does not apply and holds').map(({ outcome }) => outcome),
      ['not-applicable', 'not-applicable'],
    );
    assert.deepEqual(
      seenOf(made, 'has several').map(({ limitation: id, outcome }) => [id, outcome]),
      [
        ['CUT', 'not-observed'],
        ['H2', 'known'],
      ],
    );
    const explained = await made.mirrorspec('explain', 'H2');
    assert.match(explained.stdout, /features\/a\.feature:3 {2}known: not-mirrored \(connection-predates-session\)/);
  });

  it('explain nothing but what they say: everything else is red, with the reason', async () => {
    const cured = `${OLD_CALLER}    And the caller connects anew\n${CALL}`;
    const unanswered = `${OLD_CALLER}    And an HTTP/2 call is made\n    Then the caller gets the answer "espresso"\n`;
    const cases = [
      { name: 'no tag', tag: '@other', says: /why: connection-predates-session/ },
      {
        name: 'cured',
        tag: '@limitation:H2',
        steps: cured,
        says: /no longer limited: remove the tag @limitation:H2[\s\S]*H2: H2 in words \(expected: not-mirrored because of connection-predates-session\)/,
        outcome: 'no-longer-limited',
      },
      {
        name: 'another verdict',
        tag: '@limitation:CUT',
        says: /the known limitation CUT does not explain it: expected of it is truncated/,
        outcome: 'failed',
      },
      {
        name: 'another cause',
        tag: '@limitation:LAG',
        says: /LAG does not explain it: expected of it is not-mirrored because of agent-lagged/,
        outcome: 'failed',
      },
      {
        name: 'another version',
        tag: '@limitation:NEW',
        says: /the known limitation NEW does not apply: it is about mirrord >=3\.181; here the version is 3\.150\.0/,
        outcome: 'failed',
      },
      { name: 'no verdict', tag: '@limitation:H2', steps: unanswered, says: /expected: espresso/ },
    ];
    const made = project({
      'a.feature': feature(...cases.map(({ name, tag, steps = OLD_CALLER + CALL }) => scenario(tag, steps, name))),
    });
    const { code, stdout } = await made.mirrorspec('run');
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^6 scenarios: 6 failed \(T\)$/m);
    const told = stdout.split(/^(?=FAIL )/m);
    for (const { name, says, outcome } of cases) {
      assert.match(told.find((each) => each.includes(`  ${name} (T)`)) ?? '', says);
      if (outcome !== undefined) assert.equal(seenOf(made, name)[0]?.outcome, outcome, name);
    }
    assert.ok(existsSync(join(made.path, 'reports/rerun.txt')));
  });

  it('do not hide that the environment cannot be prepared: the run ends as it would without the tag', async () => {
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

  it('are told in YAML, in parallel, and again by plain cucumber-js', async () => {
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
      'a.feature': feature(scenario('@limitation:H2', OLD_CALLER + CALL, 'in Gherkin')),
      'b.yaml': yaml,
    });
    made.write('cucumber.js', `export { default } from 'mirrorspec/profile';\n`);
    made.link('@cucumber/cucumber');
    const { code, stdout } = await made.mirrorspec('run', '--parallel', '2');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^known features\/b\.yaml:3 {2}in YAML — H2: H2 in words/m);
    assert.match(stdout, /2 scenarios: 2 known limitations/);

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
    assert.match(plain.text, /2 scenarios: 2 known limitations/);
  });

  it('are told where a scenario is flaky: once otherwise, and known in the second attempt', async () => {
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
