import { OVERRIDES_SCHEMA } from './environment-schema.js';
import { listOf, mappingOf, type Schema, settingsSchema, textOf } from './schema.js';

/** Name of a project's configuration, in its root folder. */
export const PROJECT_FILE = 'mirrorspec.yaml';

/** `mirrorspec.yaml`. Everything in it may be left out. */
export const PROJECT_SCHEMA: Schema = settingsSchema('project', {
  ...mappingOf(
    {
      features: listOf(textOf('a path', 'A feature file, a folder, or a glob.'), {
        title: 'features',
        description:
          'What is run when the command line names nothing. Their folders `environments`, `limitations` and `gates` are looked into as well. Relative to this file, like all paths here.',
        default: ['features'],
      }),
      steps: listOf(textOf('a folder', 'Modules with steps of yours, in JavaScript or TypeScript.'), {
        title: 'steps',
        description: 'Folders with steps of yours.',
        default: ['steps'],
      }),
      environment: textOf(
        'environment',
        'Name or path of the environment that is used unless `--environment` or `MIRRORSPEC_ENVIRONMENT` says another.',
        { default: 'embedded' },
      ),
      set: OVERRIDES_SCHEMA,
      tags: textOf('tags', 'A tag expression: only scenarios that match are run.', {
        examples: ['not @slow', '@smoke and not @wip'],
      }),
      parallel: {
        title: 'scenarios at once',
        description: 'How many scenarios run at the same time; `auto`: one for each core.',
        anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 256 }],
        default: 'auto',
      },
      retry: {
        title: 'retries',
        description: 'How often a failed scenario is tried again.',
        type: 'integer',
        minimum: 0,
        maximum: 100,
        default: 0,
      },
      'report-dir': textOf('folder of reports', 'Where the reports go.', { default: 'reports' }),
      'proto-path': listOf(textOf('a folder', 'Looked into after the current folder.'), {
        title: 'proto path',
        description: 'Folders in which `.proto` files and what they import are looked for.',
      }),
      redact: mappingOf(
        {
          headers: listOf(textOf('a header', 'Its name, in any case.'), {
            title: 'headers and trailers',
            description: 'Those whose values are credentials, beside `authorization`, `cookie` and the like.',
            examples: [['x-tenant-key']],
          }),
          fields: listOf(textOf('a field', 'Its name, in any case.'), {
            title: 'fields',
            description:
              'Fields of JSON, XML, forms and query strings whose values are not to be shown, beside `password`, `access_token` and the like.',
            examples: [['iban', 'pin']],
          }),
          patterns: listOf(textOf('a pattern', 'A regular expression of JavaScript.'), {
            title: 'patterns',
            description: 'What they match is not shown, wherever it is.',
            examples: [['\\bemp-\\d+\\b']],
          }),
          captures: {
            title: 'packet captures',
            description:
              'They hold what crossed the wire, credentials included. `keep`: with the evidence. `omit`: they are removed when a scenario is over.',
            enum: ['keep', 'omit'],
            default: 'keep',
          },
        },
        {
          title: 'redaction',
          description:
            'What is taken out of reports and evidence beyond the credentials that are known by their form or name. What is compared are the true values.',
        },
      ),
    },
    {
      title: 'the configuration of a project with mirrorspec',
      description: 'What holds in a project unless the command line says otherwise.',
    },
  ),
});
