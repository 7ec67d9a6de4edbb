import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { missingForEmbedded } from '../environment/embedded/requirements.js';
import type { Results } from '../model/results.js';
import { admittedJunit } from '../report/junit/testing/admitted.js';
import { ACTING, HOSTILE_PAYLOADS, PIPELINE_COMMAND } from '../report/testing/hostile-payloads.js';
import { InlineProject } from './testing/inline-project.js';

const able = (await missingForEmbedded()).length === 0;
const skip = able ? false : 'this machine cannot build labs (mirrorspec doctor says why)';

const EVERYTHING = Object.values(HOSTILE_PAYLOADS).join(' ');
const BYTES = Buffer.concat([Buffer.from(EVERYTHING), Buffer.from([0, 0xc3, 0x28, 0xff, 0xfe, 0x80])]).toString(
  'base64',
);
const HEADER = `</script><img src=x onerror=harm()> ]]> ::error::x ${Buffer.from([0x9b, 0x80, 0xff]).toString('latin1')}`;

const STEPS = `import { declareStep, ExpectationError } from 'mirrorspec';
const step = (keyword, expression, run) =>
  declareStep({ keyword, expression, title: expression, description: '-', example: keyword + ' ' + expression, run });
step('Given', 'a hostile request', function () {
  this.call.method = 'POST';
  this.call.path = '/%3Cscript%3E%00%1b[31m%E2%80%AE?q="><script>harm()</script>&::error::x';
  this.call.headers = [['x-hostile', ${JSON.stringify(HEADER)}]];
  this.call.messages = [{ kind: 'base64', base64: ${JSON.stringify(BYTES)} }];
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
describe('hostile bytes that cross the wire', { skip }, () => {
  let project: InlineProject;
  let ended: Awaited<ReturnType<InlineProject['mirrorspec']>>;
  before(async () => {
    project = new InlineProject({
      'steps/own.js': STEPS,
      'local.mjs': PROGRAM,
      'features/<i>\'"&\u202e.feature': FEATURE,
    });
    ended = await project.mirrorspec('run');
  });
  after(() => project.dispose());

  it('are mirrored as they are, and harm neither terminal nor report', () => {
    const { code, stdout, stderr } = ended;
    assert.equal(code, 1, stderr);
    assert.match(stdout, /it is found wanting/);
    for (const text of [stdout, stderr]) {
      assert.doesNotMatch(text, ACTING);
      assert.doesNotMatch(text, PIPELINE_COMMAND);
    }
    const reports = join(project.path, 'reports');
    const read = (name: string): string => readFileSync(join(reports, name), 'utf8');
    const [scenario] = (JSON.parse(read('results.json')) as Results).scenarios;
    assert.equal(scenario?.verdict, 'mirrored');
    assert.deepEqual(
      scenario.steps.filter(({ status }) => status !== 'passed').map(({ text }) => text),
      ['it is found wanting'],
    );
    const html = read('index.html');
    assert.doesNotMatch(html, ACTING);
    assert.doesNotMatch(html, /<(?:img|iframe)\b|\son\w+="|href="javascript:/i);
    assert.equal(html.match(/<script\b/g)?.length, 1);
    assert.match(html, /x-hostile|%3Cscript%3E/);
    assert.doesNotMatch(read('summary.md'), ACTING);
    admittedJunit(read('junit.xml')).dispose();
    const logs = readdirSync(reports, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log'));
    assert.ok(logs.length > 0);
    for (const name of logs) assert.doesNotMatch(read(name), ACTING, name);
    assert.ok(
      logs.some((name) => read(name).includes('onerror=')),
      'what the local process printed is shown',
    );
  });
});
