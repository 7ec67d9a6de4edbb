import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { EXIT } from '../../model/errors.js';
import type { LimitationObservation } from '../../model/limitation-observation.js';
import { DEFAULT_REDACTION, Redactor } from '../../model/redaction.js';
import type { Results } from '../../model/results.js';
import { messagesOf, recordOf, type ScriptedScenario } from '../testing/synthetic-run.js';
import { ResultsRecorder } from './recorder.js';
import { RESULTS_SCHEMA } from './results-schema.js';
import { resultsOf } from './run.js';
import { writeResults } from './write-results.js';

const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-results-'));
after(() => rmSync(folder, { recursive: true }));
const validate = new Ajv2020({ strict: true, allErrors: true }).compile<Results>(RESULTS_SCHEMA);

const passed = { status: 'PASSED', record: recordOf() } as const;
const failed = { status: 'FAILED', error: { type: 'ExpectationError', message: 'nothing arrived' } } as const;
const observation: LimitationObservation = {
  limitation: 'L4',
  title: 'eth0 carries ciphertext',
  outcome: 'known',
  observed: [{ verdict: 'not-mirrored', cause: 'encrypted-interface' }],
  mesh: 'istio',
  // No protocol of the matrix, but one that limitations are about.
  protocol: 'TLS',
};

/** `results.json` of a run, read again. */
function resultsFor(
  scenarios: Iterable<ScriptedScenario>,
  { interrupted = false, uri = 'features/a.feature' } = {},
): Results {
  const recorder = new ResultsRecorder({
    runId: 'r',
    folder,
    reproduce: { command: ['npx', 'mirrorspec', 'run'], options: ['--set', "timeouts.call='5 s'"] },
    isInterrupted: () => interrupted,
  });
  for (const message of messagesOf(scenarios, { uri })) recorder.record(message);
  const source = resultsOf(recorder, {
    id: 'r',
    version: '0.1.0',
    command: ['npx', 'mirrorspec', 'run', '--name', 'password=hunter2 or so'],
    redactor: new Redactor({ ...DEFAULT_REDACTION, patterns: ['emp-[0-9]+'] }),
    cwd: folder,
    exitCode: EXIT.failed,
    selection: { paths: [], names: ['password=hunter2 or so'], tags: '@emp-4711' },
  });
  writeResults(join(folder, 'results.json'), source);
  recorder.log.dispose();
  const results: unknown = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
  assert.ok(validate(results), JSON.stringify(validate.errors?.slice(0, 3)));
  return results;
}

describe('results.json', () => {
  it('holds every state that a scenario can have, is valid by its schema, and nothing else is left behind', () => {
    const { counts, scenarios } = resultsFor([
      { name: 'passes', attempts: [passed] },
      { name: 'fails', attempts: [failed] },
      { name: 'is flaky', attempts: [failed, passed] },
      { name: 'is known', attempts: [{ status: 'SKIPPED', limitations: [observation] }] },
      {
        name: 'is cured',
        attempts: [{ ...failed, limitations: [{ ...observation, outcome: 'no-longer-limited' }] }],
      },
      { name: 'skips itself', attempts: [{ status: 'SKIPPED' }] },
      { name: 'never runs', attempts: [] },
      { name: 'is not chosen' },
    ]);
    assert.deepEqual(
      scenarios.map(({ name, state }) => [name, state]),
      [
        ['passes', 'pass'],
        ['fails', 'fail'],
        ['is flaky', 'flaky'],
        ['is known', 'known-limitation'],
        ['is cured', 'fixed'],
        ['skips itself', 'not-applicable'],
        ['never runs', 'not-tested'],
      ],
    );
    assert.deepEqual(counts, {
      pass: 1,
      fail: 1,
      'known-limitation': 1,
      fixed: 1,
      flaky: 1,
      'not-applicable': 1,
      'not-tested': 1,
    });
    assert.deepEqual(readdirSync(folder), ['results.json']);
  });

  it('tells how it was started without the credentials that were typed', () => {
    const [run] = resultsFor([{ name: 'passes', attempts: [passed] }]).runs;
    assert.equal(run?.command, "npx mirrorspec run --name 'password=[redacted] or so'");
    assert.deepEqual(run?.selection, {
      paths: [],
      names: ['password=[redacted] or so'],
      tags: '@[redacted]',
      notSelected: 0,
    });
  });

  it('what an interruption ended or skipped was not tested', () => {
    const interrupted = { ...failed, error: { type: 'InterruptedError', message: 'interrupted' } };
    const { scenarios } = resultsFor(
      [
        { name: 'ran', attempts: [passed] },
        { name: 'was ended', attempts: [interrupted] },
        { name: 'was skipped', attempts: [{ status: 'SKIPPED' }] },
      ],
      { interrupted: true },
    );
    assert.deepEqual(
      scenarios.map(({ state, reason }) => [state, reason]),
      [
        ['pass', undefined],
        ['not-tested', 'the run was interrupted'],
        ['not-tested', 'the run was interrupted'],
      ],
    );
  });

  it('ids stay the same when lines move and other scenarios come and go, and are unique', () => {
    const row = { name: 'a call over HTTP/2', example: { protocol: 'HTTP/2' }, attempts: [passed] };
    const first = resultsFor([row, { ...row, line: 50 }, { ...row, example: { protocol: 'x' }, line: 90 }]);
    const ids = first.scenarios.map(({ id }) => id);
    assert.equal(new Set(ids).size, 3);
    const later = resultsFor([
      { name: 'new', attempts: [passed] },
      { ...row, line: 200 },
    ]);
    assert.equal(later.scenarios[1]?.id, ids[0]);
    assert.match(ids[0] ?? '', /^a-call-over-http-2-[0-9a-f]{10}$/);
    const elsewhere = resultsFor([row], { uri: 'features/b.feature' });
    assert.notEqual(elsewhere.scenarios[0]?.id, ids[0]);
  });

  it('says how to run exactly one scenario again, by name where a line has several', () => {
    const { scenarios } = resultsFor([
      { name: 'alone', line: 3, attempts: [passed] },
      { name: 'a (1)', line: 20, attempts: [passed] },
      { name: "b's", line: 20, attempts: [passed] },
    ]);
    const options = `--set 'timeouts.call='\\''5 s'\\'''`;
    assert.deepEqual(
      scenarios.map(({ reproduce }) => reproduce),
      [
        `npx mirrorspec run features/a.feature:3 ${options}`,
        `npx mirrorspec run features/a.feature:20 --name '^a \\(1\\)$' ${options}`,
        `npx mirrorspec run features/a.feature:20 --name '^b'\\''s$' ${options}`,
      ],
    );
  });

  it('keeps what was recorded of the situation, the steps with their errors, and each attempt', () => {
    const { scenarios, runs, limitations } = resultsFor([
      { name: 'is flaky', steps: ['one', 'two'], attempts: [failed, passed] },
    ]);
    const [scenario] = scenarios;
    assert.ok(scenario !== undefined);
    assert.equal(scenario.verdict, 'mirrored');
    assert.equal(scenario.cells[0]?.listenInterface, 'lo');
    assert.equal(scenario.evidence?.folder, 'evidence/a');
    assert.deepEqual(
      scenario.attempts.map(({ number, status, errors }) => [
        number,
        status,
        errors.map(({ step, message }) => [step, message]),
      ]),
      [
        [1, 'failed', [['Then two', 'nothing arrived']]],
        [2, 'passed', []],
      ],
    );
    assert.deepEqual(
      scenario.steps.map(({ keyword, text, line, status, durationMs }) => [keyword, text, line, status, durationMs]),
      [
        ['Then ', 'one', 4, 'passed', 5],
        ['Then ', 'two', 5, 'passed', 5],
      ],
    );
    assert.deepEqual(runs[0]?.environment.facts, { mesh: ['istio'], 'sidecar engine': ['node'] });
    assert.match(runs[0]?.environment.standIns.join() ?? '', /reference agent, as version 3\.180\.0 \(sniffer\)/);
    assert.deepEqual(limitations, []);
  });

  it('cuts what is endless, and says so', () => {
    const { scenarios } = resultsFor([
      { name: 'fails', attempts: [{ ...failed, error: { type: 'Error', message: 'x'.repeat(1_000_000) } }] },
    ]);
    const message = scenarios[0]?.steps[0]?.error?.message ?? '';
    assert.ok(message.length < 20_000);
    assert.match(message, /… cut at 16000 of 1000000 characters$/);
  });

  it('keeps next to nothing of a scenario in memory, once there are more than a few megabytes of them', () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const recorder = new ResultsRecorder({ runId: 'r', folder, reproduce: { command: ['x'], options: [] } });
    const padding = {
      problems: [Array.from({ length: 500 }, (_, index) => `line ${index} of a long record`).join('\n')],
    };
    function* scenarios(): Generator<ScriptedScenario> {
      for (let index = 0; index < 2_000; index++) yield { name: `s ${index}`, attempts: [passed] };
    }
    /** Of 15 kB each: more than stay in memory. */
    const FEW = 500;
    let before = 0;
    let count = 0;
    for (const message of messagesOf(scenarios())) {
      if (message.attachment?.mediaType.includes('scenario')) {
        Object.assign(message.attachment, { body: JSON.stringify(recordOf(padding)) });
      }
      recorder.record(message);
      if (message.testCaseFinished === undefined) continue;
      count++;
      if (count === FEW) {
        collectGarbage();
        before = process.memoryUsage().heapUsed;
      }
    }
    collectGarbage();
    const grown = (process.memoryUsage().heapUsed - before) / (count - FEW);
    recorder.log.dispose();
    // A record has 15 kB, and test cases are the script's own.
    assert.ok(grown < 2_000, `${grown.toFixed(0)} bytes for each scenario`);
  });
});

it('schemas/results.schema.json is the one that the program uses', () => {
  const path = new URL('../../../../schemas/results.schema.json', import.meta.url);
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), RESULTS_SCHEMA, 'npm run docs:schemas brings it up to date');
});
