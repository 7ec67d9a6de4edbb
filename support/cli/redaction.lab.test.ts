import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { missingForEmbedded } from '../environment/embedded/requirements.js';
import { InlineProject } from './testing/inline-project.js';

const able = (await missingForEmbedded()).length === 0;
const skip = able ? false : 'this machine cannot build labs (mirrorspec doctor says why)';

/** Neither is written in the feature, whose words are shown as they are. */
const SECRETS = ['hunter2', 'blue-77', 'emp-4711', 'tenant-k', 'DE12500105170648489890'];
const [PASSWORD, TOKEN, EMPLOYEE, TENANT, IBAN] = SECRETS;

const STEPS = `import { declareStep, ExpectationError, Given, When } from 'mirrorspec';
const step = (keyword, expression, run) =>
  declareStep({ keyword, expression, title: expression, description: '-', example: keyword + ' ' + expression, run });
const body = JSON.stringify({ ...${JSON.stringify({ user: 'al', password: PASSWORD, iban: IBAN, by: EMPLOYEE })}, note: "n".repeat(20_000), again: ${JSON.stringify({ password: PASSWORD, iban: IBAN })} });
step('Given', 'a confidential order', function () {
  this.call.path = '/orders?access_token=${TOKEN}&page=2';
  this.call.method = 'POST';
  this.call.headers = [['authorization', 'Bearer ${TOKEN}'], ['x-tenant', '${TENANT}'], ['x-plain', 'seen']];
  this.call.messages = [{ kind: 'text', text: body }];
});
step('Then', 'it is found wanting', function () {
  this.attach(body, 'application/json');
  this.log('the token is token=${TOKEN}');
  throw new ExpectationError('expected other than ' + body);
});
When('a plain step fails', () => { throw new Error('password=${PASSWORD}'); });
`;
const LOCAL = `import { createServer } from 'node:http';
createServer((request, response) => {
  let body = '';
  request.on('data', (part) => { body += part; });
  request.on('end', () => { console.log('\\u001b[2J\\u202e', request.method, request.url, JSON.stringify(request.headers), body); response.end('{"access_token":"${TOKEN}"}'); });
}).listen(Number(process.env.PORT));
`;
const FEATURE = `Feature: confidential
  Background:
    Given a confidential order
  Scenario: mirrored, but not as wanted
    When an HTTP/1.1 call is made
    Then it is mirrored
    And the mirrored request is GET "/another"
  Scenario: found wanting
    When an HTTP/1.1 call is made
    Then it is found wanting
  Scenario: plain
    When a plain step fails
`;

describe('credentials', { skip }, () => {
  const projects: InlineProject[] = [];
  after(() => {
    for (const made of projects) made.dispose();
  });

  it('are in nothing that a run writes or prints, although verdicts come from the true values', async () => {
    const made = new InlineProject({
      'steps/own.js': STEPS,
      'local.mjs': LOCAL,
      'features/a.feature': FEATURE,
      'mirrorspec.yaml': 'redact: { headers: [x-tenant], fields: [iban], patterns: ["emp-[0-9]+"], captures: omit }\n',
    });
    projects.push(made);
    // The command line is told, and what to run again.
    const { code, stdout, stderr } = await made.mirrorspec(
      'run',
      `--tags=not @${EMPLOYEE}`,
      '--set',
      `mirror.local-process={ run: node local.mjs --token=${TOKEN} }`,
    );
    assert.equal(code, 1, stderr);
    assert.match(stdout, /3 scenarios: 3 failed/);
    const reports = join(made.path, 'reports');
    const files = readdirSync(reports, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    );
    assert.ok(!files.some((file) => file.endsWith('.pcapng')), 'captures are not kept');
    const written = new Map(files.map((file) => [file.slice(reports.length + 1), readFileSync(file, 'utf8')]));
    for (const [name, text] of [...written, ['stdout', stdout] as const, ['stderr', stderr] as const]) {
      for (const secret of SECRETS) {
        // Journals and attachments hold base64, too.
        const texts = [
          text,
          ...[...text.matchAll(/"([A-Za-z0-9+/]{16,}={0,2})"/g)].map(([, data = '']) =>
            Buffer.from(data, 'base64').toString('latin1'),
          ),
        ];
        const at = texts.find((each) => each.includes(secret));
        assert.equal(
          at?.slice(Math.max(0, at.indexOf(secret) - 300), at.indexOf(secret) + 50),
          undefined,
          `${secret} in ${name}`,
        );
      }
    }
    assert.match(written.get('results.json') ?? '', /local\.mjs --token=\[redacted #[0-9a-f]{4}\]/);
    const journal = [...written].find(([name]) => name.endsWith('/caller.ndjson'))?.[1] ?? '';
    assert.match(journal, /access_token=\[redacted #[0-9a-f]{4}\]&page=2/);
    assert.match(journal, /"x-plain","seen"/);
    const long = [...written].find(([name]) => /\/message-[0-9a-f]{16}\.txt$/.test(name))?.[1] ?? '';
    assert.match(long, /n{20000}","again":\{"password":"\[redacted #[0-9a-f]{4}\]"/);
    assert.match(
      [...written].find(([name]) => name.endsWith('/messages.txt'))?.[1] ?? '',
      /local process: message 1 of the request/,
    );
    const log = [...written].find(([name]) => name.endsWith('/agent.log'))?.[1] ?? '';
    assert.match(log, /local process: \\u\{1b\}\[2J\\u\{202e\} POST \/orders\?access_token=\[redacted/);
    assert.match(stdout, /found: +POST \/orders\?access_token=\[redacted #[0-9a-f]{4}\]&page=2/);
  });
});
