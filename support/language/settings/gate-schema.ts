import { ENVIRONMENT_KINDS } from '../../model/environment-settings.js';
import { DECIDED_STATES, GATE_MESHES } from '../../model/gate.js';
import { INTERACTIONS, PROTOCOLS } from '../../model/protocol.js';
import { PROFILES } from '../../model/session.js';
import { MTLS_POLICIES } from '../../model/situation.js';
import { dayOf, listOf, mappingOf, type Schema, settingsSchema, textOf } from './schema.js';

function most(title: string, description: string): Schema {
  return { title, description: `${description} Default: any number.`, type: 'integer', minimum: 0 };
}

function oneOrMore(words: readonly string[], title: string, description: string): Schema {
  return listOf({ enum: words }, { title, description, uniqueItems: true });
}

const REQUIREMENT = mappingOf(
  {
    tags: textOf('tags', 'A tag expression: every scenario that it selects.', { examples: ['@smoke and not @wip'] }),
    'at-least': {
      title: 'at least',
      description: 'How many scenarios the tags must select, so that none gets lost unnoticed.',
      type: 'integer',
      minimum: 1,
      default: 1,
    },
    scenario: textOf('scenario', "A scenario by its name; an outline's name stands for all its rows."),
    file: textOf('file', 'The file of that scenario, where several have one of that name.'),
  },
  { minProperties: 1 },
);

const CELLS = mappingOf(
  {
    environment: oneOrMore(
      ENVIRONMENT_KINDS,
      'environments',
      'Kinds of environments. Default: wherever it was tested.',
    ),
    mesh: oneOrMore(
      GATE_MESHES,
      'meshes',
      'Which meshes the cells are of; `none` for calls without one. For example `[none, istio]`.',
    ),
    mtls: oneOrMore(MTLS_POLICIES, 'mTLS policies', 'Default: every policy that was tested.'),
    protocol: oneOrMore(
      PROTOCOLS,
      'protocols',
      'Which protocols the cells are of. For example `[HTTP/2, gRPC-over-HTTP/2]`.',
    ),
    interaction: listOf(
      { enum: INTERACTIONS },
      {
        title: 'interactions',
        description: 'Which interactions the cells are of. Default: unary calls.',
        uniqueItems: true,
        default: ['unary'],
      },
    ),
    interface: listOf(textOf('listen interface', '`lo`, `eth0`, `auto` or another name.'), {
      title: 'listen interfaces',
      description: 'Of `sniffer` sessions. Default: every interface that was tested.',
      uniqueItems: true,
    }),
    profile: oneOrMore(PROFILES, 'profiles', 'Default: every profile that was tested.'),
    state: listOf(
      { enum: DECIDED_STATES },
      {
        title: 'states',
        description: 'What each of these cells may be. A cell that was not tested is none of them.',
        uniqueItems: true,
        default: ['pass'],
      },
    ),
  },
  { required: ['mesh', 'protocol'] },
);

/** A gate's file. */
export const GATE_SCHEMA: Schema = settingsSchema('gate', {
  ...mappingOf(
    {
      gate: textOf('name of the gate', 'The same as the name of the file, without `.yaml`.', {
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      }),
      description: textOf('description', 'What it guards.'),
      require: listOf(REQUIREMENT, {
        title: 'required scenarios',
        description: 'Scenarios that must have run and passed: by `tags` or by the name of a `scenario`.',
      }),
      'allow-limitations': listOf(
        mappingOf(
          {
            id: textOf('limitation', 'The id of a limitation.', { examples: ['L4'] }),
            until: dayOf('until', 'The last day on which it is allowed.'),
            reason: textOf('reason', 'Why it is acceptable until then.'),
          },
          { required: ['id', 'until', 'reason'] },
        ),
        {
          title: 'allowed limitations',
          description: 'Known limitations that may show. Without this key all of them may; an empty list allows none.',
          minItems: 0,
        },
      ),
      'at-least': mappingOf(
        {
          passed: {
            title: 'passed',
            description: 'Scenarios that passed, so that none gets lost unnoticed.',
            type: 'integer',
            minimum: 1,
          },
        },
        { title: 'at least', description: 'The least that a run must have.', required: ['passed'] },
      ),
      'at-most': mappingOf(
        {
          failed: most('failed', 'Scenarios that failed.'),
          flaky: most('flaky', 'Scenarios that passed only when they were tried again.'),
          'not-tested': most('not tested', 'Scenarios that were selected but did not run.'),
          'known-limitations': most('known limitations', 'Scenarios that fell short as a limitation says.'),
        },
        { title: 'at most', description: 'The most of each that a run may have.', minProperties: 1 },
      ),
      cells: listOf(CELLS, {
        title: 'cells of the matrix',
        description: 'Every combination of what an entry lists must have been decided, and with one of its states.',
      }),
      baseline: mappingOf(
        {
          results: textOf('results', "An earlier run's `results.json`, relative to this file."),
          'slower-by': textOf('slower by', 'How much longer a scenario may take than then.', {
            pattern: '^\\d+(\\.\\d+)? ?%$',
            examples: ['20 %'],
          }),
        },
        {
          title: 'baseline',
          description: 'A run to compare with: what passed then must pass now.',
          required: ['results'],
        },
      ),
    },
    {
      title: 'a gate of mirrorspec',
      description: 'What a run must have reached before a pipeline goes on.',
      required: ['gate'],
      minProperties: 2,
    },
  ),
});
