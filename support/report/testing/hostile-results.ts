import { DEFAULT_SETTINGS } from '../../model/environment-settings.js';
import { EXIT } from '../../model/errors.js';
import type { Limitation } from '../../model/limitation.js';
import type { Results, ScenarioResult, ScenarioState } from '../../model/results.js';
import type { CallRecord, Coordinates } from '../../model/scenario-record.js';
import { countStates, resultsHead } from '../results/write-results.js';
import { attemptWith, ISTIO_CELL, runWith } from './synthetic-results.js';

/** Text that would do harm where it is not escaped, and what is to be seen of it. */
export const HOSTILE = {
  text: `<img src=x onerror="harmed=1"><script>harmed=1</script>'"\u001b[31m\u0007\u202eevil\u2066&lt;`,
  shown: `<img src=x onerror="harmed=1"><script>harmed=1</script>'"\\u{7}\\u{202e}evil\\u{2066}&lt;`,
} as const;

const LIMITATION: Limitation = {
  id: 'L4',
  title: `lost packets tear a stream ${HOSTILE.text}`,
  explanation: HOSTILE.text,
  protocols: [],
  interactions: [],
  when: HOSTILE.text,
  appliesTo: { profiles: [], meshes: [], mtls: [], interceptions: [], callers: [], environments: [], listen: [] },
  everyCall: false,
  references: [
    { upstream: 'metalbear-co/mirrord#2452', title: HOSTILE.text, state: 'open' },
    { url: 'javascript:harmed=1', title: 'a script' },
  ],
  source: 'limitations/a.yaml:1',
};

function callOf(id: string, changes: Partial<CallRecord> = {}): CallRecord {
  const seen = { caller: { at: 0 }, workload: { at: 4.2 }, 'local-process': { at: 5.1 } };
  const answered = { workload: { at: 6 }, caller: { at: 9.5 } };
  return {
    id,
    protocol: 'HTTP/2',
    interaction: 'unary',
    ok: true,
    httpStatus: 200,
    durationMs: 43.9,
    verdict: 'mirrored',
    differences: [],
    flow: {
      items: [
        { kind: 'request', direction: 'request', text: `POST /orders/${id}`, seen },
        { kind: 'message', direction: 'request', index: 0, text: `order ${id}`, bytes: 41, seen },
        { kind: 'end', direction: 'request', text: 'end of the request', seen },
        { kind: 'response', direction: 'response', text: 'HTTP status 200', seen: answered },
        { kind: 'message', direction: 'response', index: 0, text: `served ${id}`, bytes: 43, seen: answered },
        { kind: 'end', direction: 'response', text: 'end of the response', seen: answered },
      ],
      cut: 0,
    },
    ...changes,
  };
}

interface Changes extends Partial<ScenarioResult> {
  readonly call?: Partial<CallRecord>;
}

function scenarioOf(number: number, state: ScenarioState, { call, ...changes }: Changes = {}): ScenarioResult {
  const id = `scenario-${number}`;
  return {
    id,
    run: 'run-1',
    uri: 'features/a.feature',
    line: 10 + number,
    declaration: number,
    feature: 'a feature',
    name: `scenario ${number} of many`,
    language: 'gherkin',
    tags: ['@demo'],
    state,
    cells: [ISTIO_CELL],
    attempts: [attemptWith(state === 'fail' ? 'failed' : 'passed', { errors: [] })],
    durationMs: 1300,
    verdict: 'mirrored',
    limitations: [],
    steps: [
      { keyword: 'Given ', text: 'an Istio mesh', line: 11, status: 'passed', durationMs: 0.1 },
      { keyword: 'When ', text: 'an HTTP/2 call is made', line: 12, status: 'passed', durationMs: 900 },
      {
        keyword: 'Then ',
        text: 'it is mirrored',
        line: 13,
        status: state === 'fail' ? 'failed' : 'passed',
        durationMs: 300,
      },
    ],
    situation: {
      calls: [callOf(`c${number}`, call)],
      callsCut: 0,
      unreadable: [],
      session: {
        profile: 'sniffer',
        version: '3.180.0',
        requestedInterface: 'lo',
        listenInterface: 'lo',
        ports: [8080],
        subscribedAt: 0,
        counters: {
          frames: 7,
          bytes: 1106,
          drops: 0,
          connections: 1,
          forwardedBytes: 463,
          lagged: 0,
          requests: 0,
          refused: 0,
        },
        proofOfLife: { captureSawProbe: true, relayAnswered: true, localProcessListens: true },
      },
      interfaces: [
        { interface: 'lo', packets: 7, payloadBytes: 628, tlsRecords: 0, plaintextRequests: 1, retransmissions: 0 },
        { interface: 'eth0', packets: 11, payloadBytes: 3436, tlsRecords: 4, plaintextRequests: 0, retransmissions: 0 },
      ],
      rules: {
        listed: [
          {
            family: 'IPv4',
            table: 'nat',
            chain: 'ISTIO_IN_REDIRECT',
            rule: '-p tcp -j REDIRECT --to-ports 15006',
            target: 'REDIRECT',
            maker: 'mesh',
            packets: 1,
          },
        ],
        idle: 21,
      },
      facts: { mesh: 'istio (sidecar), embedded reference', 'sidecar engine': 'node' },
      sidecars: { caller: true, workload: true },
      problems: [],
    },
    evidence: {
      folder: `evidence/a-${number}`,
      files: [
        { name: 'lo.pcapng', bytes: 1484 },
        { name: 'caller.ndjson', bytes: 1431 },
      ],
    },
    reproduce: `npx mirrorspec run features/a.feature:${10 + number}`,
    ...changes,
  };
}

function resultsOf(scenarios: readonly ScenarioResult[], limitations: readonly Limitation[] = []): Results {
  const uris = [...new Set(scenarios.map(({ uri }) => uri))];
  const counts = countStates(scenarios);
  const failed = counts.fail + counts.fixed > 0;
  const head = resultsHead({
    runs: [
      runWith({
        verdict: failed ? 'failed' : 'passed',
        exitCode: failed ? EXIT.failed : EXIT.asExpected,
        commit: { sha: '0123456789abcdef', branch: HOSTILE.text, modified: true },
        environment: {
          standIns: ['mirrord'],
          versions: { 'Linux kernel': '6.18', 'Node.js': '20.20.2' },
          facts: { 'sidecar engine': ['node'] },
          settings: DEFAULT_SETTINGS,
        },
      }),
    ],
    counts,
    features: uris.map((uri) => ({
      uri,
      language: uri.endsWith('.yaml') ? 'yaml' : 'gherkin',
      dialect: 'en',
      keyword: 'Feature',
      name: `a feature of ${uri}`,
      description: `What it is about.\n\n${HOSTILE.text}`,
      tags: ['@demo'],
      line: 1,
      source: HOSTILE.text,
      children: scenarios
        .filter((scenario) => scenario.uri === uri)
        .map(({ declaration, name, tags, line, steps }) => ({
          kind: 'scenario' as const,
          declaration,
          keyword: 'Scenario',
          name,
          description: '',
          tags,
          line,
          steps: steps.map(({ keyword = '', text }) => ({ keyword, text })),
          examples: [],
        })),
    })),
    limitations,
  });
  return { ...head, scenarios };
}

/** Every state, and hostile text in every place that text from outside can reach. */
export function smallResults(): Results {
  const { text } = HOSTILE;
  const eth0: Coordinates = { ...ISTIO_CELL, requestedInterface: 'eth0', listenInterface: 'eth0' };
  const explanation = {
    cause: 'encrypted-interface',
    summary: 'the mirror listened on eth0, where the mesh carries the call inside mutual TLS.',
    proof: ['eth0: 4 TLS records', text],
  } as const;
  const observation = { limitation: 'L4', title: text, observed: [], mesh: 'istio', notApplicable: text } as const;
  return resultsOf(
    [
      scenarioOf(0, 'pass'),
      scenarioOf(1, 'pass'),
      scenarioOf(2, 'fail', {
        name: text,
        uri: 'features/b.yaml',
        tags: [text],
        cells: [eth0],
        verdict: 'not-mirrored',
        explanation,
        steps: [
          {
            keyword: 'Then ',
            text,
            line: 3,
            status: 'failed',
            durationMs: 1,
            docString: text,
            table: [[text]],
            log: [text],
            reason: text,
            error: { type: text, message: `${text}\n${'x'.repeat(20_000)}`, stack: [text], code: text },
          },
        ],
        call: {
          verdict: 'not-mirrored',
          error: text,
          differences: [{ between: 'sent-mirrored', what: text, expected: text, found: text }],
          flow: {
            items: [
              {
                kind: 'request',
                direction: 'request',
                text,
                seen: { caller: { at: 0, text }, workload: { at: 1, text } },
              },
              {
                kind: 'message',
                direction: 'request',
                index: 0,
                text,
                bytes: 9,
                seen: { caller: { at: 0 }, 'local-process': { at: 2, text, bytes: 3 } },
              },
              { kind: 'reset', direction: 'request', text, seen: { caller: { at: 3 } } },
            ],
            cut: 100,
          },
        },
        evidence: { folder: `evidence/../../${text}`, files: [{ name: text, bytes: 1 }] },
        reproduce: `npx mirrorspec run b.yaml:1 --name 'x'`,
      }),
      scenarioOf(3, 'known-limitation', {
        cells: [{ ...ISTIO_CELL, mtls: 'PERMISSIVE' }],
        limitations: [{ ...observation, outcome: 'known' }],
      }),
      scenarioOf(4, 'fixed', {
        cells: [{ ...ISTIO_CELL, mtls: 'DISABLE' }],
        limitations: [{ ...observation, outcome: 'no-longer-limited' }],
      }),
      scenarioOf(5, 'flaky', {
        cells: [{ ...ISTIO_CELL, profile: 'redirect', mirrord: '3.250.0' }],
        attempts: [
          attemptWith('failed', { errors: [{ step: text, type: text, message: text, stack: [] }] }),
          attemptWith('passed', { number: 2 }),
        ],
      }),
      scenarioOf(6, 'not-applicable', { cells: [{ ...ISTIO_CELL, protocol: 'gRPC-over-HTTP/2' }], reason: text }),
      scenarioOf(7, 'not-tested', { cells: [], attempts: [], steps: [], reason: 'it did not run' }),
    ],
    [LIMITATION],
  );
}

/** As many scenarios as wanted, all different, in features of 100. */
export function largeResults(count: number): Results {
  return resultsOf(
    Array.from({ length: count }, (_, number) =>
      scenarioOf(number, number % 97 === 5 ? 'fail' : 'pass', {
        uri: `features/f${Math.floor(number / 100)}.feature`,
        declaration: number % 100,
      }),
    ),
  );
}
