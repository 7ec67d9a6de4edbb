import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { XmlDocument } from 'libxml2-wasm';
import { marked } from 'marked';
import { parse } from 'yaml';
import { CONFORMANCE_SCHEMA } from '../report/conformance/conformance-schema.js';
import { admittedJunit } from '../report/junit/testing/admitted.js';
import { InlineProject } from './testing/inline-project.js';

const HOSTILE = `<script>alert(1)</script> ]]> &amp; \u001b[31m \u0000 \ud800 | @team`;
const STEPS = `import { declareStep, ExpectationError } from 'mirrorspec';
const step = (expression, key, run) =>
  declareStep({ keyword: 'When', expression, title: expression, description: '-', example: 'When ' + expression, yaml: { key }, run });
step('all is well', 'well', () => {});
step('it falls short', 'short', () => { throw new ExpectationError(${JSON.stringify(HOSTILE)}); });
`;
const FEATURE = `Feature: orders
  Scenario: passes
    When all is well
  Scenario: falls short
    When it falls short
`;

interface MessagesLibrary {
  parseEnvelope(json: string): Readonly<Record<string, unknown>>;
}

/** What a run leaves for programs is read here by programs that are not mirrorspec. */
describe('the outputs of a run', () => {
  let project: InlineProject;
  before(async () => {
    project = new InlineProject({ 'steps/own.js': STEPS, 'features/a.feature': FEATURE });
    const { code } = await project.mirrorspec('run');
    assert.equal(code, 1);
  });
  after(() => project.dispose());

  const read = (file: string): string => readFileSync(join(project.path, 'reports', file), 'utf8');

  test('messages.ndjson is what @cucumber/messages reads', () => {
    const cucumber = createRequire(createRequire(import.meta.url).resolve('@cucumber/cucumber'));
    const { parseEnvelope } = cucumber('@cucumber/messages') as MessagesLibrary;
    const kinds = read('messages.ndjson')
      .trimEnd()
      .split('\n')
      .flatMap((line) =>
        Object.entries(parseEnvelope(line)).flatMap(([kind, value]) => (value === undefined ? [] : [kind])),
      );
    for (const kind of ['meta', 'gherkinDocument', 'pickle', 'testCase', 'testCaseFinished', 'testRunFinished']) {
      assert.ok(kinds.includes(kind), kind);
    }
  });

  test('junit.xml is admitted by the schema of JUnit', () => {
    const document = admittedJunit(read('junit.xml'));
    assert.deepEqual(
      document.find('//testcase/@name').map(({ content }) => content),
      ['passes', 'falls short'],
    );
    assert.match(document.get('//failure')?.content ?? '', /<script>alert\(1\)<\/script> ]]> &amp; {2}\\u\{0\}/);
    document.dispose();
  });

  test('conformance.yaml is valid by its schema', () => {
    const validate = new Ajv2020({ strict: true }).compile(CONFORMANCE_SCHEMA);
    assert.ok(validate(parse(read('conformance.yaml'))), JSON.stringify(validate.errors));
  });

  test('summary.md is Markdown, and nothing that it quotes is', () => {
    const html = marked.parse(read('summary.md'), { gfm: true, async: false });
    assert.match(html, /<strong>falls short<\/strong>.*&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
    assert.doesNotMatch(html, /<script/);
  });

  test('badges are images', () => {
    const files = readdirSync(join(project.path, 'reports/badges')).sort();
    assert.deepEqual(files, ['limitations.svg', 'mirrored.svg', 'verdict.svg']);
    for (const file of files) XmlDocument.fromString(read(`badges/${file}`)).dispose();
    assert.match(read('badges/verdict.svg'), /mirrorspec \(embedded\): 1 failed/);
  });
});
