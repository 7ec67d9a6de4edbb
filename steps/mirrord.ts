import type { DataTable } from '@cucumber/cucumber';
import { declareStep } from '../support/language/index.js';
import { UserError } from '../support/model/errors.js';
import { mirrordVersion } from '../support/model/mirrord-version.js';
import type { HttpFilter } from '../support/model/situation.js';
import type { MirrorspecWorld } from '../support/world/index.js';
import { METHOD_SCHEMA } from './arguments.js';

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'mirrord {word}',
  title: 'the version of mirrord',
  description: [
    'Mirrors as this version of mirrord does. From it follow how traffic is taken, and what holds where nothing else is said:',
    '',
    '- before 3.153 packets are captured,',
    '- from 3.153 on connections are redirected, and up to 3.180 packets are captured if a step says so,',
    '- from 3.181 on connections are redirected, and nothing else.',
  ].join('\n'),
  example: 'Given mirrord 3.250',
  parameters: [
    {
      name: 'version',
      description: 'such as `3.180` or `3.250.0`',
      schema: { pattern: '^v?\\d+\\.\\d+(\\.\\d+)?$', examples: ['3.152', '3.180', '3.250'] },
    },
  ],
  yaml: { key: 'mirror', value: { mirrord: '{version}' } },
  run(version) {
    this.describe.describedMirror().version = mirrordVersion(version);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'the mirror redirects connections',
  title: 'mirroring by redirection',
  description:
    'Connections to the workload’s ports are led to the mirror’s agent, which passes them on and mirrors what callers say: HTTP request by request, everything else as bytes. This is how mirrord works since 3.153; without a version it is the newest one that is known.',
  example: 'Given the mirror redirects connections',
  yaml: { key: 'mirror', value: { profile: 'redirect' } },
  run() {
    this.describe.describedMirror().profile = 'redirect';
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'the mirror captures packets',
  title: 'mirroring by packet capture',
  description:
    'The mirror’s agent captures packets on an interface and mirrors the payload of those that go to the workload’s ports. This is how mirrord worked up to 3.180, and how it is when no step says otherwise.',
  example: 'Given the mirror captures packets',
  yaml: { key: 'mirror', value: { profile: 'sniffer' } },
  run() {
    this.describe.describedMirror().profile = 'sniffer';
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'the mirror flushes no connections',
  title: 'no flush at the start',
  description:
    'A mirror that redirects connections breaks those that are open when it starts, so that callers and sidecars connect anew, through it. With this step it leaves them alone, and what comes on them is not mirrored. (In a pod without a mesh the new rules break them nevertheless: the kernel takes their next packet for a new connection.)',
  example: 'Given the mirror flushes no connections',
  yaml: { key: 'mirror', value: { flush: false } },
  run() {
    this.describe.describedMirror().flushConnections = false;
  },
});

const FILTER =
  'Filters add up: with several of these steps a request has to match them all. Nothing but HTTP is mirrored then; what does not match reaches the workload all the same.';

function addFilter(world: MirrorspecWorld, filter: HttpFilter): void {
  const mirror = world.describe.describedMirror();
  mirror.httpFilter = { all: [...(mirror.httpFilter?.all ?? []), filter] };
}

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the mirror takes only requests with a header that matches {string}',
  title: 'a filter by header',
  description: `Mirrors a request only if the regular expression is found in one of its headers, each read as \`name: value\`, without regard to case. ${FILTER}`,
  example: 'Given the mirror takes only requests with a header that matches "^x-tenant: blue$"',
  parameters: [{ name: 'pattern', description: 'a regular expression' }],
  yaml: { key: 'mirror', value: { filter: { header: '{pattern}' } } },
  run(pattern) {
    addFilter(this, { header: pattern });
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the mirror takes only requests with a path that matches {string}',
  title: 'a filter by path',
  description: `Mirrors a request only if the regular expression is found in its path, or in path and query, without regard to case. ${FILTER}`,
  example: 'Given the mirror takes only requests with a path that matches "^/orders"',
  parameters: [{ name: 'pattern', description: 'a regular expression' }],
  yaml: { key: 'mirror', value: { filter: { path: '{pattern}' } } },
  run(pattern) {
    addFilter(this, { path: pattern });
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the mirror takes only requests with the method {string}',
  title: 'a filter by method',
  description: `Mirrors a request only if it has this method. ${FILTER}`,
  example: 'Given the mirror takes only requests with the method "POST"',
  parameters: [{ name: 'method', description: 'a method of HTTP', schema: METHOD_SCHEMA }],
  yaml: { key: 'mirror', value: { filter: { method: '{method}' } } },
  run(method) {
    addFilter(this, { method });
  },
});

const FILTERS = ['header', 'path', 'method'] as const;

declareStep<MirrorspecWorld, [DataTable]>({
  keyword: 'Given',
  expression: 'the mirror takes only requests that match any of:',
  title: 'filters of which one is enough',
  description: `Mirrors a request only if it matches one of these filters: by \`header\`, \`path\` or \`method\`. ${FILTER}`,
  example: [
    'Given the mirror takes only requests that match any of:',
    '  | path   | ^/orders         |',
    '  | header | ^x-tenant: blue$ |',
  ].join('\n'),
  attachment: { kind: 'table', description: 'two columns, `header`, `path` or `method`, and what it must match' },
  yaml: { key: 'mirror', value: { filter: { any: '{table}' } } },
  run(table) {
    addFilter(this, { any: table.raw().map(filterOf) });
  },
});

function filterOf([kind = '', value = '', ...more]: readonly string[]): HttpFilter {
  const known = FILTERS.find((name) => name === kind);
  if (known === undefined) throw new UserError(`"${kind}" is no filter: there are ${FILTERS.join(', ')}`);
  if (value === '' || more.length > 0) throw new UserError(`the filter by ${kind} takes one value beside it`);
  return { [known]: value };
}
