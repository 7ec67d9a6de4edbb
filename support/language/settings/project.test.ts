import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_PROJECT, readProject } from './project.js';
import { folderWith, rendered } from './testing/written-files.js';

async function read(files: Readonly<Record<string, string>>) {
  const folder = folderWith(files);
  try {
    return await readProject(folder.path);
  } finally {
    folder.dispose();
  }
}

describe('the configuration of a project', () => {
  it('is the default where there is none', async () => {
    assert.deepEqual(await read({}), { config: DEFAULT_PROJECT, mistakes: [] });
    assert.deepEqual(DEFAULT_PROJECT, {
      features: ['features'],
      steps: ['steps'],
      set: [],
      protoPath: [],
      redact: { headers: [], fields: [], patterns: [], captures: 'keep' },
    });
  });

  it('holds what a command line would have to say each time', async () => {
    const { config, mistakes } = await read({
      'mirrorspec.yaml': `features: [specs, more/a.feature]
steps: [test/steps]
environment: ci
set:
  timeouts: { delivery: 5 s }
  mesh: istio
tags: not @slow
parallel: 2
retry: 1
report-dir: out
proto-path: [protos]
redact: { fields: [iban], captures: omit }
`,
    });
    assert.deepEqual(mistakes, []);
    const { set, ...rest } = config;
    assert.deepEqual(rest, {
      features: ['specs', 'more/a.feature'],
      steps: ['test/steps'],
      environment: 'ci',
      tags: 'not @slow',
      parallel: 2,
      retry: 1,
      reportDir: 'out',
      protoPath: ['protos'],
      redact: { headers: [], fields: ['iban'], patterns: [], captures: 'omit' },
    });
    assert.deepEqual(
      set.map(({ key, value, from }) => [key, value, from]),
      [
        ['timeouts.delivery', '5 s', 'mirrorspec.yaml:5'],
        ['mesh.kind', 'istio', 'mirrorspec.yaml:6'],
        ['mesh.mtls', undefined, 'mirrorspec.yaml:6'],
      ],
    );
  });

  it('tells a pattern that is no regular expression', async () => {
    const { mistakes } = await read({ 'mirrorspec.yaml': 'redact:\n  patterns: ["a+", "(b"]\n' });
    const text = rendered(mistakes);
    assert.match(text, /"\(b" is no regular expression/);
    assert.match(text, /mirrorspec\.yaml:2:20/);
  });

  it('tells every mistake with its place', async () => {
    const { config, mistakes } = await read({
      'mirrorspec.yaml': `feature: [specs]
steps: test/steps
set:
  timeouts.delivery: 5 s
parallel: 0
retry: -1
report_dir: out
proto-path: []
`,
    });
    assert.equal(config, DEFAULT_PROJECT);
    assert.equal(
      rendered(mistakes),
      `error: there is no "feature" here
 --> mirrorspec.yaml:1:1
  |
1 | feature: [specs]
  | ^^^^^^^
  = help: did you mean "features"?
  = help: it can be: features, steps, environment, set, tags, parallel, retry, report-dir, proto-path, redact

error: a list is needed here, and this is the text "test/steps"
 --> mirrorspec.yaml:2:8
  |
2 | steps: test/steps
  |        ^^^^^^^^^^
  = help: write a list: [test/steps]

error: there is no "timeouts.delivery" here
 --> mirrorspec.yaml:4:3
  |
4 |   timeouts.delivery: 5 s
  |   ^^^^^^^^^^^^^^^^^
  = help: write one mapping in the other: timeouts: { delivery: … }
  = help: it can be: kind, mesh, sidecar, mirror, workload, timeouts, settle, context, namespace, images

error: 0 cannot stand here
 --> mirrorspec.yaml:5:11
  |
5 | parallel: 0
  |           ^
  = help: it can be: auto, a whole number from 1 to 256

error: -1 is too little
 --> mirrorspec.yaml:6:8
  |
6 | retry: -1
  |        ^^
  = help: give 0 or more

error: there is no "report_dir" here
 --> mirrorspec.yaml:7:1
  |
7 | report_dir: out
  | ^^^^^^^^^^
  = help: did you mean "report-dir"?
  = help: it can be: features, steps, environment, set, tags, parallel, retry, report-dir, proto-path, redact

error: the list is empty
 --> mirrorspec.yaml:8:13
  |
8 | proto-path: []
  |             ^^
  = help: remove it, or add an item
`,
    );
  });

  it('has one name', async () => {
    const { mistakes } = await read({ 'mirrorspec.yml': 'tags: x\n' });
    assert.equal(
      rendered(mistakes),
      'error: mirrorspec.yml is not read: the configuration of a project is called mirrorspec.yaml\n  = help: mv mirrorspec.yml mirrorspec.yaml\n',
    );
  });
});
