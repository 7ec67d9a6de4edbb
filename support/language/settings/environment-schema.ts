import { DEFAULT_SETTINGS, ENVIRONMENT_KINDS, SIDECAR_ENGINES } from '../../model/environment-settings.js';
import { PROFILES } from '../../model/session.js';
import { MESH_KINDS, MTLS_POLICIES } from '../../model/situation.js';
import { type DurationBounds, durationOf, mappingOf, type Schema, settingsSchema, textOf } from './schema.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Bounds of the durations of an environment, in milliseconds, by key. */
export const DURATION_BOUNDS = {
  'timeouts.build': { least: 100, most: HOUR },
  'timeouts.delivery': { least: 0, most: 10 * MINUTE },
  'timeouts.call': { least: 1, most: HOUR },
  'timeouts.step': { least: SECOND, most: 4 * HOUR },
  settle: { least: 0, most: MINUTE },
} as const satisfies Readonly<Record<string, DurationBounds>>;

const { timeouts, settleMs, cluster, mirror } = DEFAULT_SETTINGS;
const COMMAND = 'Program and arguments; quotes keep a word together, no shell is involved.';

/** Keys of an environment that describe a cluster: they mean nothing where the kind is another. */
export const CLUSTER_KEYS = ['context', 'namespace', 'images'] as const;

/** Everything of an environment that can be set, also by `set` and `--set`. */
export const ENVIRONMENT_PROPERTIES: Readonly<Record<string, Schema>> = {
  kind: {
    title: 'where scenarios run',
    description:
      '`embedded`: in labs on this machine, no cluster needed. `kubernetes`: in a cluster; files of that kind are read and checked, but this version runs no scenarios there.',
    enum: ENVIRONMENT_KINDS,
    default: DEFAULT_SETTINGS.kind,
  },
  mesh: {
    title: 'the mesh of scenarios that name none',
    description:
      'What a scenario without a step such as "Given an Istio mesh" or "Given no mesh" runs on: `none`, `istio` or `istio-ambient` (mutual TLS `STRICT`), or a mapping with `kind` and `mtls`.',
    default: DEFAULT_SETTINGS.mesh.kind,
    anyOf: [
      { enum: MESH_KINDS },
      mappingOf(
        {
          kind: {
            title: 'kind of mesh',
            description: '`none`, `istio` with sidecars, or `istio-ambient` without.',
            enum: MESH_KINDS,
          },
          mtls: {
            title: 'mTLS policy',
            description:
              "What the workload's sidecar accepts (Istio's PeerAuthentication): `STRICT` mutual TLS only, `PERMISSIVE` also plaintext, `DISABLE` plaintext only.",
            enum: MTLS_POLICIES,
            default: 'STRICT',
          },
        },
        { minProperties: 1 },
      ),
    ],
  },
  sidecar: mappingOf(
    {
      engine: {
        title: 'sidecar engine',
        description:
          "`envoy`: a real Envoy, which Istio's sidecar is. `node`: mirrorspec's own sidecar program. `auto`: Envoy where one is named or on the PATH, else `node`.",
        enum: SIDECAR_ENGINES,
        default: DEFAULT_SETTINGS.sidecar.engine,
      },
      envoy: textOf(
        'the Envoy',
        'Path of the Envoy for the engines `envoy` and `auto`, from the current folder. Without it, the environment variable MIRRORSPEC_ENVOY names one, else it is looked for on the PATH.',
        { pattern: '\\S', examples: ['/usr/local/bin/envoy'] },
      ),
    },
    { title: 'sidecars', description: 'The sidecars of an embedded mesh.' },
  ),
  mirror: mappingOf(
    {
      profile: {
        title: 'profile',
        description:
          'How a mirror session takes traffic when no step says it: `sniffer` captures packets (mirrord up to 3.180), `redirect` leads connections through the agent (mirrord from 3.151 on). Default: as the version does, without one `sniffer`.',
        enum: PROFILES,
      },
      version: {
        title: 'version of mirrord',
        description:
          'Whose behaviour mirror sessions show when no step says it, such as `3.180` or `3.250.0`. A scenario that needs what this version does not have is skipped. Default: the newest that has the profile.',
        // Unquoted, 3.250 is a number in YAML; it is read as it is written.
        anyOf: [
          {
            type: 'string',
            pattern: '^v?\\d+\\.\\d+(\\.\\d+)?$',
            examples: ['3.152.0', '3.180.0', '3.250.0'],
          },
          { type: 'number' },
        ],
      },
      listen: textOf(
        'listen interface',
        "What a mirror session captures on when no step says it: `lo`, `eth0`, any other interface of the workload's pod, or `auto` (`lo` on a mesh, else the interface of the default route). Says nothing for the profile `redirect`.",
        { pattern: '^\\S{1,15}$', default: mirror.listen, examples: ['lo', 'eth0', 'auto'] },
      ),
      'local-process': {
        title: 'local process',
        description:
          'What receives the mirrored copy when no step says it: `receiver`, the built-in one, or a command of yours, which is told its port in `PORT`.',
        default: mirror.localProcess.kind,
        anyOf: [
          { const: 'receiver' },
          mappingOf({ run: textOf('your command', COMMAND, { examples: ['node local.js'] }) }, { required: ['run'] }),
        ],
      },
    },
    { title: 'mirror sessions', description: 'What a mirror session is when no step says it.' },
  ),
  workload: {
    title: 'the workload of scenarios that name none',
    description:
      'What is called: `echo`, `yages`, or a command of yours and the port it listens on (it is told the port in `PORT`).',
    default: DEFAULT_SETTINGS.workload.kind,
    anyOf: [
      { enum: ['echo', 'yages'] },
      mappingOf(
        {
          run: textOf('your command', COMMAND, { examples: ['node server.js'] }),
          port: {
            title: 'port',
            description: 'The TCP port that it listens on.',
            type: 'integer',
            minimum: 1,
            maximum: 65_535,
          },
        },
        { required: ['run', 'port'] },
      ),
    ],
  },
  timeouts: mappingOf(
    {
      build: durationOf(
        'building a situation',
        'How long a lab and all its programs may take to be ready.',
        DURATION_BOUNDS['timeouts.build'],
        timeouts.buildMs,
      ),
      delivery: durationOf(
        'delivery of a copy',
        'How long a mirrored copy may take to reach the local process after its call has ended. A copy that is complete is not waited for.',
        DURATION_BOUNDS['timeouts.delivery'],
        timeouts.deliveryMs,
      ),
      call: durationOf(
        'one call',
        'After which a call is given up.',
        DURATION_BOUNDS['timeouts.call'],
        timeouts.callMs,
      ),
      step: durationOf(
        'one step',
        'After which a step fails, whatever it is doing. Longer than all other timeouts.',
        DURATION_BOUNDS['timeouts.step'],
        timeouts.stepMs,
      ),
    },
    { title: 'timeouts', description: 'How long waits may take.' },
  ),
  settle: durationOf(
    'settle window',
    'How long to wait for what must not come (duplicates, leaks) when everything expected is there. Each verdict takes that long.',
    DURATION_BOUNDS.settle,
    settleMs,
  ),
  context: textOf('kubeconfig context', 'For `kind: kubernetes`. Default: the current context of the kubeconfig.'),
  namespace: textOf('namespace', 'For `kind: kubernetes`: namespaces of a run begin with this name.', {
    pattern: '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$',
    default: cluster.namespace,
  }),
  images: mappingOf(
    {
      workload: textOf('image of the workload', 'A Node.js image in which the shipped workloads run.', {
        default: cluster.images.workload,
      }),
      caller: textOf('image of the caller', 'A Node.js image in which callers run.', {
        default: cluster.images.caller,
      }),
      agent: textOf(
        'image of the agent',
        "mirrord's agent. Default: the one that belongs to the mirrord that is installed.",
        { examples: ['ghcr.io/metalbear-co/mirrord:3.250.0'] },
      ),
    },
    { title: 'container images', description: 'For `kind: kubernetes`.' },
  ),
};

/** An environment's file. */
export const ENVIRONMENT_SCHEMA: Schema = settingsSchema('environment', {
  ...mappingOf(
    {
      environment: textOf('name of the environment', 'The same as the name of the file, without `.yaml`.', {
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      }),
      description: textOf('description', 'What it is for.'),
      ...ENVIRONMENT_PROPERTIES,
    },
    {
      title: 'an environment of mirrorspec',
      description: 'Where scenarios run, and what they get when their steps do not say it.',
      required: ['environment'],
    },
  ),
});

/** What `set` of a project and `--set` can hold. */
export const OVERRIDES_SCHEMA: Schema = mappingOf(ENVIRONMENT_PROPERTIES, {
  title: 'changes to the environment',
  description: 'Values that take the place of those in the environment’s file, with the same keys.',
});
