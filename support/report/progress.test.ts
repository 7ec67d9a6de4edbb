import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chalk } from 'chalk';
import { scenarioText, summaryText } from './progress.js';
import { statusLines } from './status-block.js';
import { type Envelope, type ScenarioResult, Tally } from './tally.js';

const plain = new Chalk({ level: 0 });
const at = (seconds: number) => ({ seconds, nanos: 0 });

/** A run of two scenarios: the first fails and then passes, the second never ends. */
function messages(): Envelope[] {
  const location = { line: 3, column: 5 };
  const step = (id: string, line: number) => ({ id, location: { line }, keyword: 'When ', text: `step ${id}` });
  const scenario = (id: string, line: number) => ({
    scenario: {
      id,
      location: { line },
      name: id,
      keyword: 'Scenario',
      steps: [step(`${id}.1`, line + 1)],
      examples: [],
      tags: [],
    },
  });
  const pickle = (id: string, line: number) => ({
    pickle: {
      id: `p-${id}`,
      uri: 'a.feature',
      name: `name ${id}`,
      location: { line },
      astNodeIds: [id],
      steps: [{ id: `ps-${id}`, text: `step ${id}.1`, astNodeIds: [`${id}.1`] }],
      tags: [],
      language: 'en',
    },
  });
  const testCase = (id: string) => ({
    testCase: {
      id: `t-${id}`,
      pickleId: `p-${id}`,
      testSteps: [{ id: `ts-${id}`, pickleStepId: `ps-${id}`, stepDefinitionIds: ['d'] }],
    },
  });
  const started = (id: string, attempt: number, second: number) => ({
    testCaseStarted: { id: `s-${id}-${attempt}`, testCaseId: `t-${id}`, attempt, timestamp: at(second) },
  });
  const stepFinished = (id: string, attempt: number, status: string, exception?: object) => ({
    testStepFinished: {
      testCaseStartedId: `s-${id}-${attempt}`,
      testStepId: `ts-${id}`,
      testStepResult: { status, duration: at(0), ...(exception === undefined ? {} : { exception }) },
      timestamp: at(0),
    },
  });
  const finished = (id: string, attempt: number, second: number, willBeRetried: boolean) => ({
    testCaseFinished: { testCaseStartedId: `s-${id}-${attempt}`, timestamp: at(second), willBeRetried },
  });
  const error = {
    type: 'ExpectationError',
    message: 'expected a, found b',
    stackTrace: 'x\n    at y (steps/y.ts:1:1)\nCaused by: Error: z\n    at z (steps/z.ts:2:2)',
  };
  return [
    {
      gherkinDocument: { uri: 'a.feature', feature: { location, children: [scenario('one', 3), scenario('two', 9)] } },
    },
    pickle('one', 3),
    pickle('two', 9),
    { stepDefinition: { id: 'd', sourceReference: { uri: 'steps/y.ts', location: { line: 7 } } } },
    testCase('one'),
    testCase('two'),
    started('one', 0, 10),
    stepFinished('one', 0, 'FAILED', error),
    finished('one', 0, 11, true),
    started('one', 1, 11),
    stepFinished('one', 1, 'PASSED'),
    finished('one', 1, 13, false),
    started('two', 0, 13),
  ] as unknown as Envelope[];
}

test('a tally tells attempts apart, counts the last one, and knows what has not ended', () => {
  const tally = new Tally();
  const ended = messages()
    .map((message) => tally.record(message))
    .filter((result) => result !== undefined);
  const failure = {
    step: 'When step one.1',
    location: 'a.feature:4',
    code: 'steps/y.ts:7',
    type: 'ExpectationError',
    message: 'expected a, found b',
    stack: ['at y (steps/y.ts:1:1)'],
  };
  const common = { name: 'name one', location: 'a.feature:3' };
  assert.deepEqual(ended, [
    {
      ...common,
      status: 'failed',
      attempt: 1,
      willBeRetried: true,
      durationMs: 1000,
      failures: [failure],
      limitations: [],
    },
    { ...common, status: 'passed', attempt: 2, willBeRetried: false, durationMs: 2000, failures: [], limitations: [] },
  ]);
  assert.deepEqual(tally.results, ended.slice(1));
  assert.deepEqual(tally.unfinished, [{ name: 'name two', location: 'a.feature:9' }]);
  assert.deepEqual([tally.total, tally.count('passed'), tally.count('failed')], [2, 1, 0]);
  assert.equal(
    summaryText(tally, 12_345, plain),
    '\n2 scenarios: 1 passed, 1 of them after a retry, 1 not finished (12.3 s)\n',
  );
});

test('what falls short as a known limitation says is neither passed nor failed, and counted', () => {
  const observation = {
    limitation: 'L1',
    title: 'eth0 carries ciphertext',
    outcome: 'known',
    observed: [{ verdict: 'not-mirrored', cause: 'encrypted-interface' }],
    mesh: 'istio',
  };
  const tally = new Tally();
  const told = messages()
    .flatMap((message) => {
      if (message.testStepFinished?.testCaseStartedId !== 's-one-1') return [message];
      Object.assign(message.testStepFinished.testStepResult, { status: 'SKIPPED' });
      const attachment = {
        mediaType: 'application/vnd.mirrorspec.limitations+json',
        testCaseStartedId: 's-one-1',
        body: JSON.stringify([observation, { ...observation, limitation: 'L2', outcome: 'not-observed' }]),
      };
      return [{ attachment } as Envelope, message];
    })
    .flatMap((message) => tally.record(message) ?? []);
  assert.deepEqual(
    told.map(({ status, limitations }) => [status, limitations.length]),
    [
      ['failed', 0],
      ['known', 2],
    ],
  );
  const [, known] = told;
  assert.ok(known !== undefined);
  assert.equal(
    scenarioText(known, plain),
    'known a.feature:3  name one — L1: eth0 carries ciphertext (2.00 s, attempt 2)\n',
  );
  assert.match(
    summaryText(tally, 1, plain),
    /2 scenarios: 1 known limitation, 1 of them after a retry, 1 not finished/,
  );
  assert.match(
    statusLines(tally, { now: 0, began: 0, columns: 80, colour: plain })[0] ?? '',
    /1\/2 scenarios · 0 failed · 1 known · /,
  );
});

test('the status block shows counts and what is running, and no line is wider than the terminal', () => {
  const tally = new Tally();
  for (const message of messages()) tally.record(message);
  assert.deepEqual(statusLines(tally, { now: 14_500, began: 10_000, columns: 80, colour: plain, remaining: 61_000 }), [
    '1/2 scenarios · 0 failed · 0:04, about 1:10 left',
    '  1.5 s  name two  a.feature:9',
  ]);
  assert.ok(
    statusLines(tally, { now: 14_500, began: 10_000, columns: 24, colour: plain }).every((line) => line.length < 24),
  );
});

test('a failure of a hook of the run is said once, although every worker says it', () => {
  const tally = new Tally();
  const hook = { hook: { id: 'h', sourceReference: { uri: 'support/h.ts', location: { line: 2 } } } };
  const exception = { type: 'Error', message: 'broken' };
  const failed = [0, 1].flatMap((worker) => [
    { testRunHookStarted: { id: `r${worker}`, hookId: 'h' } },
    { testRunHookFinished: { testRunHookStartedId: `r${worker}`, result: { status: 'FAILED', exception } } },
  ]);
  for (const message of [hook, ...failed]) tally.record(message as unknown as Envelope);
  assert.deepEqual(tally.runFailures, [
    { step: 'a hook', code: 'support/h.ts:2', type: 'Error', message: 'broken', stack: [] },
  ]);
});

test('no byte of a message steers the terminal', () => {
  const result: ScenarioResult = {
    name: 's',
    location: 'a.feature:1',
    status: 'failed',
    attempt: 1,
    willBeRetried: false,
    durationMs: 10,
    limitations: [],
    failures: [
      {
        step: 'Then x',
        type: 'ExpectationError',
        message: 'a\u001b[31mb\u001b[2Jc\u0007\u009bd\u202e\n\te',
        stack: [],
      },
    ],
  };
  const text = scenarioText(result, plain);
  assert.equal(
    text,
    'FAIL  a.feature:1  s (0.01 s)\n      Then x  \n        ab\\u{1b}[2Jc\\u{7}\\u{9b}d\\u{202e}\n        \te\n',
  );
});
