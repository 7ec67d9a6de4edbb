import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { DEFAULT_SETTINGS } from '../../model/environment-settings.js';
import { readProject } from './project.js';
import { type ResolvedEnvironment, resolveEnvironment } from './resolve.js';
import { folderWith, rendered } from './testing/written-files.js';

interface Asked {
  readonly files?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly set?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

const folders: { dispose(): void }[] = [];
after(() => {
  for (const folder of folders) folder.dispose();
});

async function resolve({ files = {}, name, set, variables = {} }: Asked) {
  const folder = folderWith(files);
  folders.push(folder);
  const { config, mistakes } = await readProject(folder.path);
  assert.deepEqual(mistakes, []);
  return resolveEnvironment({
    cwd: folder.path,
    project: config,
    variables,
    ...(name === undefined ? {} : { name }),
    ...(set === undefined ? {} : { set }),
  });
}

async function resolved(asked: Asked): Promise<ResolvedEnvironment> {
  const { resolved: found, mistakes } = await resolve(asked);
  assert.deepEqual(mistakes, []);
  assert.ok(found);
  return found;
}

async function mistakes(asked: Asked): Promise<string> {
  const { mistakes: found, resolved: none } = await resolve(asked);
  assert.equal(none, undefined);
  return rendered(found);
}

const CI = {
  'features/environments/ci.yaml':
    'environment: ci\ntimeouts:\n  delivery: 5 s\n  call: 5 s\n  build: 5 s\nsettle: 5 s\n',
};

describe('the environment of a run', () => {
  it('is the embedded one with its defaults when nobody says anything', async () => {
    const { settings, source, isDefault, values } = await resolved({});
    assert.deepEqual(settings, DEFAULT_SETTINGS);
    assert.equal(source, 'shipped with mirrorspec');
    assert.ok(isDefault);
    assert.deepEqual(new Set(values.map(({ from }) => from)), new Set(['default']));
  });

  it('is weakest in the defaults, then file, project, variable and option', async () => {
    const { values, isDefault } = await resolved({
      files: {
        ...CI,
        'mirrorspec.yaml': 'environment: ci\nset:\n  timeouts: { call: 6 s, build: 6 s }\n  settle: 6 s\n',
      },
      variables: { MIRRORSPEC_SET: 'timeouts.build=7 s; settle=7 s' },
      set: ['settle=8 s'],
    });
    const told = Object.fromEntries(values.map(({ key, value, from }) => [key, `${value} by ${from}`]));
    assert.deepEqual(
      [told['timeouts.step'], told['timeouts.delivery'], told['timeouts.call'], told['timeouts.build'], told.settle],
      [
        '2 min by default',
        '5 s by features/environments/ci.yaml:3',
        '6 s by mirrorspec.yaml:3',
        '7 s by MIRRORSPEC_SET',
        '8 s by --set',
      ],
    );
    assert.ok(!isDefault);
  });

  it('is named by the option, else by the variable, else by the project', async () => {
    const files = { ...CI, 'mirrorspec.yaml': 'environment: ci\n' };
    const variables = { MIRRORSPEC_ENVIRONMENT: 'embedded-permissive' };
    assert.equal((await resolved({ files })).settings.name, 'ci');
    assert.equal((await resolved({ files, variables })).settings.name, 'embedded-permissive');
    assert.equal((await resolved({ files, variables, name: 'embedded' })).settings.name, 'embedded');
    assert.equal((await resolved({ files, variables: { MIRRORSPEC_ENVIRONMENT: '' } })).settings.name, 'ci');
  });

  it('is looked for in every folder of features of the project, and before those that are shipped', async () => {
    const files = {
      'mirrorspec.yaml': 'features: [specs]\n',
      'specs/environments/embedded.yaml': 'environment: embedded\nsettle: 1 s\n',
    };
    const { settings, source } = await resolved({ files });
    assert.equal(settings.settleMs, 1000);
    assert.equal(source, 'specs/environments/embedded.yaml');
  });

  it('can be a file anywhere', async () => {
    const files = { 'ci/slow.yml': 'environment: slow\ntimeouts: { build: 2 min, step: 5 min }\n' };
    const { settings, source } = await resolved({ files, name: './ci/slow.yml' });
    assert.deepEqual(settings.timeouts, { ...DEFAULT_SETTINGS.timeouts, buildMs: 120_000, stepMs: 300_000 });
    assert.equal(source, 'ci/slow.yml');
  });

  it('has a mesh, a workload and a local process for scenarios that say nothing of them', async () => {
    const { settings } = await resolved({
      set: [
        'mesh=istio',
        'workload={ run: node server.js, port: 80 }',
        'mirror.local-process.run=node "my local.js"',
        'mirror.listen=lo',
      ],
    });
    assert.deepEqual(settings.mesh, { kind: 'istio', mtls: 'STRICT' });
    assert.deepEqual(settings.workload, { kind: 'command', commandLine: 'node server.js', port: 80 });
    assert.deepEqual(settings.mirror, {
      listen: 'lo',
      localProcess: { kind: 'command', commandLine: 'node "my local.js"' },
    });
  });

  it('merges a mesh key by key, and a word says all of it', async () => {
    const mesh = async (...set: string[]) => (await resolved({ name: 'embedded-permissive', set })).settings.mesh;
    assert.deepEqual(await mesh(), { kind: 'istio', mtls: 'PERMISSIVE' });
    assert.deepEqual(await mesh('mesh.mtls=DISABLE'), { kind: 'istio', mtls: 'DISABLE' });
    assert.deepEqual(await mesh('mesh={ kind: istio }'), { kind: 'istio', mtls: 'PERMISSIVE' });
    assert.deepEqual(await mesh('mesh=istio'), { kind: 'istio', mtls: 'STRICT' });
    assert.deepEqual(await mesh('mesh=none'), { kind: 'none' });
  });

  it('may be a cluster, with the settings of one', async () => {
    const files = {
      'features/environments/kind.yaml':
        'environment: kind\nkind: kubernetes\ncontext: kind-mesh\nimages: { agent: "a:1" }\n',
    };
    const { settings, values } = await resolved({ files, name: 'kind' });
    assert.deepEqual(settings.cluster, {
      context: 'kind-mesh',
      namespace: 'mirrorspec',
      images: { workload: 'node:20-slim', caller: 'node:20-slim', agent: 'a:1' },
    });
    const shown = values.map(({ key }) => key);
    assert.ok(shown.includes('images.agent') && !shown.includes('sidecar.engine'));
  });
});

describe('a mistake in an environment is told with its place', () => {
  const inFile = (text: string): Promise<string> =>
    mistakes({ files: { 'features/environments/bad.yaml': `environment: bad\n${text}` }, name: 'bad' });

  it('in its file, all at once', async () => {
    const text = `knd: embedded
mesh: isto
sidecar: { engine: nginx }
mirror:
  listen: [lo]
workload: { run: node a.js, port: 123456 }
timeouts:
  delivery: 5
  call: soon
settle: 100 msec
`;
    assert.equal(
      await inFile(text),
      `error: there is no "knd" here
 --> features/environments/bad.yaml:2:1
  |
2 | knd: embedded
  | ^^^
  = help: did you mean "kind"?
  = help: it can be: environment, description, kind, mesh, sidecar, mirror, workload, timeouts, settle, context, namespace, images

error: "isto" cannot stand here
 --> features/environments/bad.yaml:3:7
  |
3 | mesh: isto
  |       ^^^^
  = help: did you mean istio?
  = help: it can be: none, istio, istio-ambient, linkerd, a mapping with kind and mtls

error: "nginx" cannot stand here
 --> features/environments/bad.yaml:4:20
  |
4 | sidecar: { engine: nginx }
  |                    ^^^^^
  = help: it can be: auto, envoy, node

error: text is needed here, and this is a list
 --> features/environments/bad.yaml:6:11
  |
6 |   listen: [lo]
  |           ^^^^
  = help: for example: lo, eth0, auto

error: 123456 is too much
 --> features/environments/bad.yaml:7:35
  |
7 | workload: { run: node a.js, port: 123456 }
  |                                   ^^^^^^
  = help: give 65535 or less

error: a duration is needed here, and this is the number 5
 --> features/environments/bad.yaml:9:13
  |
9 |   delivery: 5
  |             ^
  = help: write it with its unit: 5 ms, 5 s or 5 min

error: "soon" is no duration
  --> features/environments/bad.yaml:10:9
   |
10 |   call: soon
   |         ^^^^
   = help: write a number and its unit, for example 100 ms, 5 s or 2 min

error: "100 msec" is no duration
  --> features/environments/bad.yaml:11:9
   |
11 | settle: 100 msec
   |         ^^^^^^^^
   = help: write a number and its unit, for example 100 ms, 5 s or 2 min
`,
    );
  });

  it('where something is missing', async () => {
    assert.equal(
      await inFile('workload: { run: node a.js }\nmirror: { local-process: {} }\nmesh: {}\ntimeouts:\n'),
      `error: "port" is missing here
 --> features/environments/bad.yaml:2:11
  |
2 | workload: { run: node a.js }
  |           ^
  = help: port: The TCP port that it listens on.

error: "run" is missing here
 --> features/environments/bad.yaml:3:26
  |
3 | mirror: { local-process: {} }
  |                          ^
  = help: your command: Program and arguments; quotes keep a word together, no shell is involved.
  = help: for example: node local.js

error: something is missing here
 --> features/environments/bad.yaml:4:7
  |
4 | mesh: {}
  |       ^
  = help: it can be: kind, mtls

error: a mapping is needed here, and this is nothing
 --> features/environments/bad.yaml:5:10
  |
5 | timeouts:
  |          ^
  = help: timeouts: How long waits may take.
`,
    );
  });

  it('where values do not go together', async () => {
    assert.equal(
      await inFile(
        'mesh: { mtls: STRICT }\ntimeouts: { call: 3 min, step: 100 ms, delivery: 11 min }\nsettle: 2 min\nnamespace: x\n',
      ),
      `error: mesh.mtls says how a mesh encrypts, and there is none (mesh.kind is none)
 --> features/environments/bad.yaml:2:15
  |
2 | mesh: { mtls: STRICT }
  |               ^^^^^^
  = help: say which mesh: mesh.kind is istio

error: timeouts.call is 3 min, and a step that waits so long is ended after 100 ms (timeouts.step)
 --> features/environments/bad.yaml:3:19
  |
3 | timeouts: { call: 3 min, step: 100 ms, delivery: 11 min }
  |                   ^^^^^
  = help: give less, or a timeouts.step of more than 3 min

error: timeouts.step is 100 ms, less than it may be
 --> features/environments/bad.yaml:3:32
  |
3 | timeouts: { call: 3 min, step: 100 ms, delivery: 11 min }
  |                                ^^^^^^
  = help: give 1 s or more

error: timeouts.delivery is 11 min, more than it may be
 --> features/environments/bad.yaml:3:50
  |
3 | timeouts: { call: 3 min, step: 100 ms, delivery: 11 min }
  |                                                  ^^^^^^
  = help: give 10 min or less

error: settle is 2 min, more than it may be
 --> features/environments/bad.yaml:4:9
  |
4 | settle: 2 min
  |         ^^^^^
  = help: give 1 min or less

error: namespace describes a cluster, and this environment is none (kind is embedded)
 --> features/environments/bad.yaml:5:12
  |
5 | namespace: x
  |            ^
  = help: remove it, or say that it is a cluster: kind is kubernetes
`,
    );
  });

  it('that is called otherwise than its file, or whose name is no text', async () => {
    const files = {
      'features/environments/a.yaml': 'environment: b\n',
      'features/environments/n.yaml': 'environment: 7\n',
    };
    assert.equal(
      await mistakes({ files, name: 'a' }),
      `error: the environment is called "b", and its file "a.yaml": --environment would not find it
 --> features/environments/a.yaml:1:14
  |
1 | environment: b
  |              ^
  = help: write "environment: a", or call the file b.yaml
`,
    );
    assert.equal(
      await mistakes({ files, name: 'n' }),
      `error: text is needed here, and this is the number 7
 --> features/environments/n.yaml:1:14
  |
1 | environment: 7
  |              ^
  = help: quote it: "7"
`,
    );
  });

  it('in an option or a variable, which is named', async () => {
    const set = ['timeouts.delivery=5 sec', 'timeouts.delivry=5 s', 'mesh=isto', 'mesh', 'mesh=', 'environment=ci'];
    assert.equal(
      await mistakes({ set, variables: { MIRRORSPEC_SET: 'settle=3\nkind=cluster' } }),
      `error: MIRRORSPEC_SET settle=3: a duration is needed here, and this is the number 3
  = help: write it with its unit: 3 ms, 3 s or 3 min

error: MIRRORSPEC_SET kind=cluster: "cluster" cannot stand here
  = help: it can be: embedded, kubernetes

error: --set timeouts.delivery=5 sec: "5 sec" is no duration
  = help: write a number and its unit, for example 100 ms, 5 s or 2 min

error: --set timeouts.delivry=5 s: there is no "delivry" here
  = help: did you mean "delivery"?
  = help: it can be: build, delivery, call, step

error: --set mesh=isto: "isto" cannot stand here
  = help: did you mean istio?
  = help: it can be: none, istio, istio-ambient, linkerd, a mapping with kind and mtls

error: --set mesh: this sets nothing
  = help: write key=value, for example --set timeouts.delivery='5 s'

error: --set mesh=: this sets nothing
  = help: write key=value, for example --set timeouts.delivery='5 s'

error: --set environment=ci: this is no value of an environment
  = help: choose one with --environment ci
`,
    );
    assert.match(await mistakes({ set: ['settle=['] }), /^error: --set settle=\[: /);
  });

  it('in values of an option that do not go together with others', async () => {
    assert.equal(
      await mistakes({ set: ['mesh.mtls=PERMISSIVE', 'settle=61 s'] }),
      `error: --set mesh.mtls=PERMISSIVE: mesh.mtls says how a mesh encrypts, and there is none (mesh.kind is none)
  = help: say which mesh: mesh.kind is istio

error: --set settle=61 s: settle is 61 s, more than it may be
  = help: give 1 min or less
`,
    );
  });

  it('that does not exist', async () => {
    const files = { ...CI, 'mirrorspec.yaml': 'environment: staging\n' };
    assert.equal(
      await mistakes({ files }),
      `error: mirrorspec.yaml: environment staging: there is no environment of that name
  = help: known are: ci, embedded, embedded-permissive, kubernetes
  = help: one of your own is a file: features/environments/staging.yaml
`,
    );
    assert.equal(
      await mistakes({ files, variables: { MIRRORSPEC_ENVIRONMENT: 'embeded' } }),
      `error: MIRRORSPEC_ENVIRONMENT embeded: there is no environment of that name
  = help: did you mean embedded?
  = help: known are: ci, embedded, embedded-permissive, kubernetes
  = help: one of your own is a file: features/environments/embeded.yaml
`,
    );
    assert.equal(
      await mistakes({ files, name: './ci.yaml' }),
      'error: --environment ./ci.yaml: there is no such file\n',
    );
    assert.equal(
      await mistakes({ files: { 'a/b.yaml/c': '' }, name: 'a/b.yaml' }),
      'error: a/b.yaml cannot be read: it is a folder\n',
    );
  });

  it('that is two documents, or none', async () => {
    assert.equal(
      await inFile('---\nenvironment: second\n'),
      `error: this file holds one document, and here begins a second
 --> features/environments/bad.yaml:3:1
  |
3 | environment: second
  | ^
  = help: put it into a file of its own
`,
    );
    const files = { 'features/environments/none.yaml': '# nothing\n' };
    assert.match(await mistakes({ files, name: 'none' }), /this file is empty, or holds comments only/);
  });
});
