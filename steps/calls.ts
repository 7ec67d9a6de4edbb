import type { DataTable } from '@cucumber/cucumber';
import { declareStep } from '../support/language/index.js';
import { UserError } from '../support/model/errors.js';
import type { Interaction, Protocol } from '../support/model/protocol.js';
import type { IpFamily } from '../support/model/situation.js';
import type { MirrorspecWorld } from '../support/world/index.js';
import { readPayloadFile } from '../support/world/payload-file.js';
import { HEX_SCHEMA, METHOD_SCHEMA, PORT_SCHEMA, portNumber } from './arguments.js';
import { headersIn } from './headers.js';

const COUNT = { name: 'count', description: 'how many', schema: { minimum: 1 } };
const CONCURRENCY = { name: 'concurrency', description: 'how many at a time', schema: { minimum: 1 } };

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the payload {string}',
  title: 'a text payload',
  description:
    'The message that calls send, as UTF-8. An empty text is an empty message. Repeat the step for the messages of a stream.',
  example: 'Given the payload "grüße aus dem Netz"',
  parameters: [{ name: 'text', description: 'the message' }],
  yaml: { key: 'payload' },
  run(text) {
    this.call.messages.push({ kind: 'text', text });
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the payload:',
  title: 'a text payload of several lines',
  description: 'The message that calls send, as UTF-8, from a doc string.',
  example: 'Given the payload:\n  """\n  two\n  lines\n  """',
  attachment: { kind: 'text', description: 'the message' },
  yaml: { key: 'payload' },
  run(text) {
    this.call.messages.push({ kind: 'text', text });
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the JSON payload:',
  title: 'a JSON payload',
  description:
    'HTTP: the body, with content type `application/json`. gRPC: the request message in its proto3 JSON form. Repeat the step for the messages of a stream.',
  example: 'Given the JSON payload:\n  """json\n  { "text": "hello" }\n  """',
  attachment: { kind: 'text', description: 'the JSON text' },
  yaml: [
    { key: 'payload', value: '{collection}' },
    { key: 'payload-json', value: '{json}' },
  ],
  run(text) {
    this.call.messages.push({ kind: 'json', value: parseJson(text) });
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the binary payload {string}',
  title: 'a binary payload',
  description: 'The message that calls send, in hexadecimal; blanks are ignored.',
  example: 'Given the binary payload "00 ff 0d 0a 80"',
  parameters: [{ name: 'bytes', description: 'pairs of hexadecimal digits', schema: HEX_SCHEMA }],
  yaml: [{ key: 'payload-hex' }, { key: 'payload', value: '!!binary {bytes}' }],
  run(text) {
    const digits = text.replace(/\s/g, '');
    if (!/^([0-9a-f]{2})*$/i.test(digits))
      throw new UserError(`"${text}" is not hexadecimal: give pairs of digits such as "00 ff"`);
    this.call.messages.push({ kind: 'base64', base64: Buffer.from(digits, 'hex').toString('base64') });
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: 'a payload of {size}',
  title: 'a large payload',
  description: 'A message of the given length, of bytes without a pattern. The same length always has the same bytes.',
  example: 'Given a payload of 1 MiB',
  parameters: [{ name: 'size', description: 'its length' }],
  yaml: { key: 'payload-size' },
  run(length) {
    this.call.messages.push({ kind: 'random', length, seed: length });
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the payload from the file {string}',
  title: 'a payload from a file',
  description:
    'The message that calls send: the bytes of a file, at most 100 MiB. Its path is relative to the current folder.',
  example: 'Given the payload from the file "payloads/order.bin"',
  parameters: [{ name: 'file', description: 'path of the file' }],
  yaml: { key: 'payload-file' },
  run(file) {
    this.call.messages.push({ kind: 'base64', base64: readPayloadFile(file).toString('base64') });
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: '{duration} between messages',
  title: 'a pause between messages',
  description:
    'How long the caller waits after each message of a stream before it sends the next one. Without this step it does not wait.',
  example: 'Given 200 ms between messages',
  parameters: [{ name: 'duration', description: 'how long' }],
  yaml: { key: 'message-interval' },
  run(milliseconds) {
    this.call.intervalMs = milliseconds;
  },
});

declareStep<MirrorspecWorld, [DataTable]>({
  keyword: 'Given',
  expression: ['the headers:', 'the metadata:'],
  title: 'headers or metadata',
  description:
    'Headers (gRPC: metadata) that calls carry. A name may stand in several rows. Binary metadata (`*-bin`) is base64.',
  example: 'Given the headers:\n  | x-tenant | blue |\n  | x-tenant | red  |',
  attachment: { kind: 'table', description: 'two columns, name and value' },
  yaml: [{ key: 'headers' }, { key: 'metadata', expression: 'the metadata:' }],
  run(table) {
    for (const [name, value] of headersIn(table)) this.call.addHeader(name, value);
  },
});

declareStep<MirrorspecWorld, [DataTable]>({
  keyword: 'Given',
  expression: 'the request ends with the trailers:',
  title: 'the request’s trailers',
  description:
    'Trailers that HTTP requests end with, behind their body. HTTP/1.1 sends the body in chunks then. gRPC requests have none.',
  example: 'Given the request ends with the trailers:\n  | x-checksum | 42 |',
  attachment: { kind: 'table', description: 'two columns, name and value' },
  yaml: { key: 'request-trailers' },
  run(table) {
    this.call.trailers.push(...headersIn(table));
  },
});

declareStep<MirrorspecWorld, [string, string]>({
  keyword: 'Given',
  expression: 'the request is {word} {string}',
  title: 'method and path',
  description:
    'Method and path of HTTP requests. Without this step it is `POST /` (`GET`, `HEAD`, `DELETE` and `OPTIONS` send no body unless there is a payload).',
  example: 'Given the request is PUT "/orders/7?dry-run=1"',
  parameters: [
    { name: 'method', description: 'an HTTP method', schema: METHOD_SCHEMA },
    { name: 'path', description: 'path and query', schema: { pattern: '^/' } },
  ],
  yaml: { key: 'request' },
  run(method, path) {
    if (!/^[A-Z]+$/.test(method))
      throw new UserError(`"${method}" is no HTTP method: write it in capitals, for example POST`);
    if (!/^\/[\x21-\x7e]*$/.test(path))
      throw new UserError(`"${path}" is no path: it starts with / and has no blanks (encode them as %20)`);
    this.call.method = method;
    this.call.path = path;
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the gRPC method {string}',
  title: 'the gRPC method',
  description:
    'Which method gRPC calls use, as `package.Service/Method`. Its types come from the proto files given, from mirrorspec for its own workloads, else from server reflection.',
  example: 'Given the gRPC method "yages.Echo/Reverse"',
  parameters: [
    {
      name: 'method',
      description: 'fully qualified service, a slash, the method',
      schema: { pattern: '^/?[\\w.]+/\\w+$' },
    },
  ],
  yaml: { key: 'grpc-method' },
  run(name) {
    const match = /^\/?([\w.]+)\/(\w+)$/.exec(name);
    const [service, method] = [match?.[1], match?.[2]];
    if (service === undefined || method === undefined) {
      throw new UserError(`"${name}" is no gRPC method: write it as package.Service/Method`);
    }
    this.call.grpcMethod = { service, method };
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'the proto file {string}',
  title: 'your own proto file',
  description:
    'A `.proto` file that describes the gRPC method, relative to the current folder. Repeat the step for several.',
  example: 'Given the proto file "protos/orders.proto"',
  parameters: [{ name: 'file', description: 'path of the file' }],
  yaml: { key: 'proto-files', value: ['{file}'] },
  run(file) {
    this.call.protoFiles.push(file);
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'types from server reflection',
  title: 'types from server reflection',
  description:
    'Asks the workload for the types of the gRPC method (reflection v1, else v1alpha), over a connection of its own, before the call.',
  example: 'Given types from server reflection',
  yaml: { key: 'reflection' },
  run() {
    this.call.reflection = true;
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Given',
  expression: 'gRPC-Web in its {word} form',
  title: 'the form of gRPC-Web',
  description: '`binary` (`application/grpc-web+proto`, the default) or `text` (base64, `application/grpc-web-text`).',
  example: 'Given gRPC-Web in its text form',
  parameters: [{ name: 'form', description: '`binary` or `text`', schema: { enum: ['binary', 'text'] } }],
  yaml: { key: 'grpc-web' },
  run(form) {
    if (form !== 'binary' && form !== 'text')
      throw new UserError(`gRPC-Web has no ${form} form: it has a binary and a text form`);
    this.call.grpcWebForm = form;
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'gRPC messages compressed with gzip',
  title: 'compressed messages',
  description:
    'The caller compresses each message of gRPC-over-HTTP/2 (`grpc-encoding: gzip`). What was sent and what was mirrored is compared as it was before.',
  example: 'Given gRPC messages compressed with gzip',
  yaml: { key: 'grpc-compression', value: 'gzip' },
  run() {
    this.call.compression = 'gzip';
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Given',
  expression: 'a new connection for each call',
  title: 'a connection for each call',
  description:
    'The caller opens a connection for each call and closes it afterwards. Without this step the calls of a step share one.',
  example: 'Given a new connection for each call',
  yaml: { key: 'connections', value: 'each-call' },
  run() {
    this.call.connections = 'each';
  },
});

declareStep<MirrorspecWorld, [IpFamily]>({
  keyword: 'Given',
  expression: 'the caller calls over {family}',
  title: 'IPv4 or IPv6',
  description:
    'The caller connects to the IPv4 or the IPv6 address of the Service. With IPv6 in a scenario all pods have addresses of both, and on a mesh the sidecars take connections over both. Without this step calls go over IPv4.',
  example: 'Given the caller calls over IPv6',
  parameters: [{ name: 'family', description: 'a version of IP' }],
  yaml: { key: 'calls-over' },
  run(family) {
    this.callOver(family);
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: 'calls to port {int}',
  title: 'the called port',
  description: 'Which port of the workload is called. Without this step it is the one that speaks the protocol.',
  example: 'Given calls to port 8080',
  parameters: [{ name: 'port', description: 'a TCP port of the workload', schema: PORT_SCHEMA }],
  yaml: { key: 'port' },
  run(port) {
    this.call.port = portNumber(port);
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: 'the workload answers with status {int}',
  title: 'the answer’s HTTP status',
  description: 'The workload `echo` answers with this HTTP status.',
  example: 'Given the workload answers with status 503',
  parameters: [{ name: 'status', description: 'an HTTP status (200 to 599)', schema: { minimum: 200, maximum: 599 } }],
  yaml: { key: 'answers', value: { status: '{status}' } },
  run(status) {
    this.call.echo = { ...this.call.echo, status };
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: 'the workload answers with gRPC status {int}',
  title: 'the answer’s gRPC status',
  description: 'The workload `echo` ends gRPC calls with this status code.',
  example: 'Given the workload answers with gRPC status 5',
  parameters: [{ name: 'status', description: 'a gRPC status code (0 to 16)', schema: { minimum: 0, maximum: 16 } }],
  yaml: { key: 'answers', value: { 'grpc-status': '{status}' } },
  run(status) {
    this.call.echo = { ...this.call.echo, status };
  },
});

declareStep<MirrorspecWorld, [number, string]>({
  keyword: 'Given',
  expression: 'the workload answers with gRPC status {int} and the message {string}',
  title: 'the answer’s status and message',
  description: 'The workload `echo` ends gRPC calls with this status code and message.',
  example: 'Given the workload answers with gRPC status 5 and the message "no such order"',
  parameters: [
    { name: 'status', description: 'a gRPC status code (0 to 16)', schema: { minimum: 0, maximum: 16 } },
    { name: 'message', description: 'the status message' },
  ],
  yaml: { key: 'answers', value: { 'grpc-status': '{status}', message: '{message}' } },
  run(status, statusMessage) {
    this.call.echo = { ...this.call.echo, status, statusMessage };
  },
});

declareStep<MirrorspecWorld, [number, string]>({
  keyword: 'Given',
  expression: 'the workload refuses at once with gRPC status {int} and the message {string}',
  title: 'a refusal at once',
  description:
    'The workload `echo` answers gRPC calls with this status as soon as the first message is there, and with nothing else: neither metadata nor messages (trailers-only).',
  example: 'Given the workload refuses at once with gRPC status 7 and the message "not yours"',
  parameters: [
    { name: 'status', description: 'a gRPC status code (1 to 16)', schema: { minimum: 1, maximum: 16 } },
    { name: 'message', description: 'the status message' },
  ],
  yaml: { key: 'answers', value: { 'refused-at-once': { 'grpc-status': '{status}', message: '{message}' } } },
  run(status, statusMessage) {
    this.call.echo = { ...this.call.echo, status, statusMessage, failAtOnce: true };
  },
});

declareStep<MirrorspecWorld, [DataTable]>({
  keyword: 'Given',
  expression: 'the workload answers with the headers:',
  title: 'the answer’s headers',
  description: 'The workload `echo` answers with these headers (gRPC: initial metadata).',
  example: 'Given the workload answers with the headers:\n  | cache-control | max-age=60 |',
  attachment: { kind: 'table', description: 'two columns, name and value' },
  yaml: { key: 'answers', value: { headers: '{table}' } },
  run(table) {
    this.call.echo = { ...this.call.echo, headers: headersIn(table) };
  },
});

declareStep<MirrorspecWorld, [DataTable]>({
  keyword: 'Given',
  expression: 'the workload answers with the trailers:',
  title: 'the answer’s trailers',
  description: 'The workload `echo` ends its answers with these trailers (gRPC: trailing metadata).',
  example: 'Given the workload answers with the trailers:\n  | x-checksum | 42 |',
  attachment: { kind: 'table', description: 'two columns, name and value' },
  yaml: { key: 'answers', value: { trailers: '{table}' } },
  run(table) {
    this.call.echo = { ...this.call.echo, trailers: headersIn(table) };
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Given',
  expression: 'the workload answers with {int} messages',
  title: 'the number of answers',
  description: 'How many messages the workload `echo` answers server-streaming calls with. Without this step it is 3.',
  example: 'Given the workload answers with 5 messages',
  parameters: [{ name: 'messages', description: 'how many', schema: { minimum: 0 } }],
  yaml: { key: 'answers', value: { messages: '{messages}' } },
  run(messages) {
    this.call.echo = { ...this.call.echo, messages };
  },
});

declareStep<MirrorspecWorld, [number, number]>({
  keyword: 'Given',
  expression: 'the workload answers with {int} messages, {duration} apart',
  title: 'answers with pauses between them',
  description:
    'How many messages the workload `echo` answers server-streaming calls with, and how long it waits between them.',
  example: 'Given the workload answers with 5 messages, 200 ms apart',
  parameters: [
    { name: 'messages', description: 'how many', schema: { minimum: 0 } },
    { name: 'interval', description: 'how long it waits' },
  ],
  yaml: { key: 'answers', value: { messages: '{messages}', interval: '{interval}' } },
  run(messages, intervalMs) {
    this.call.echo = { ...this.call.echo, messages, intervalMs };
  },
});

declareStep<MirrorspecWorld, [Protocol]>({
  keyword: 'When',
  expression: 'a(n) {protocol} call is made',
  title: 'a call is made',
  description: 'Makes one unary call from the caller’s pod and waits for its answer.',
  example: 'When a gRPC-over-HTTP/2 call is made',
  parameters: [{ name: 'protocol', description: 'what the caller speaks' }],
  yaml: { key: 'call', value: { protocol: '{protocol}' } },
  async run(protocol) {
    await this.makeCalls({ protocol, interaction: 'unary', count: 1, concurrency: 1 });
  },
});

declareStep<MirrorspecWorld, [Interaction, Protocol]>({
  keyword: 'When',
  expression: 'a(n) {interaction} {protocol} call is made',
  title: 'a streaming call is made',
  description:
    'Makes one call of the given interaction and waits for its end. The payloads described are the messages of the stream, three when there are none. Over plain HTTP they are cut apart as the content type says: `application/x-ndjson` when all of them are JSON, `application/vnd.mirrorspec.messages` (each behind its length in four bytes) otherwise, unless a header says another.',
  example: 'When a bidi-streaming gRPC-over-HTTP/2 call is made',
  parameters: [
    { name: 'interaction', description: 'how messages flow' },
    { name: 'protocol', description: 'what the caller speaks' },
  ],
  yaml: { key: 'call', value: { protocol: '{protocol}', interaction: '{interaction}' } },
  async run(interaction, protocol) {
    await this.makeCalls({ protocol, interaction, count: 1, concurrency: 1 });
  },
});

declareStep<MirrorspecWorld, [number, Protocol]>({
  keyword: 'When',
  expression: '{int} {protocol} calls are made',
  title: 'several calls are made',
  description: 'Makes calls one after the other.',
  example: 'When 20 HTTP/1.1 calls are made',
  parameters: [COUNT, { name: 'protocol', description: 'what the caller speaks' }],
  yaml: { key: 'call', value: { protocol: '{protocol}', count: '{count}' } },
  async run(count, protocol) {
    await this.makeCalls({ protocol, interaction: 'unary', count, concurrency: 1 });
  },
});

declareStep<MirrorspecWorld, [number, Protocol, number]>({
  keyword: 'When',
  expression: '{int} {protocol} calls are made, {int} at a time',
  title: 'concurrent calls are made',
  description:
    'Makes calls, so many of them at the same time. HTTP/2 and gRPC share one connection; HTTP/1.1 uses as many as are in flight.',
  example: 'When 200 gRPC-over-HTTP/2 calls are made, 20 at a time',
  parameters: [COUNT, { name: 'protocol', description: 'what the caller speaks' }, CONCURRENCY],
  yaml: { key: 'call', value: { protocol: '{protocol}', count: '{count}', 'at-once': '{concurrency}' } },
  async run(count, protocol, concurrency) {
    await this.makeCalls({ protocol, interaction: 'unary', count, concurrency });
  },
});

declareStep<MirrorspecWorld, [number, Interaction, Protocol, number?]>({
  keyword: 'When',
  expression: [
    '{int} {interaction} {protocol} calls are made',
    '{int} {interaction} {protocol} calls are made, {int} at a time',
  ],
  title: 'several streaming calls are made',
  description: 'Makes calls of the given interaction, one after the other or so many of them at the same time.',
  example:
    'When 10 server-streaming gRPC-over-HTTP/1.1 calls are made\nAnd 20 bidi-streaming gRPC-over-HTTP/2 calls are made, 5 at a time',
  parameters: [
    COUNT,
    { name: 'interaction', description: 'how messages flow' },
    { name: 'protocol', description: 'what the caller speaks' },
    CONCURRENCY,
  ],
  yaml: [
    { key: 'call', value: { protocol: '{protocol}', interaction: '{interaction}', count: '{count}' } },
    {
      key: 'call',
      expression: '{int} {interaction} {protocol} calls are made, {int} at a time',
      value: {
        protocol: '{protocol}',
        interaction: '{interaction}',
        count: '{count}',
        'at-once': '{concurrency}',
      },
    },
  ],
  async run(count, interaction, protocol, concurrency = 1) {
    await this.makeCalls({ protocol, interaction, count, concurrency });
  },
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`the payload is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
