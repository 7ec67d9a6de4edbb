import { ENVIRONMENT_KINDS } from '../../model/environment-settings.js';
import { EXIT } from '../../model/errors.js';
import { GATE_RULE_KINDS } from '../../model/gate.js';
import { RULE_MAKERS } from '../../model/interception-rules.js';
import { documentSchema, mappingOf, type Schema } from '../../model/json-schema.js';
import { LIMITED_MESHES, LIMITED_PROTOCOLS } from '../../model/limitation.js';
import { LIMITATION_OUTCOMES } from '../../model/limitation-observation.js';
import { INTERACTIONS, PROTOCOLS } from '../../model/protocol.js';
import {
  RESULTS_FORMAT,
  RESULTS_SCHEMA_ID,
  RUN_VERDICTS,
  SCENARIO_STATES,
  STEP_STATUSES,
} from '../../model/results.js';
import { PROFILES } from '../../model/session.js';
import { CALLER_KINDS, IP_FAMILIES, MTLS_POLICIES } from '../../model/situation.js';
import { CAUSES, VERDICTS } from '../../model/verdict.js';

const TEXT: Schema = { type: 'string' };
const TEXTS = listOf(TEXT);
const NUMBER: Schema = { type: 'number' };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const FROM_ONE: Schema = { type: 'integer', minimum: 1 };
const YES_NO: Schema = { type: 'boolean' };
const TIME: Schema = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' };

function oneOf(words: readonly (string | number)[]): Schema {
  return { enum: words };
}

function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** Every key must be there but those whose name ends with `?`. */
function object(properties: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(properties).map(([key, schema]) => [key.replace(/\?$/, ''), schema] as const);
  const required = Object.keys(properties).filter((key) => !key.endsWith('?'));
  return mappingOf(Object.fromEntries(entries), required.length === 0 ? {} : { required });
}

function told(title: string, description: string, schema: Schema): Schema {
  return { title, description, ...schema };
}

function ref(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

const TABLE = listOf(TEXTS);

const STEP_TEXT = object({ keyword: TEXT, text: TEXT, 'docString?': TEXT, 'table?': TABLE });

const STEP_ERROR = object({
  step: told('step', 'The step with its keyword, or the name of the hook.', TEXT),
  'location?': told('location', '`file:line` of the feature; hooks have none.', TEXT),
  'code?': told('code', '`file:line` of the code.', TEXT),
  type: told('type', "Name of the error's class, for example `ExpectationError`.", TEXT),
  message: TEXT,
  stack: told('stack', 'Where it was thrown, outermost call last.', TEXTS),
});

const EXPLANATION = object({
  cause: oneOf(CAUSES),
  summary: told('summary', 'One sentence for a reader who does not know the mechanism.', TEXT),
  proof: told('proof', 'The facts, each naming the journal, counter or capture that it was read from.', TEXTS),
});

const COORDINATES = object({
  environment: oneOf(ENVIRONMENT_KINDS),
  mesh: oneOf(LIMITED_MESHES),
  'mtls?': told('mTLS policy', 'Absent without a mesh.', oneOf(MTLS_POLICIES)),
  'interception?': told('interception', 'How connections come to sidecars. Absent: `REDIRECT`.', oneOf(['TPROXY'])),
  caller: oneOf(CALLER_KINDS),
  workload: oneOf(['echo', 'yages', 'command']),
  'profile?': told('profile', 'Absent: no mirror session.', oneOf(PROFILES)),
  'mirrord?': told('mirrord', 'The version whose behaviour it is.', TEXT),
  'requestedInterface?': told('requested interface', 'As asked for. Absent for `redirect`.', TEXT),
  'listenInterface?': told('listen interface', 'What was really captured on. Absent for `redirect`.', TEXT),
  'protocol?': oneOf(PROTOCOLS),
  'interaction?': oneOf(INTERACTIONS),
});

const SIGHTING = object({
  at: told('at', "Milliseconds after the first record of the scenario's journals.", NUMBER),
  'text?': told('text', 'Where it differs from what the item says: what this party saw.', TEXT),
  'bytes?': COUNT,
});

const FLOW_ITEM = object({
  kind: oneOf(['request', 'message', 'partial-message', 'end', 'response', 'trailers', 'reset']),
  direction: oneOf(['request', 'response']),
  'index?': told('index', 'Of messages: 0, 1, 2, … within their direction.', COUNT),
  'copy?': told('copy', 'Where the local process received the call more than once: 2, 3, …', {
    type: 'integer',
    minimum: 2,
  }),
  text: told(
    'text',
    'As the first party that saw it did; credentials are redacted, invisible characters escaped.',
    TEXT,
  ),
  'bytes?': COUNT,
  seen: told(
    'seen',
    'Who saw it. A party that is absent did not.',
    object({ 'caller?': ref('sighting'), 'workload?': ref('sighting'), 'local-process?': ref('sighting') }),
  ),
});

const CALL = object({
  id: TEXT,
  protocol: oneOf(PROTOCOLS),
  interaction: oneOf(INTERACTIONS),
  ok: YES_NO,
  httpStatus: told('HTTP status', '0 if there was no response.', COUNT),
  'grpcStatus?': COUNT,
  durationMs: NUMBER,
  'error?': TEXT,
  'verdict?': oneOf(VERDICTS),
  'differences?': listOf(
    object({
      between: oneOf(['sent-mirrored', 'sent-served', 'served-mirrored', 'answered-received']),
      what: TEXT,
      expected: TEXT,
      found: TEXT,
    }),
  ),
  'explanation?': ref('explanation'),
  'flow?': told(
    'flow',
    'What crossed the wire, in the order in which it began to.',
    object({ items: listOf(ref('flow-item')), cut: told('cut', 'How many more there were.', COUNT) }),
  ),
});

const SITUATION = object({
  calls: told('calls', 'Those that were not mirrored first.', listOf(ref('call'))),
  callsCut: told('calls that are not listed', 'How many more there were.', COUNT),
  unreadable: told(
    'unreadable',
    'Bytes that reached the local process and are no HTTP.',
    listOf(object({ at: NUMBER, text: TEXT, bytes: COUNT })),
  ),
  'session?': told('mirror session', 'Its profile, version, interface, ports, counters and proof of life.', {
    type: 'object',
  }),
  interfaces: told("interfaces of the workload's pod", 'What each carried.', listOf({ type: 'object' })),
  'rules?': told(
    "iptables rules of the workload's pod",
    'Those that took something, and all of the mirror session.',
    object({
      listed: listOf(
        object({
          family: oneOf(IP_FAMILIES),
          table: TEXT,
          chain: TEXT,
          rule: told('rule', 'As iptables-save writes it, after the name of its chain.', TEXT),
          target: TEXT,
          maker: told('maker', 'Whose rule it is.', oneOf(RULE_MAKERS)),
          packets: told('packets', 'How many it matched. In the table nat these are connections.', COUNT),
        }),
      ),
      idle: told('idle', 'How many more there are, to which nothing came.', COUNT),
    }),
  ),
  facts: told('facts', 'What the situation was made of.', { type: 'object', additionalProperties: TEXT }),
  sidecars: told('sidecars', 'Who has one.', object({ caller: YES_NO, workload: YES_NO })),
  problems: told('problems', 'Evidence that could not be had.', TEXTS),
});

const ATTEMPT = object({
  number: FROM_ONE,
  status: oneOf([...STEP_STATUSES, 'known']),
  startedAt: TIME,
  durationMs: NUMBER,
  errors: listOf(ref('step-error')),
  'evidence?': told('evidence', 'The folder with its evidence, relative to the reports.', TEXT),
});

const STEP = object({
  'keyword?': told('keyword', 'Absent for hooks.', TEXT),
  text: told('text', "The step's text, or the name of the hook.", TEXT),
  'line?': FROM_ONE,
  'docString?': TEXT,
  'table?': TABLE,
  status: oneOf(STEP_STATUSES),
  durationMs: NUMBER,
  'error?': object({ type: TEXT, message: TEXT, 'code?': TEXT, stack: TEXTS }),
  'reason?': told('reason', 'Why it was skipped.', TEXT),
  'log?': TEXTS,
});

const OBSERVATION = object({
  limitation: TEXT,
  title: TEXT,
  outcome: oneOf(LIMITATION_OUTCOMES),
  'notApplicable?': told('not applicable', 'Why it does not apply.', TEXT),
  observed: listOf(object({ verdict: oneOf(VERDICTS), 'cause?': oneOf(CAUSES) })),
  mesh: oneOf(LIMITED_MESHES),
  'profile?': oneOf(PROFILES),
  'version?': TEXT,
  'listenInterface?': TEXT,
  'protocol?': oneOf(LIMITED_PROTOCOLS),
  'interaction?': oneOf(INTERACTIONS),
});

const SCENARIO = object({
  id: told(
    'id',
    'The same in every run: it follows from file, names and example values. In results merged of several environments `--` and the environment follow it.',
    { type: 'string', pattern: '^[a-z0-9-]+$' },
  ),
  run: told('run', 'The id of the run.', TEXT),
  uri: told('file', 'Relative to the project.', TEXT),
  line: COUNT,
  declaration: told('declaration', 'Which scenario of the feature it belongs to, from 0.', COUNT),
  feature: TEXT,
  'rule?': TEXT,
  name: TEXT,
  'outline?': told('outline', 'Of a row of an outline or a cell of a matrix: the name as written.', TEXT),
  'example?': told('example', 'The values of that row.', { type: 'object', additionalProperties: TEXT }),
  language: oneOf(['gherkin', 'yaml']),
  tags: TEXTS,
  state: oneOf(SCENARIO_STATES),
  'reason?': told('reason', 'Why it is not applicable, or was not tested.', TEXT),
  cells: told(
    'cells',
    'Its places in the matrix. Empty where it builds no situation, or did not run.',
    listOf(ref('coordinates')),
  ),
  attempts: told(
    'attempts',
    'The last one is the one that the rest describes. Empty: it did not run.',
    listOf(ref('attempt')),
  ),
  durationMs: NUMBER,
  'verdict?': told('verdict', 'Over all calls: the first that is not `mirrored`, else `mirrored`.', oneOf(VERDICTS)),
  'explanation?': ref('explanation'),
  limitations: told(
    'limitations',
    'What it showed of the known limitations that it is tagged with.',
    listOf(ref('observation')),
  ),
  steps: told('steps', 'And the hooks that are worth telling.', listOf(ref('step'))),
  'situation?': told(
    'situation',
    'What crossed the wire, and what was built. Absent where nothing was.',
    ref('situation'),
  ),
  'evidence?': told(
    'evidence',
    'Folder and files, relative to the reports.',
    object({ folder: TEXT, files: listOf(object({ name: TEXT, bytes: COUNT })) }),
  ),
  reproduce: told('reproduce', 'The command that runs exactly this scenario again.', TEXT),
});

const BACKGROUND_TEXT = object({
  kind: { const: 'background' },
  keyword: TEXT,
  name: TEXT,
  description: TEXT,
  line: FROM_ONE,
  steps: listOf(ref('step-text')),
});

const SCENARIO_TEXT = object({
  kind: { const: 'scenario' },
  declaration: told('declaration', 'From 0, within the feature.', COUNT),
  keyword: TEXT,
  name: TEXT,
  description: TEXT,
  tags: TEXTS,
  line: FROM_ONE,
  steps: listOf(ref('step-text')),
  examples: listOf(object({ name: TEXT, description: TEXT, tags: TEXTS, header: TEXTS })),
});

const RULE_TEXT = object({
  kind: { const: 'rule' },
  keyword: TEXT,
  name: TEXT,
  description: TEXT,
  tags: TEXTS,
  line: FROM_ONE,
  children: listOf({ anyOf: [ref('background-text'), ref('scenario-text')] }),
});

const FEATURE_TEXT = object({
  uri: TEXT,
  language: oneOf(['gherkin', 'yaml']),
  dialect: told('dialect', 'The language of its keywords, `en`.', TEXT),
  keyword: TEXT,
  name: TEXT,
  description: TEXT,
  tags: TEXTS,
  line: FROM_ONE,
  'source?': told('source', 'The file as it is. Absent where it is very long.', TEXT),
  children: listOf({ anyOf: [ref('background-text'), ref('scenario-text'), ref('rule-text')] }),
});

const GATE_REPORT = object({
  gate: TEXT,
  file: TEXT,
  ok: told('ok', 'Whether every rule holds.', YES_NO),
  outcomes: listOf(
    object({
      kind: oneOf(GATE_RULE_KINDS),
      rule: told('rule', 'What is demanded.', TEXT),
      'line?': told('line', "Of the gate's file.", FROM_ONE),
      ok: YES_NO,
      found: told('found', 'What was found.', TEXT),
      because: told('because', 'What breaks the rule.', listOf(object({ 'location?': TEXT, text: TEXT }))),
    }),
  ),
});

const RUN = object({
  id: told('id', 'Unique among runs that may be merged.', TEXT),
  tool: object({ name: { const: 'mirrorspec' }, version: TEXT }),
  command: TEXT,
  startedAt: TIME,
  finishedAt: TIME,
  durationMs: NUMBER,
  verdict: told(
    'verdict',
    '`broken`: environment, input or tool failed, so that nothing was decided.',
    oneOf(RUN_VERDICTS),
  ),
  exitCode: oneOf(Object.values(EXIT)),
  'commit?': told(
    'commit',
    "Of the features' repository.",
    object({ sha: TEXT, 'branch?': TEXT, 'modified?': YES_NO }),
  ),
  'ci?': object({ name: TEXT, 'url?': TEXT }),
  selection: object({
    paths: TEXTS,
    'tags?': TEXT,
    names: TEXTS,
    'shard?': told('shard', '`i/n`', TEXT),
    notSelected: told('not selected', 'Scenarios of the features that were read but not chosen.', COUNT),
  }),
  environment: object({
    name: TEXT,
    kind: oneOf(ENVIRONMENT_KINDS),
    meaning: told('meaning', 'One sentence: what its verdicts are about.', TEXT),
    real: told('real', 'What was the real thing.', TEXTS),
    standIns: told('stand-ins', 'What stood for the real thing.', TEXTS),
    versions: told('versions', 'Of everything that took part.', { type: 'object', additionalProperties: TEXT }),
    facts: told('facts', "What the scenarios' situations were made of: every value that was seen.", {
      type: 'object',
      additionalProperties: TEXTS,
    }),
    'settings?': told('settings', 'Every value of the environment.', { type: 'object' }),
  }),
  failures: told('failures', 'Of hooks that belong to the run and to no scenario.', listOf(ref('step-error'))),
  'gate?': told(
    'gate',
    'What the gate that the run was started with came to. Exit code and verdict include it.',
    GATE_REPORT,
  ),
});

/** What `results.json` is. */
export const RESULTS_SCHEMA: Schema = documentSchema('results', {
  title: 'results of mirrorspec',
  description: 'What runs of mirrorspec came to: reports, gates, comparisons and merges are made of it.',
  ...object({
    $schema: { const: RESULTS_SCHEMA_ID },
    format: told('format', 'Grows when a reader of older results would misread newer ones.', { const: RESULTS_FORMAT }),
    runs: told('runs', 'One, or several where results were merged.', { ...listOf(ref('run')), minItems: 1 }),
    counts: told(
      'counts',
      'How many scenarios have each state.',
      object(Object.fromEntries(SCENARIO_STATES.map((state) => [state, COUNT]))),
    ),
    features: told('features', 'In the words of their authors.', listOf(ref('feature-text'))),
    limitations: told(
      'limitations',
      'Known limitations that are declared, as `limitation.schema.json` has them.',
      listOf({
        type: 'object',
        required: ['id', 'title'],
        properties: { id: TEXT, title: TEXT },
      }),
    ),
    scenarios: told('scenarios', 'In the order of their features.', listOf(ref('scenario'))),
  }),
  $defs: {
    run: RUN,
    'feature-text': FEATURE_TEXT,
    'rule-text': RULE_TEXT,
    'scenario-text': SCENARIO_TEXT,
    'background-text': BACKGROUND_TEXT,
    'step-text': STEP_TEXT,
    scenario: SCENARIO,
    coordinates: COORDINATES,
    attempt: ATTEMPT,
    step: STEP,
    'step-error': STEP_ERROR,
    observation: OBSERVATION,
    explanation: EXPLANATION,
    situation: SITUATION,
    call: CALL,
    'flow-item': FLOW_ITEM,
    sighting: SIGHTING,
  },
});
