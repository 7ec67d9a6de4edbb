import type { DataTable } from '@cucumber/cucumber';
import { declareStep } from '../support/language/index.js';
import {
  expectConnections,
  expectKept,
  expectLatency,
  expectNothingNoticed,
  expectReset,
} from '../support/world/collateral-expectations.js';
import type { MirrorspecWorld } from '../support/world/index.js';
import { callerExchanges } from '../support/world/mirrored.js';
import { expectHeaders } from './headers.js';

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: 'the caller notices nothing',
  title: 'the caller notices nothing',
  description: [
    'The real calls went as if there were no mirror:',
    '',
    '- every call of the last When-step was answered by the workload, completely, with the workload’s status, messages, trailers and headers: nothing was changed, added or lost, but for what a mesh adds,',
    '- no connection of the caller’s broke while there was a session.',
  ].join('\n'),
  example: 'Then the caller notices nothing',
  yaml: { key: 'caller-notices', value: 'nothing' },
  run() {
    return expectNothingNoticed(this);
  },
});

const AT_START =
  'connection that was open when the mirror session began. There has to be one: of a caller that is already connected, or from calls before the session.';

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: "the caller's connections are reset",
  title: 'the caller’s connections are reset',
  description: `The start of the session broke every ${AT_START}`,
  example: "Then the caller's connections are reset",
  yaml: { key: 'caller-connections', value: 'reset' },
  run() {
    return expectReset(this, 'caller');
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: "the caller's connections stay open",
  title: 'the caller’s connections stay open',
  description: `The session broke no ${AT_START}`,
  example: "Then the caller's connections stay open",
  yaml: { key: 'caller-connections', value: 'open' },
  run() {
    return expectKept(this, 'caller');
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: "the workload's connections are reset",
  title: 'the workload’s connections are reset',
  description: `The workload lost every ${AT_START} On a mesh these are the sidecar’s.`,
  example: "Then the workload's connections are reset",
  yaml: { key: 'workload-connections', value: 'reset' },
  run() {
    return expectReset(this, 'workload');
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: "the workload's connections stay open",
  title: 'the workload’s connections stay open',
  description: `The workload lost no ${AT_START} On a mesh these are the sidecar’s.`,
  example: "Then the workload's connections stay open",
  yaml: { key: 'workload-connections', value: 'open' },
  run() {
    return expectKept(this, 'workload');
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Then',
  expression: 'the workload sees {int} connection(s)',
  title: 'the number of connections',
  description: 'The calls of the last When-step came to the workload over so many connections.',
  example: 'Then the workload sees 5 connections',
  parameters: [{ name: 'connections', description: 'how many', schema: { minimum: 1 } }],
  yaml: { key: 'workload-connections', value: '{connections}' },
  run(connections) {
    return expectConnections(this, connections);
  },
});

declareStep<MirrorspecWorld, [DataTable]>({
  keyword: 'Then',
  expression: 'the caller gets the headers:',
  title: 'headers of the answer',
  description:
    'The answer to every call of the last When-step came to the caller with these headers (gRPC: initial metadata). An empty value asks for any.',
  example: 'Then the caller gets the headers:\n  | cache-control | max-age=60 |',
  attachment: { kind: 'table', description: 'two columns, name and value' },
  yaml: { key: 'caller-gets', value: { headers: '{table}' } },
  async run(table) {
    for (const { response } of await callerExchanges(this)) {
      expectHeaders('the answer that the caller got', table, response.headers);
    }
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Then',
  expression: "the caller's latency grows by at most {float} times",
  title: 'the caller’s latency',
  description:
    'The median of the calls of the last When-step is at most so many times the median of those that the scenario made before without a session (`Given the mirror session starts later`), of the same protocol and interaction. Both are measured in the same situation on the same machine; choose a factor that a busy machine does not exceed by chance.',
  example: "Then the caller's latency grows by at most 10 times",
  parameters: [{ name: 'factor', description: 'how many times', schema: { minimum: 1 } }],
  yaml: { key: 'caller-latency', value: { 'at-most-times': '{factor}' } },
  run(factor) {
    expectLatency(this, factor);
  },
});
