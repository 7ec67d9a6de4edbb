import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesOf } from '../../model/bytes.js';
import { visibleText } from '../../model/visible-text.js';
import { decide, decideAll } from './decide.js';
import { changed, evidenceOf, grpcCall, httpCall, without } from './testing/scripted-evidence.js';
import { answered, cases, copy } from './testing/verdict-cases.js';

const http = httpCall('c1');
const stream = grpcCall('c1', ['alpha', 'beta', 'gamma', 'delta']);

cases('not-mirrored', [
  {
    it: 'nothing arrived',
    script: { caller: [http], localProcess: [] },
    verdict: 'not-mirrored',
    differences: ['sent-mirrored call: once | nothing'],
  },
  {
    it: 'only another call arrived',
    script: { caller: [http, httpCall('c2')], localProcess: [httpCall('c2')] },
    verdict: 'not-mirrored',
  },
  {
    it: 'neither workload nor local process ever saw it: nothing to mirror',
    script: {
      caller: [changed(without(http, 'answer'), { reset: { code: 'ECONNRESET' } })],
      workload: [],
      localProcess: [],
    },
    verdict: 'not-mirrored',
    differences: [
      'sent-mirrored call: once | nothing',
      'sent-served call: once | nothing',
      'answered-received reset: none | ECONNRESET',
    ],
  },
  { it: 'a call that was never made', script: { caller: [] }, verdict: 'not-mirrored' },
]);

cases('leaked', [
  {
    it: 'it arrived, although the caller never made it',
    script: { caller: [], localProcess: [http] },
    verdict: 'leaked',
    differences: ['sent-mirrored call: nothing | once'],
  },
  {
    it: 'a passive capture copied a call that was refused in front of the workload',
    script: {
      caller: [changed(without(http, 'answer'), { reset: { code: 'ECONNRESET' } })],
      workload: [],
      localProcess: [http],
    },
    verdict: 'leaked',
  },
]);

cases('precedence when several verdicts hold', [
  {
    it: 'collateral before not-mirrored, when the workload saw the call',
    script: { caller: [answered(http, { status: 503 })], workload: [http], localProcess: [] },
    verdict: 'collateral',
    differences: ['sent-mirrored call: once | nothing', 'answered-received status: 200 | 503'],
  },
  {
    it: 'collateral before corrupted; both are told',
    script: {
      caller: [answered(http, { status: 503 })],
      workload: [http],
      localProcess: [changed(http, { path: '/' })],
    },
    verdict: 'collateral',
    differences: ['sent-mirrored path: /orders?dry-run=1 | /', 'answered-received status: 200 | 503'],
  },
  {
    it: 'corrupted before duplicated',
    script: copy(stream, { messages: ['alpha', 'beta', 'beta', 'xxxxx', 'delta'] }),
    verdict: 'corrupted',
  },
  {
    it: 'corrupted before truncated',
    script: copy(stream, { messages: ['alpha', 'xxxx'], halfClosed: false }),
    verdict: 'corrupted',
  },
  {
    it: 'duplicated before truncated',
    script: copy(stream, { messages: ['alpha', 'alpha', 'beta'], halfClosed: false }),
    verdict: 'duplicated',
  },
  {
    it: 'truncated before reordered',
    script: copy(stream, { messages: ['gamma', 'beta', 'alpha'] }),
    verdict: 'truncated',
  },
  {
    it: 'two broken arrivals: the better one is compared, and the other is one too many',
    script: {
      caller: [http],
      localProcess: [changed(http, { messages: ['other'] }), changed(http, { halfClosed: false })],
    },
    verdict: 'duplicated',
    differences: ['sent-mirrored half-close: yes | no', 'sent-mirrored exchange count: 1 | 2'],
  },
]);

describe('decide', () => {
  it('explains everything but mirrored', () => {
    assert.equal(decide(evidenceOf({ caller: [http] }), 'c1').explanation, undefined);
    assert.notEqual(decide(evidenceOf({ caller: [http], localProcess: [] }), 'c1').explanation, undefined);
  });

  it('escapes what it takes from outside', () => {
    const evil = changed(http, { path: '/\u001b[2J\u202e', headers: [...http.headers, ['x-\u001b', '\u2066']] });
    const { differences } = decide(evidenceOf({ caller: [evil], localProcess: [http] }), 'c1');
    const shown = differences.map(({ what, expected, found }) => `${what} ${expected} ${found}`).join(' ');
    assert.equal(visibleText(shown.replaceAll('\\u{', '')), shown.replaceAll('\\u{', ''));
    assert.match(differences[0]?.expected ?? '', /\\u\{1b\}\[2J\\u\{202e\}/);
  });

  it('tells a few of very many differences, and how many there are more', () => {
    const messages = Array.from({ length: 1_000 }, (_, index) => `message ${index}`);
    const long = grpcCall('c1', messages);
    const { verdict, differences } = decide(evidenceOf(copy(long, { messages: messages.slice(0, 10) })), 'c1');
    assert.equal(verdict, 'truncated');
    assert.deepEqual(
      differences.map(({ what, found }) => [what, found]),
      [
        ['message count', '10'],
        ['message 11 of 1,000', 'none'],
        ['message 12 of 1,000', 'none'],
        ['message 13 of 1,000', 'none'],
        ['further messages', '987 more truncated'],
      ],
    );
  });

  it('sees journals that have grown since the last decision', () => {
    const evidence = evidenceOf({ caller: [http], localProcess: [] });
    assert.equal(decide(evidence, 'c1').verdict, 'not-mirrored');
    (evidence.journals.localProcess as unknown[]).push(...evidenceOf({ caller: [http] }).journals.localProcess);
    assert.equal(decide(evidence, 'c1').verdict, 'mirrored');
  });
});

describe('decideAll', () => {
  it("decides all calls of the caller's journal in their order", () => {
    const calls = [httpCall('b'), httpCall('a'), httpCall('c')];
    const verdicts = decideAll(evidenceOf({ caller: calls, localProcess: [httpCall('c'), httpCall('b')] }));
    assert.deepEqual(
      verdicts.map(({ call, verdict }) => [call, verdict]),
      [
        ['b', 'mirrored'],
        ['a', 'not-mirrored'],
        ['c', 'mirrored'],
      ],
    );
  });

  it('decides 20,000 calls, a third of them broken, in less than two seconds of processor time', () => {
    const [alpha, beta] = [bytesOf(Buffer.from('alpha')), bytesOf(Buffer.from('beta'))];
    const calls = Array.from({ length: 20_000 }, (_, index) => grpcCall(`c${index}`, [alpha, beta]));
    const arrived = calls.flatMap((call, index) =>
      index % 6 === 0 ? [] : [index % 6 === 1 ? changed(call, { messages: [alpha] }) : call],
    );
    const evidence = evidenceOf({ caller: calls, localProcess: arrived });
    const started = process.cpuUsage();
    const verdicts = decideAll(evidence);
    const again = calls.map(({ call }) => decide(evidence, call ?? '').verdict);
    const { user, system } = process.cpuUsage(started);
    const spent = (user + system) / 1000;
    assert.deepEqual(
      again,
      verdicts.map(({ verdict }) => verdict),
    );
    assert.equal(verdicts.filter(({ verdict }) => verdict === 'mirrored').length, 13_332);
    // Both rounds together: the evidence is indexed once. Quadratic cost would take minutes.
    assert.ok(spent < 4_000, `${spent} ms`);
  });
});
