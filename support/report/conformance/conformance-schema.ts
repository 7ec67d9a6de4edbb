import { ENVIRONMENT_KINDS } from '../../model/environment-settings.js';
import { documentSchema, mappingOf, type Schema } from '../../model/json-schema.js';
import { LIMITED_MESHES } from '../../model/limitation.js';
import { PROFILES } from '../../model/session.js';
import { MTLS_POLICIES } from '../../model/situation.js';

const TEXT: Schema = { type: 'string' };
const COUNT: Schema = { type: 'integer', minimum: 0 };

function list(items: Schema, title: string, description: string): Schema {
  return { title, description, type: 'array', items };
}

const PROFILE: Schema = mappingOf(
  {
    mesh: { enum: LIMITED_MESHES },
    mtls: { title: 'mTLS policy', description: 'Absent without a mesh.', enum: MTLS_POLICIES },
    mirror: { title: 'mirror', description: 'The mirroring mechanism.', enum: PROFILES },
    mirrord: { title: 'mirrord', description: 'The version whose behaviour it is.', ...TEXT },
    listen: { title: 'listen interface', description: 'Of `sniffer`.', ...TEXT },
    supported: list(TEXT, 'supported', 'Kinds of calls that pass, but for what `limited` says.'),
    limited: list(
      mappingOf({ call: TEXT, limitations: { type: 'array', items: TEXT } }, { required: ['call', 'limitations'] }),
      'limited',
      'Kinds of calls that fall short as known limitations say; those in `supported` as well pass otherwise.',
    ),
    unsupported: list(TEXT, 'unsupported', 'Kinds of calls of which a scenario failed.'),
    notApplicable: list(TEXT, 'not applicable', 'Kinds of calls that are not possible there.'),
    scenarios: mappingOf(
      { passed: COUNT, limited: COUNT, failed: COUNT, other: COUNT },
      { required: ['passed', 'limited', 'failed', 'other'] },
    ),
  },
  { required: ['mesh', 'mirror', 'supported', 'limited', 'unsupported', 'notApplicable', 'scenarios'] },
);

/** What `conformance.yaml` is. */
export const CONFORMANCE_SCHEMA: Schema = documentSchema('conformance', {
  title: 'a conformance statement of mirrorspec',
  description:
    'What is mirrored, per environment, mesh, policy, mechanism and version. What is not named was not tested.',
  ...mappingOf(
    {
      conformance: { title: 'format', description: 'Of this statement.', const: 1 },
      tool: mappingOf({ name: { const: 'mirrorspec' }, version: TEXT }, { required: ['name', 'version'] }),
      date: { title: 'date', description: 'When the last run ended.', ...TEXT },
      commit: { title: 'commit', description: 'Of the features.', ...TEXT },
      environments: list(
        mappingOf(
          {
            name: TEXT,
            kind: { enum: ENVIRONMENT_KINDS },
            meaning: { title: 'meaning', description: 'What its statements are about.', ...TEXT },
            standIns: list(TEXT, 'stand-ins', 'What stood for the real thing.'),
            versions: {
              title: 'versions',
              description: 'Of what took part.',
              type: 'object',
              additionalProperties: TEXT,
            },
            reproduce: list(TEXT, 'reproduce', 'Commands that the statements follow from.'),
            profiles: list(
              PROFILE,
              'profiles',
              'One for each mechanism of each version on each mesh under each policy.',
            ),
          },
          { required: ['name', 'kind', 'meaning', 'standIns', 'versions', 'reproduce', 'profiles'] },
        ),
        'environments',
        'Where scenarios ran.',
      ),
    },
    { required: ['conformance', 'tool', 'date', 'environments'] },
  ),
});
