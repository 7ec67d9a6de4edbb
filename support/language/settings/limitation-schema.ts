import { ENVIRONMENT_KINDS } from '../../model/environment-settings.js';
import { CERTAINTIES, LIMITED_MESHES, LIMITED_PROTOCOLS } from '../../model/limitation.js';
import { INTERACTIONS } from '../../model/protocol.js';
import { PROFILES } from '../../model/session.js';
import { CALLER_KINDS, INTERCEPTION_MODES, MTLS_POLICIES } from '../../model/situation.js';
import { CAUSES, VERDICTS } from '../../model/verdict.js';
import { dayOf, listOf, mappingOf, type Schema, settingsSchema, textOf } from './schema.js';

/** A limitation's file; it may hold several, each a document. */
export const LIMITATION_SCHEMA: Schema = settingsSchema('limitation', {
  ...mappingOf(
    {
      limitation: textOf('id', 'What scenarios are tagged with: `limitation:L4`.', {
        pattern: '^[A-Za-z][A-Za-z0-9._-]*$',
        examples: ['L4'],
      }),
      title: textOf('title', 'One line: what falls short.'),
      explanation: textOf('explanation', 'One paragraph: why it is so, for a reader who does not know the mechanism.'),
      symptom: textOf('symptom', 'What a user sees.'),
      certainty: {
        title: 'certainty',
        description:
          'How the explanation is known: `observed` in a run, `documented` by upstream, or `inferred` from source code.',
        enum: CERTAINTIES,
      },
      protocols: listOf(
        { enum: LIMITED_PROTOCOLS },
        { title: 'protocols', description: 'Which protocols it is about. Default: all of them.', uniqueItems: true },
      ),
      interactions: listOf(
        { enum: INTERACTIONS },
        { title: 'interactions', description: 'Which interactions it is about. Default: all.', uniqueItems: true },
      ),
      when: textOf('when', 'The conditions under which it shows, in words.', {
        examples: ['the connection was opened before the mirror session'],
      }),
      'applies-to': mappingOf(
        {
          mirrord: textOf('versions of mirrord', 'Comparators that must all hold. Default: every version.', {
            pattern: '^\\s*((>=|<=|>|<|=)?v?\\d+\\.\\d+(\\.\\d+)?(\\s+|$))+$',
            examples: ['>=3.181', '>=3.153 <3.181', '<=3.107'],
          }),
          profile: listOf(
            { enum: PROFILES },
            { title: 'profiles', description: 'Mirroring mechanisms that have it. Default: all.', uniqueItems: true },
          ),
          mesh: listOf(
            { enum: LIMITED_MESHES },
            { title: 'meshes', description: 'Meshes on which it shows. Default: all, and none.', uniqueItems: true },
          ),
          mtls: listOf(
            { enum: MTLS_POLICIES },
            {
              title: 'mTLS policies',
              description: 'Policies of the called port under which it shows. Default: all, and none.',
              uniqueItems: true,
            },
          ),
          interception: listOf(
            { enum: INTERCEPTION_MODES },
            {
              title: 'interception',
              description: 'How connections come to Istio’s sidecars where it shows. Default: either way, and without.',
              uniqueItems: true,
            },
          ),
          caller: listOf(
            { enum: CALLER_KINDS },
            { title: 'callers', description: 'Whose calls show it. Default: everybody’s.', uniqueItems: true },
          ),
          environment: listOf(
            { enum: ENVIRONMENT_KINDS },
            {
              title: 'kinds of environment',
              description: 'Kinds of environment in which it shows. Default: all.',
              uniqueItems: true,
            },
          ),
          listen: listOf(
            { type: 'string', minLength: 1 },
            {
              title: 'listen interfaces',
              description: 'Interfaces that the session really captures on. Default: any. Says nothing of `redirect`.',
              uniqueItems: true,
              examples: [['eth0']],
            },
          ),
        },
        {
          title: 'applies to',
          description: 'Where it applies. Where it does not, scenarios that are tagged with it must pass.',
        },
      ),
      'every-call': {
        title: 'every call',
        description:
          'Whether every call shows it where it applies, so that "when" asks for nothing more: `mirrorspec matrix` expects it there. Default: false.',
        type: 'boolean',
      },
      expect: mappingOf(
        {
          verdict: {
            title: 'verdict',
            description: 'What the shortfall is. Any other verdict is a failure.',
            enum: VERDICTS.filter((verdict) => verdict !== 'mirrored'),
          },
          because: {
            title: 'cause',
            description: 'The cause that must be found in the evidence. Default: any.',
            enum: CAUSES,
          },
        },
        {
          title: 'expected verdict',
          description: 'What a scenario that is tagged with it comes to. Left out where no verdict shows it.',
          required: ['verdict'],
        },
      ),
      references: listOf(
        mappingOf(
          {
            upstream: textOf('upstream', 'An issue, pull request or file of a project.', {
              examples: ['metalbear-co/mirrord#2452'],
            }),
            url: textOf('address', 'A page that everybody can open.', {
              pattern: '^https?://\\S+$',
              examples: ['https://example.org/faq'],
            }),
            title: textOf('title', 'What it is called.'),
            state: {
              title: 'state',
              description: 'Of an issue or pull request, when it was last checked.',
              enum: ['open', 'closed', 'merged'],
            },
          },
          { required: ['title'], minProperties: 2 },
        ),
        { title: 'references', description: 'Where it is written about: `upstream` or `url` of each, and its title.' },
      ),
      workaround: textOf('workaround', 'What a user can do instead.'),
      'first-seen': dayOf('first seen', 'The day on which it was found.'),
      'last-checked': dayOf('last checked', 'The day on which somebody last looked whether it still holds.'),
      scenario: textOf('scenario', 'The feature file with the scenario that shows it, tagged `limitation:<id>`.', {
        examples: ['features/retransmissions.feature'],
      }),
      'needs-cluster': textOf('needs a cluster', 'Why only a cluster can show it.'),
      'no-scenario': textOf('no scenario', 'Why no scenario shows it, if not for want of a cluster.'),
    },
    {
      title: 'a limitation of mirroring',
      description: 'A known, named, referenced shortfall, and the verdict that is expected because of it.',
      required: ['limitation', 'title', 'explanation', 'when'],
    },
  ),
});
