import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { missingForEmbedded } from '../environment/embedded/requirements.js';
import type { Results } from '../model/results.js';
import { admittedJunit } from '../report/junit/testing/admitted.js';
import { ACTING, HOSTILE_PAYLOADS, PIPELINE_COMMAND } from '../report/testing/hostile-payloads.js';
import { type Ended, InlineProject } from './testing/inline-project.js';

const able = (await missingForEmbedded()).length === 0;
const skip = able ? false : 'this machine cannot build labs (mirrorspec doctor says why)';

const EVERYTHING = Object.values(HOSTILE_PAYLOADS).join(' ');
const BYTES = Buffer.concat([Buffer.from(EVERYTHING), Buffer.from([0, 0xc3, 0x28, 0xff, 0xfe, 0x80])]).toString(
  'base64',
);
const HEADER = `</script><img src=x onerror=harm()> ]]> ::error::x ${Buffer.from([0x9b, 0x80, 0xff]).toString('latin1')}`;
/** Of characters that every kind of header and metadata may have. */
const VISIBLE_HEADER = '</script><img src=x onerror=harm()> ]]> \'" ::error::x ##[group]g %1b%E2%80%AE';
/** One line of text: lone surrogates cannot be sent. */
const EVENT = Buffer.from(EVERYTHING.replaceAll(/[\r\n\0]/g, ' ')).toString();
/** As long as a WebSocket allows. */
const REASON = '</script><img src=x onerror=harm()>]]>\u001b[31m\u202e::error::x';

const STEPS = `import { declareStep, ExpectationError } from 'mirrorspec';
const step = (keyword, expression, run) =>
  declareStep({ keyword, expression, title: expression, description: '-', example: keyword + ' ' + expression, run });
step('Given', 'a hostile request', function () {
  this.call.method = 'POST';
  this.call.path = '/%3Cscript%3E%00%1b[31m%E2%80%AE?q="><script>harm()</script>&::error::x';
  this.call.headers = [['x-hostile', ${JSON.stringify(HEADER)}]];
  this.call.messages = [{ kind: 'base64', base64: ${JSON.stringify(BYTES)} }];
});
step('Given', 'hostile messages', function () {
  this.call.messages = [{ kind: 'base64', base64: ${JSON.stringify(BYTES)} }, { kind: 'text', text: ${JSON.stringify(EVENT)} }];
});
step('Given', 'a hostile event', function () {
  this.call.messages = [{ kind: 'text', text: ${JSON.stringify(EVENT)} }];
});
step('Given', 'hostile headers and trailers on both ways', function () {
  const [plain, binary] = [['x-hostile', ${JSON.stringify(VISIBLE_HEADER)}], ['x-hostile-bin', ${JSON.stringify(BYTES)}]];
  this.call.headers = [plain, binary];
  this.call.trailers = [plain];
  this.call.echo = { ...this.call.echo, headers: [plain], trailers: [plain] };
});
step('Given', 'hostile metadata on both ways, and a status to match', function () {
  const metadata = [['x-hostile', ${JSON.stringify(VISIBLE_HEADER)}], ['x-hostile-bin', ${JSON.stringify(BYTES)}]];
  this.call.headers = metadata;
  this.call.echo = { ...this.call.echo, status: 5, statusMessage: ${JSON.stringify(EVERYTHING)}, headers: metadata, trailers: metadata };
});
step('Given', 'a hostile close', function () {
  this.call.close = { code: 4001, reason: ${JSON.stringify(REASON)} };
});
step('Then', 'it is found wanting', function () {
  this.log(${JSON.stringify(EVERYTHING)});
  throw new ExpectationError(${JSON.stringify(EVERYTHING)});
});
`;
/** Both print what they get as it is. */
const PROGRAM = `import { createServer } from 'node:http';
createServer((request, response) => {
  let body = '';
  request.setEncoding('latin1').on('data', (part) => { body += part; });
  request.on('end', () => {
    process.stdout.write(request.url + request.headers['x-hostile'] + body + '\\n' + Buffer.from('${BYTES}', 'base64').toString('latin1') + '\\n');
    response.end(Buffer.from('${BYTES}', 'base64'));
  });
}).listen(Number(process.env.PORT));
`;
const FEATURE = `# language: en
@<b>x</b> @]]>
Feature: <script>harm()</script> \u202egnp ]]> ::error::x
  Scenario: '"><img src=x onerror=harm()> \u001b[31m
    Given a hostile request
    And the local process runs "node local.mjs"
    When an HTTP/1.1 call is made
    Then it is mirrored
    And it is found wanting
`;
const HEADERS = 'hostile headers and trailers on both ways';
const METADATA = 'hostile metadata on both ways, and a status to match';

/** Wherever a protocol carries what the parties say. */
const PROTOCOL_SCENARIOS = [
  { name: 'trailers of HTTP/1.1', given: [HEADERS, 'hostile messages'], call: 'an HTTP/1.1 call' },
  { name: 'trailers of HTTP/2', given: [HEADERS, 'hostile messages'], call: 'an HTTP/2 call' },
  { name: 'status of gRPC', given: [METADATA, 'hostile messages'], call: 'a bidi-streaming gRPC-over-HTTP/2 call' },
  { name: 'status of gRPC-Web', given: [METADATA, 'a hostile event'], call: 'a gRPC-over-HTTP/1.1 call' },
  { name: 'WebSocket', given: ['hostile messages', 'a hostile close'], call: 'a bidi-streaming WebSocket call' },
  { name: 'server-sent events', given: ['a hostile event'], call: 'an SSE call' },
  { name: 'bytes of TCP', given: ['hostile messages'], call: 'a TCP call' },
] as const;

/** How the page shows some of it, and of how many of the calls. */
const SHOWN: readonly (readonly [text: string, calls: number])[] = [
  ['→ trailers</th><td class="q">x-hostile: &lt;/script&gt;&lt;img src=x onerror=harm()&gt; ]]&gt;', 2],
  ['← trailers</th><td class="q">x-hostile: &lt;/script&gt;&lt;img src=x onerror=harm()&gt; ]]&gt;', 2],
  ['← trailers</th><td class="q">grpc-status: 5, grpc-message: &lt;img src=x onerror=', 2],
  ['→ trailers</th><td class="q">close-code: 4001, close-reason: &lt;/script&gt;&lt;img src=x onerror=harm()', 1],
  ['harm()&gt;]]&gt;\\u{1b}[31m\\u{202e}::error::x', 2],
  ['← message 1</th><td class="q">&lt;img src=x onerror=', 1],
  ['→ message 1</th><td class="q">binary, as text: &lt;img src=x onerror=', 4],
];

const PROTOCOLS_FEATURE = [
  'Feature: places for hostile bytes',
  ...PROTOCOL_SCENARIOS.map(
    ({ name, given, call }) => `
  Scenario: ${name}
    Given an Istio mesh
${given.map((step) => `    And ${step}\n`).join('')}    And 200 ms between messages
    When ${call} is made
    Then it is mirrored
    And it is found wanting`,
  ),
].join('\n');

/** Everything that people look at after a run. */
function reportsOf(project: InlineProject): {
  readonly read: (name: string) => string;
  readonly logs: readonly string[];
  readonly results: Results;
} {
  const reports = join(project.path, 'reports');
  const read = (name: string): string => readFileSync(join(reports, name), 'utf8');
  const logs = readdirSync(reports, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log'));
  return { read, logs, results: JSON.parse(read('results.json')) as Results };
}

function assertHarmless({ stdout, stderr }: Ended, { read, logs }: ReturnType<typeof reportsOf>): void {
  for (const text of [stdout, stderr]) {
    assert.doesNotMatch(text, ACTING);
    assert.doesNotMatch(text, PIPELINE_COMMAND);
  }
  const html = read('index.html');
  assert.doesNotMatch(html, ACTING);
  assert.doesNotMatch(html, /<(?:img|iframe)\b|\son\w+="|href="javascript:/i);
  assert.equal(html.match(/<script\b/g)?.length, 1);
  assert.doesNotMatch(read('summary.md'), ACTING);
  admittedJunit(read('junit.xml')).dispose();
  assert.ok(logs.length > 0);
  for (const name of logs) assert.doesNotMatch(read(name), ACTING, name);
}

function notPassed({ steps }: Results['scenarios'][number]): readonly string[] {
  return steps.filter(({ status }) => status !== 'passed').map(({ text }) => text);
}

describe('hostile bytes that cross the wire', { skip, concurrency: 2 }, () => {
  const projects: InlineProject[] = [];
  const projectWith = (files: Readonly<Record<string, string>>): InlineProject => {
    const project = new InlineProject(files);
    projects.push(project);
    return project;
  };
  after(() => {
    for (const project of projects) project.dispose();
  });

  it('are mirrored as they are, and harm neither terminal nor report', async () => {
    const project = projectWith({
      'steps/own.js': STEPS,
      'local.mjs': PROGRAM,
      'features/<i>\'"&\u202e.feature': FEATURE,
    });
    const ended = await project.mirrorspec('run');
    const { code, stdout, stderr } = ended;
    assert.equal(code, 1, stderr);
    assert.match(stdout, /it is found wanting/);
    const reports = reportsOf(project);
    assertHarmless(ended, reports);
    const [scenario] = reports.results.scenarios;
    assert.equal(scenario?.verdict, 'mirrored');
    assert.deepEqual(notPassed(scenario), ['it is found wanting']);
    assert.match(reports.read('index.html'), /x-hostile|%3Cscript%3E/);
    assert.ok(
      reports.logs.some((name) => reports.read(name).includes('onerror=')),
      'what the local process printed is shown',
    );
  });

  it('are so over every protocol, wherever it carries what the parties say', async () => {
    const project = projectWith({ 'steps/own.js': STEPS, 'features/protocols.feature': PROTOCOLS_FEATURE });
    const ended = await project.mirrorspec('run', '--parallel', '2');
    assert.equal(ended.code, 1, ended.stderr);
    const reports = reportsOf(project);
    assertHarmless(ended, reports);
    assert.deepEqual(
      reports.results.scenarios.map((scenario) => [scenario.name, scenario.verdict, notPassed(scenario)]),
      PROTOCOL_SCENARIOS.map(({ name }) => [name, 'mirrored', ['it is found wanting']]),
    );
    const html = reports.read('index.html');
    assert.deepEqual(
      SHOWN.map(([text]) => [text, html.split(text).length - 1]),
      SHOWN,
    );
    assert.doesNotMatch(html, /differs: /);
  });
});
