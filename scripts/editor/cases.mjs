/**
 * What an editor has to say of YAML texts. A text is what follows the line that names its schema, in a file of that kind; `|^|`
 * in it is where the cursor stands.
 */

const steps = (section, actions) => `feature: a\nscenarios:\n  - scenario: b\n    ${section}:\n${actions}`;

/** Texts that are wrong, with the line (from 1) that an editor marks and what it says of it. */
export const WRONG = [
  {
    what: 'an unknown key',
    kind: 'feature',
    text: 'feature: a\nscenarois: []\n',
    line: 2,
    says: /scenarois is not allowed/,
  },
  { what: 'a missing name', kind: 'feature', text: 'scenarios: []\n', line: 1, says: /Missing property "feature"/ },
  {
    what: 'a When-action under given',
    kind: 'feature',
    text: steps('given', '      - call: { protocol: HTTP/2 }\n'),
    line: 5,
    says: /call is not allowed/,
  },
  {
    what: 'an unknown property of an action',
    kind: 'feature',
    text: steps('when', '      - call: { protocl: HTTP/2 }\n'),
    line: 5,
    says: /protocl is not allowed/,
  },
  {
    what: 'a protocol that is none',
    kind: 'feature',
    text: steps('when', '      - call: { protocol: HTTPS }\n'),
    line: 5,
    says: /"HTTP\/1\.1", "HTTP\/2"/,
  },
  {
    what: 'a mesh that is none',
    kind: 'feature',
    text: steps('given', '      - mesh: istoi\n'),
    line: 5,
    says: /"istio", "none"/,
  },
  {
    what: 'two actions in one',
    kind: 'feature',
    text: steps('given', '      - mesh: istio\n        mirror: { listen: lo }\n'),
    line: 5,
    says: /more properties than/,
  },
  { what: 'a number for a tag', kind: 'feature', text: 'feature: a\ntags: [1]\n', line: 2, says: /Expected "string"/ },
  {
    what: 'an unknown kind',
    kind: 'environment',
    text: 'environment: a\nkind: cluster\n',
    line: 2,
    says: /"embedded", "kubernetes"/,
  },
  {
    what: 'a limitation that says little',
    kind: 'limitation',
    text: 'limitation: L99\n',
    line: 1,
    says: /Missing property "title"/,
  },
  {
    what: 'a gate with an unknown key',
    kind: 'gate',
    text: 'gate: a\nrequires: []\n',
    line: 2,
    says: /requires is not allowed/,
  },
  {
    what: 'a project with text for a list',
    kind: 'project',
    text: 'features: all\n',
    line: 1,
    says: /Expected "array/,
  },
];

/** What is offered at the cursor, and what must not be. */
export const COMPLETION = [
  {
    what: 'keys of a feature',
    kind: 'feature',
    text: 'feature: a\n|^|',
    offers: ['description', 'language', 'tags', 'background', 'scenarios', 'rules'],
    withholds: ['given', 'feature'],
  },
  {
    what: 'keys of a scenario',
    kind: 'feature',
    text: 'feature: a\nscenarios:\n  - scenario: b\n    |^|',
    offers: ['given', 'when', 'then', 'steps', 'matrix', 'examples', 'tags'],
    withholds: ['feature', 'rules'],
  },
  {
    what: 'Given-actions',
    kind: 'feature',
    text: steps('given', '      - |^|\n'),
    offers: ['mesh', 'mirror', 'payload', 'workload', 'step'],
    withholds: ['call', 'mirrored'],
  },
  {
    what: 'When-actions',
    kind: 'feature',
    text: steps('when', '      - |^|\n'),
    offers: ['call', 'session', 'step'],
    withholds: ['mesh', 'mirrored'],
  },
  {
    what: 'Then-actions',
    kind: 'feature',
    text: steps('then', '      - |^|\n'),
    offers: ['mirrored', 'answered', 'step'],
    withholds: ['mesh', 'call'],
  },
  {
    what: 'actions under a keyword of steps',
    kind: 'feature',
    text: steps('steps', '      - when:\n          - |^|\n'),
    offers: ['call'],
    withholds: ['mesh'],
  },
  {
    what: 'properties of a call',
    kind: 'feature',
    text: steps('when', '      - call:\n          |^|\n'),
    offers: ['protocol', 'interaction', 'count', 'at-once'],
    withholds: ['listen'],
  },
  {
    what: 'protocols',
    kind: 'feature',
    text: steps('when', '      - call:\n          protocol: |^|\n'),
    offers: ['HTTP/1.1', 'HTTP/2', 'gRPC-over-HTTP/1.1', 'gRPC-over-HTTP/2'],
    withholds: ['lo'],
  },
  {
    what: 'kinds of mesh',
    kind: 'feature',
    text: steps('given', '      - mesh: |^|\n'),
    offers: ['istio', 'none'],
    withholds: ['[object Object]'],
  },
  {
    what: 'mTLS policies',
    kind: 'feature',
    text: steps('given', '      - mesh:\n          kind: istio\n          mtls: |^|\n'),
    offers: ['STRICT', 'PERMISSIVE', 'DISABLE'],
    withholds: ['istio'],
  },
  {
    what: 'listen interfaces',
    kind: 'feature',
    text: steps('given', '      - mirror:\n          listen: |^|\n'),
    offers: ['lo', 'eth0', 'auto'],
    withholds: ['[object Object]'],
  },
  {
    what: 'values of a check',
    kind: 'feature',
    text: steps('then', '      - mirrored: |^|\n'),
    offers: ['true', 'false'],
    withholds: ['[object Object]'],
  },
  {
    what: 'keys of an environment',
    kind: 'environment',
    text: 'environment: a\n|^|',
    offers: ['kind', 'mesh', 'timeouts', 'settle'],
    withholds: ['environment'],
  },
  {
    what: 'kinds of environment',
    kind: 'environment',
    text: 'environment: a\nkind: |^|\n',
    offers: ['embedded', 'kubernetes'],
    withholds: [],
  },
  {
    what: 'keys of a gate',
    kind: 'gate',
    text: 'gate: a\n|^|',
    offers: ['require', 'at-most', 'cells'],
    withholds: ['gate'],
  },
  {
    what: 'keys of a project',
    kind: 'project',
    text: '|^|',
    offers: ['features', 'steps', 'environment'],
    withholds: [],
  },
];

/** What is shown at the cursor: titles and descriptions of the schema, and with them those of the steps. */
export const HOVER = [
  { what: 'a feature', kind: 'feature', text: 'fea|^|ture: a\n', shows: [/name of the feature/] },
  {
    what: 'an action',
    kind: 'feature',
    text: steps('when', '      - ca|^|ll: { protocol: HTTP/2 }\n'),
    shows: [/a call is made/],
  },
  {
    what: 'an action with an example',
    kind: 'feature',
    text: steps('given', '      - mir|^|ror: { listen: lo }\n'),
    shows: [/the listen interface/, /listen: lo/],
  },
  {
    what: 'a property',
    kind: 'feature',
    text: steps('when', '      - call: { proto|^|col: HTTP/2 }\n'),
    shows: [/what the caller speaks/, /gRPC-over-HTTP\/2/],
  },
  {
    what: 'a value of a check',
    kind: 'feature',
    text: steps('then', '      - mirrored: tr|^|ue\n'),
    shows: [/exactly what the caller sent/],
  },
  {
    what: 'a key of an environment',
    kind: 'environment',
    text: 'environment: a\nset|^|tle: 1 s\n',
    shows: [/settle window/],
  },
];
