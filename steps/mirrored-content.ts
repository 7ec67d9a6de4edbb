import type { DataTable } from '@cucumber/cucumber';
import { declareStep } from '../support/language/index.js';
import { ExpectationError, UserError } from '../support/model/errors.js';
import type { Protocol } from '../support/model/protocol.js';
import { visibleText } from '../support/model/visible-text.js';
import type { MirrorspecWorld } from '../support/world/index.js';
import { expectMirroredWhileCallLasts } from '../support/world/message-times.js';
import { expectEqualText, messagesOfLastCalls, mirroredExchanges, textOf } from '../support/world/mirrored.js';
import { expectMirroredFile } from '../support/world/payload-file.js';
import { HEX_SCHEMA, METHOD_SCHEMA } from './arguments.js';
import { expectHeaders } from './headers.js';

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: ['the mirrored payload is {string}', 'each mirrored payload is {string}'],
  title: 'the mirrored payload',
  description:
    'The local process decoded this text from the mirrored copy of each call: the HTTP body, or the `payload` or `text` of an echo or yages message.',
  example: 'Then the mirrored payload is "hello"',
  parameters: [{ name: 'text', description: 'the whole payload' }],
  yaml: { key: 'mirrored-payload' },
  run(expected) {
    return expectMirroredText(this, expected);
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: 'the mirrored payload is:',
  title: 'the mirrored payload of several lines',
  description: 'Like "the mirrored payload is", with the text in a doc string.',
  example: 'Then the mirrored payload is:\n  """\n  two\n  lines\n  """',
  attachment: { kind: 'text', description: 'the whole payload' },
  yaml: { key: 'mirrored-payload' },
  run(expected) {
    return expectMirroredText(this, expected);
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: 'the mirrored payload is the file {string}',
  title: 'the mirrored payload is a file',
  description:
    'The local process received exactly the bytes of this file as the payload of each call, of any length up to 100 MiB. Its path is relative to the current folder.',
  example: 'Then the mirrored payload is the file "payloads/order.bin"',
  parameters: [{ name: 'file', description: 'path of the file' }],
  yaml: { key: 'mirrored-payload-file' },
  run(file) {
    return expectMirroredFile(this, file);
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: 'the mirrored JSON payload is:',
  title: 'the mirrored payload as JSON',
  description:
    'The local process decoded this from the mirrored copy of each call: the HTTP body as JSON, or the gRPC message in its proto3 JSON form. Order of keys and white space do not matter.',
  example: 'Then the mirrored JSON payload is:\n  """json\n  { "text": "hello" }\n  """',
  attachment: { kind: 'text', description: 'the JSON text' },
  yaml: [
    { key: 'mirrored-payload', value: '{collection}' },
    { key: 'mirrored-payload-json', value: '{json}' },
  ],
  async run(text) {
    const expected = canonical(parse(text, 'the expected payload'));
    for (const messages of await messagesOfLastCalls(this, 'request')) {
      const found = messages.map((message) =>
        message.kind === 'message' ? message.json : parse(message.data.toString('utf8'), 'the mirrored payload'),
      );
      expectEqualText('the mirrored payload', expected, canonical(found.length === 1 ? found[0] : found));
    }
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: 'the mirrored bytes are {string}',
  title: 'the mirrored bytes',
  description: 'The local process received exactly these bytes as the payload of each call, in hexadecimal.',
  example: 'Then the mirrored bytes are "00 ff 0d 0a 80"',
  parameters: [{ name: 'bytes', description: 'pairs of hexadecimal digits', schema: HEX_SCHEMA }],
  yaml: [{ key: 'mirrored-payload-hex' }, { key: 'mirrored-payload', value: '!!binary {bytes}' }],
  async run(text) {
    const expected = text.replace(/\s/g, '').toLowerCase();
    for (const messages of await messagesOfLastCalls(this, 'request')) {
      const found = messages.map((message) => {
        if (message.kind === 'bytes') return message.data.toString('hex');
        const { payload } = message.json as { readonly payload?: string };
        return Buffer.from(payload ?? '', 'base64').toString('hex');
      });
      expectEqualText('the mirrored payload', expected, found.join(''));
    }
  },
});

declareStep<MirrorspecWorld, [number]>({
  keyword: 'Then',
  expression: 'the mirrored request has {int} message(s)',
  title: 'the number of mirrored messages',
  description:
    'The local process received this many messages of each call. A unary HTTP request has one, or none if its body is empty.',
  example: 'Then the mirrored request has 3 messages',
  parameters: [{ name: 'count', description: 'how many', schema: { minimum: 0 } }],
  yaml: { key: 'mirrored-request', value: { messages: '{count}' } },
  async run(count) {
    for (const exchange of await mirroredExchanges(this)) {
      const found = exchange.request.messages.length;
      if (found !== count) throw new ExpectationError(`the mirrored request has ${found} messages, not ${count}`);
    }
  },
});

declareStep<MirrorspecWorld, []>({
  keyword: 'Then',
  expression: ['its messages are mirrored while the call lasts', 'their messages are mirrored while the calls last'],
  title: 'messages are mirrored as they come',
  description:
    'The local process received every message but the last before the caller sent the last one: the copy flows with the stream, and does not wait for its end. Let some time pass between the messages.',
  example: 'Then its messages are mirrored while the call lasts',
  yaml: { key: 'mirrored-request', value: { 'messages-arrive': 'while the call lasts' } },
  run() {
    return expectMirroredWhileCallLasts(this);
  },
});

declareStep<MirrorspecWorld, [DataTable]>({
  keyword: 'Then',
  expression: 'the mirrored trailers are:',
  title: 'mirrored trailers',
  description:
    'Each mirrored request ends with these trailers. A row without a value asks for any value. A name in several rows asks for its values in this order.',
  example: 'Then the mirrored trailers are:\n  | x-checksum | 42 |',
  attachment: { kind: 'table', description: 'two columns, name and value' },
  yaml: { key: 'mirrored-trailers' },
  async run(table) {
    for (const { request } of await mirroredExchanges(this)) {
      expectHeaders('the mirrored request', table, request.trailers ?? []);
    }
  },
});

declareStep<MirrorspecWorld, [string, string]>({
  keyword: 'Then',
  expression: 'the mirrored request is {word} {string}',
  title: 'the mirrored method and path',
  description: 'Method and path of the mirrored copy of each call. A gRPC call is `POST` to `/package.Service/Method`.',
  example: 'Then the mirrored request is POST "/yages.Echo/Ping"',
  parameters: [
    { name: 'method', description: 'an HTTP method', schema: METHOD_SCHEMA },
    { name: 'path', description: 'path and query' },
  ],
  yaml: { key: 'mirrored-request' },
  async run(method, path) {
    for (const exchange of await mirroredExchanges(this)) {
      expectEqualText('the mirrored request', `${method} ${path}`, `${exchange.method} ${exchange.path}`);
    }
  },
});

declareStep<MirrorspecWorld, [Protocol]>({
  keyword: 'Then',
  expression: 'the mirrored request was sent over {protocol}',
  title: 'the protocol that was really mirrored',
  description: 'What the local process decoded the mirrored connection as.',
  example: 'Then the mirrored request was sent over HTTP/2',
  parameters: [{ name: 'protocol', description: 'a protocol' }],
  yaml: { key: 'mirrored-request', value: { protocol: '{protocol}' } },
  async run(protocol) {
    for (const exchange of await mirroredExchanges(this)) {
      expectEqualText('the mirrored protocol', protocol, exchange.protocol);
    }
  },
});

declareStep<MirrorspecWorld, [DataTable]>({
  keyword: 'Then',
  expression: ['the mirrored headers contain:', 'the mirrored metadata contains:'],
  title: 'mirrored headers',
  description:
    'Each mirrored request has these headers. A row without a value asks for any value. A name in several rows asks for its values in this order.',
  example: 'Then the mirrored headers contain:\n  | x-tenant     | blue |\n  | x-request-id |      |',
  attachment: { kind: 'table', description: 'two columns, name and value' },
  yaml: [{ key: 'mirrored-headers' }, { key: 'mirrored-metadata', expression: 'the mirrored metadata contains:' }],
  async run(table) {
    for (const exchange of await mirroredExchanges(this))
      expectHeaders('the mirrored request', table, exchange.headers);
  },
});

async function expectMirroredText(world: MirrorspecWorld, expected: string): Promise<void> {
  for (const messages of await messagesOfLastCalls(world, 'request')) {
    expectEqualText('the mirrored payload', expected, messages.map(textOf).join(''));
  }
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (what === 'the expected payload') throw new UserError(`${what} is not JSON: ${reason}`, { cause: error });
    throw new ExpectationError(`${what} is not JSON: ${reason}\n  found: ${visibleText(text)}`);
  }
}

/** JSON with sorted keys, so that equal values are equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
