import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfiguration, loadSupport } from '@cucumber/cucumber/api';
import { declaredParameterTypes } from '../support/language/parameter-type.js';
import { declaredSteps, type StepKeyword } from '../support/language/step.js';
import type { StepArgument, StepText } from '../support/language/yaml/action.js';
import { compileWith, vocabularyOf } from '../support/language/yaml/compile-action.js';
import type { Vocabulary } from '../support/language/yaml/compile-action-value.js';
import type { YamlNode } from '../support/language/yaml/node.js';
import { nodeOf } from '../support/language/yaml/node-of.js';
import { readYaml } from '../support/language/yaml/read.js';
import { type ActionFinder, actionFinderOf, sameStep } from '../support/language/yaml/reverse-action.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COLUMN = 'column';

const table = (...rows: readonly (readonly string[])[]): StepArgument => ({ kind: 'table', rows });
const doc = (content: string): StepArgument => ({ kind: 'text', content });
const json = (content: string): StepArgument => ({ kind: 'text', content, mediaType: 'json' });

/** Every face of every shipped step: how it is written in YAML, and the step that it is. */
const FACES: readonly (readonly [StepKeyword, string, string, StepArgument?])[] = [
  ['Then', 'answered: as usual', 'the workload answers as usual'],
  ['Then', 'refused: true', 'the call is refused'],
  ['Then', 'caller-gets: { status: 404 }', 'the caller gets status 404'],
  ['Then', 'caller-gets: { grpc-status: 5 }', 'the caller gets gRPC status 5'],
  [
    'Then',
    'caller-gets: { grpc-status: 5, message: no such order }',
    'the caller gets gRPC status 5 and the message "no such order"',
  ],
  ['Then', 'caller-gets: { answer: pong }', 'the caller gets the answer "pong"'],
  ['Then', 'caller-gets: { answer: "two\\nlines" }', 'the caller gets the answer:', doc('two\nlines')],
  ['Given', 'calls-over: IPv6', 'the caller calls over IPv6'],
  ['Given', 'workload-ends: TLS', 'the workload ends TLS itself'],
  ['Given', 'mirror: { map: { port: 8080, local-port: 18080 } }', 'the mirror maps port 8080 to the local port 18080'],
  ['Then', 'mirrored-to: { local-port: 18080 }', 'the copy arrives at the local port 18080'],
  ['Given', 'tcp-connections: { that-the: caller resets }', 'TCP connections that the caller resets'],
  ['Given', 'workload-greets: 220 ready', 'the workload greets callers over TCP with "220 ready"'],
  ['Then', 'caller-gets: { first-byte: { within: 1 s } }', 'the caller gets the first byte within 1 s'],
  ['Then', 'caller-gets: { first-byte: { after: 2 s } }', 'the caller waits at least 2 s for the first byte'],
  ['Then', 'copy-ends: { later-by: 900 ms }', "the copy's connection ends at least 900 ms after the caller's"],
  ['Then', 'caller-gets: { answers: 5 }', 'the caller gets 5 answers'],
  ['Then', 'caller-gets: { answers-arrive: while the call lasts }', 'the caller gets its answers while the call lasts'],
  [
    'Then',
    'caller-gets: { trailers: { x-checksum: "42" } }',
    'the caller gets the trailers:',
    table(['x-checksum', '42']),
  ],
  ['Given', 'payload: grüße aus dem Netz', 'the payload "grüße aus dem Netz"'],
  ['Given', 'payload: "two\\nlines"', 'the payload:', doc('two\nlines')],
  ['Given', 'payload: { text: hello }', 'the JSON payload:', json('{ "text": "hello" }')],
  ['Given', 'payload-json: { text: hello }', 'the JSON payload:', json('{ "text": "hello" }')],
  ['Given', 'payload-hex: 00 ff 0d 0a 80', 'the binary payload "00 ff 0d 0a 80"'],
  ['Given', 'payload: !!binary AP8NCoA=', 'the binary payload "00 ff 0d 0a 80"'],
  ['Given', 'payload-size: 1 MiB', 'a payload of 1 MiB'],
  ['Given', 'payload-file: payloads/order.bin', 'the payload from the file "payloads/order.bin"'],
  ['Given', 'port: { number: 8080, name: grpc-web }', 'port 8080 of the workload is named "grpc-web"'],
  [
    'Given',
    'port: { number: 8080, app-protocol: kubernetes.io/h2c }',
    'port 8080 of the workload has the appProtocol "kubernetes.io/h2c"',
  ],
  ['Given', 'port: { number: 8080, mtls: DISABLE }', 'port 8080 of the workload accepts DISABLE mutual TLS'],
  ['Given', 'port: { number: 8080, intercepted: false }', 'port 8080 of the workload is not intercepted'],
  ['Given', 'denied: { path: /admin/* }', 'an authorization policy denies "/admin/*"'],
  [
    'Given',
    'application: { starts: before, relative-to: its sidecar }',
    'the application starts before its sidecar is ready',
  ],
  ['Given', 'application: { calls: when it starts }', 'the application makes a call when it starts'],
  ['Then', 'application: { first-call: refused }', "the application's first call is refused"],
  ['Given', 'workload-listens: on 127.0.0.1 only', 'the workload listens on 127.0.0.1 only'],
  ['Given', 'message-interval: 200 ms', '200 ms between messages'],
  ['Given', 'headers: { x-tenant: [blue, red] }', 'the headers:', table(['x-tenant', 'blue'], ['x-tenant', 'red'])],
  ['Given', 'metadata: { x-tenant: [blue, red] }', 'the metadata:', table(['x-tenant', 'blue'], ['x-tenant', 'red'])],
  [
    'Given',
    'request-trailers: { x-checksum: "42" }',
    'the request ends with the trailers:',
    table(['x-checksum', '42']),
  ],
  ['Given', 'request: { method: PUT, path: "/orders/7?dry-run=1" }', 'the request is PUT "/orders/7?dry-run=1"'],
  ['Given', 'grpc-method: yages.Echo/Reverse', 'the gRPC method "yages.Echo/Reverse"'],
  ['Given', 'proto-files: protos/orders.proto', 'the proto file "protos/orders.proto"'],
  ['Given', 'reflection: true', 'types from server reflection'],
  ['Given', 'grpc-web: text', 'gRPC-Web in its text form'],
  ['Given', 'connections: each-call', 'a new connection for each call'],
  ['Given', 'connections: already-open', 'a caller that is already connected'],
  ['Given', 'connections: { already-open: HTTP/2 }', 'a caller that is already connected over HTTP/2'],
  ['When', 'connections: anew', 'the caller connects anew'],
  ['Given', 'loss: { one-in: 3, where: on the way }', 'one in 3 full packets is lost on the way'],
  ['Given', 'packets: { at-most: 1500 }', 'packets of at most 1500 bytes'],
  ['Given', 'caller: in-pod', 'a caller in the pod of the workload'],
  ['Then', 'mirrored-source: caller', "the local process sees the caller's address"],
  ['Then', 'workload-connections: as-called', "the workload sees the caller's connections"],
  ['Then', 'workload-connections: 5', 'the workload sees 5 connections'],
  ['Then', 'workload-connections: reset', "the workload's connections are reset"],
  ['Then', 'workload-connections: open', "the workload's connections stay open"],
  ['Then', 'caller-connections: reset', "the caller's connections are reset"],
  ['Then', 'caller-connections: open', "the caller's connections stay open"],
  ['Then', 'caller-notices: nothing', 'the caller notices nothing'],
  ['Then', 'caller-latency: { at-most-times: 2.5 }', "the caller's latency grows by at most 2.5 times"],
  [
    'Then',
    'caller-gets: { headers: { x-served-by: echo } }',
    'the caller gets the headers:',
    table(['x-served-by', 'echo']),
  ],
  [
    'Given',
    'answers: { headers: { x-served-by: echo } }',
    'the workload answers with the headers:',
    table(['x-served-by', 'echo']),
  ],
  ['When', 'session: stopped', 'the mirror session is stopped'],
  ['Given', 'mirror: { starts: later }', 'the mirror session starts later'],
  ['Given', 'port: 8080', 'calls to port 8080'],
  ['Given', 'answers: { status: 503 }', 'the workload answers with status 503'],
  ['Given', 'answers: { grpc-status: 5 }', 'the workload answers with gRPC status 5'],
  [
    'Given',
    'answers: { grpc-status: 5, message: no such order }',
    'the workload answers with gRPC status 5 and the message "no such order"',
  ],
  [
    'Given',
    'answers: { trailers: { x-checksum: "42" } }',
    'the workload answers with the trailers:',
    table(['x-checksum', '42']),
  ],
  [
    'Given',
    'websocket: { close-code: 4001, reason: enough }',
    'the caller closes with code 4001 and the reason "enough"',
  ],
  ['Given', 'websocket: { ping-every: 200 ms }', 'the caller pings every 200 ms'],
  ['Given', 'answers: { close-code: 4900, after-messages: 2 }', 'the workload closes with code 4900 after 2 messages'],
  ['Given', 'answers: { messages: 5 }', 'the workload answers with 5 messages'],
  ['Given', 'answers: { messages: 5, interval: 200 ms }', 'the workload answers with 5 messages, 200 ms apart'],
  ['When', 'call: { protocol: gRPC-over-HTTP/2 }', 'a gRPC-over-HTTP/2 call is made'],
  [
    'When',
    'call: { protocol: gRPC-over-HTTP/2, interaction: bidi-streaming }',
    'a bidi-streaming gRPC-over-HTTP/2 call is made',
  ],
  ['When', 'call: { protocol: HTTP/1.1, count: 20 }', '20 HTTP/1.1 calls are made'],
  [
    'When',
    'call: { protocol: gRPC-over-HTTP/2, count: 200, at-once: 20 }',
    '200 gRPC-over-HTTP/2 calls are made, 20 at a time',
  ],
  [
    'When',
    'call: { protocol: gRPC-over-HTTP/1.1, interaction: server-streaming, count: 10 }',
    '10 server-streaming gRPC-over-HTTP/1.1 calls are made',
  ],
  [
    'When',
    'call: { protocol: gRPC-over-HTTP/2, interaction: bidi-streaming, count: 20, at-once: 5 }',
    '20 bidi-streaming gRPC-over-HTTP/2 calls are made, 5 at a time',
  ],
  ['Given', 'deadline: 500 ms', 'a deadline of 500 ms'],
  [
    'When',
    'stream: { protocol: gRPC-over-HTTP/2, interaction: bidi-streaming }',
    'a bidi-streaming gRPC-over-HTTP/2 stream is opened',
  ],
  [
    'When',
    'stream: { protocol: gRPC-over-HTTP/2, interaction: bidi-streaming, count: 50 }',
    '50 bidi-streaming gRPC-over-HTTP/2 streams are opened',
  ],
  ['When', 'stream: { protocol: SSE }', 'an SSE stream is opened'],
  ['Given', 'grpc-compression: gzip', 'gRPC messages compressed with gzip'],
  [
    'Given',
    'answers: { refused-at-once: { grpc-status: 7, message: not yours } }',
    'the workload refuses at once with gRPC status 7 and the message "not yours"',
  ],
  ['Then', 'partly-mirrored: local-process-down', 'only a part of it is mirrored because of local-process-down'],
  ['When', 'send: one', 'the message "one" is sent'],
  ['When', 'send: { size: 1 MiB }', 'a message of 1 MiB is sent'],
  ['When', 'send: { count: 100, size: 1 KiB }', '100 messages of 1 KiB are sent'],
  ['When', 'stream: { idle: 2 s }', 'the stream is idle for 2 s'],
  ['When', 'stream: ended', 'the caller ends its side'],
  ['When', 'stream: cancelled', 'the caller cancels'],
  ['When', 'stream: broken-off', 'the workload breaks off the stream'],
  ['When', 'stream: timed-out', 'the deadline passes'],
  ['Then', 'mirrored-while-open: one', 'the message "one" is mirrored while the stream is open'],
  ['Then', 'mirrored-while-open: true', 'all messages are mirrored while the stream is open'],
  ['Then', 'all-mirrored-while-open: true', 'all messages are mirrored while the streams are open'],
  ['Then', 'answered-while-open: one', 'the caller gets the answer "one" while the stream is open'],
  ['Then', 'mirrored-cancellation: true', 'the cancellation reaches the local process'],
  ['Then', 'mirrored-cancellation: as an end', 'to the local process the cancelled request looks complete'],
  ['Then', 'interface: { name: eth0, carried: TLS only }', '"eth0" carried TLS only'],
  ['Given', 'mesh: istio', 'an Istio mesh'],
  ['Given', 'mesh: { kind: istio, mtls: PERMISSIVE }', 'an Istio mesh with PERMISSIVE mutual TLS'],
  ['Given', 'mesh: istio-ambient', 'an Istio ambient mesh'],
  ['Given', 'mesh: { kind: istio-ambient, mtls: PERMISSIVE }', 'an Istio ambient mesh with PERMISSIVE mutual TLS'],
  ['Given', 'mesh: linkerd', 'a Linkerd mesh'],
  ['Given', 'mesh: none', 'no mesh'],
  ['Given', 'caller: unmeshed', 'a caller outside the mesh'],
  ['Given', 'caller: meshed', 'a caller inside the mesh'],
  ['Given', 'mirror: { listen: lo }', 'the mirror listens on "lo"'],
  ['Given', 'mirror: { ports: 8080 }', 'the mirror subscribes to port 8080'],
  ['Given', 'mirror: { local-process: node local.js }', 'the local process runs "node local.js"'],
  ['Given', 'mirror: { local-process-reads-per-second: 64 KiB }', 'the local process reads 64 KiB per second'],
  ['When', 'session: without-local-process', 'the local process dies'],
  ['Given', 'mirror: none', 'no mirror session'],
  ['Given', 'mirror: { mirrord: "3.250" }', 'mirrord 3.250'],
  ['Given', 'mirror: { profile: redirect }', 'the mirror redirects connections'],
  ['Given', 'mirror: { profile: sniffer }', 'the mirror captures packets'],
  ['Given', 'mirror: { flush: false }', 'the mirror flushes no connections'],
  [
    'Given',
    'mirror: { filter: { header: "^x-tenant: blue$" } }',
    'the mirror takes only requests with a header that matches "^x-tenant: blue$"',
  ],
  [
    'Given',
    'mirror: { filter: { path: ^/orders } }',
    'the mirror takes only requests with a path that matches "^/orders"',
  ],
  ['Given', 'mirror: { filter: { method: POST } }', 'the mirror takes only requests with the method "POST"'],
  [
    'Given',
    'mirror: { filter: { any: { path: ^/orders, method: DELETE } } }',
    'the mirror takes only requests that match any of:',
    table(['path', '^/orders'], ['method', 'DELETE']),
  ],
  ['When', 'session: started', 'the mirror session is started'],
  [
    'Then',
    'session: { refused-because: there is no interface mesh7 }',
    'it cannot start because "there is no interface mesh7"',
  ],
  ['Then', 'session: { listens-on: lo }', 'the mirror session listens on "lo"'],
  ['Then', 'session: { rules: none }', 'the mirror session has no rules'],
  ['Then', 'session: { detects-mesh: istio-ambient }', 'the service mesh istio-ambient is detected'],
  [
    'Then',
    'rules: { of: mirror session, took: 1, from: inside }',
    'the rules of the mirror session took 1 connection from inside of the pod',
  ],
  ['Given', 'mesh: { kind: istio, interception: TPROXY }', 'an Istio mesh with TPROXY interception'],
  ['Then', 'source-address: { for-the-workload: caller }', 'the workload sees the address of the caller'],
  ['Then', 'source-address: { for-the-mirror: sidecar }', 'the mirror sees the address of the sidecar'],
  ['Then', 'rules: { chain: MRDIN_*, took: 2 }', 'the chain "MRDIN_*" took 2 connections'],
  ['Then', 'mirrored-payload: hello', 'the mirrored payload is "hello"'],
  ['Then', 'mirrored-payload: "two\\nlines"', 'the mirrored payload is:', doc('two\nlines')],
  ['Then', 'mirrored-payload-file: payloads/order.bin', 'the mirrored payload is the file "payloads/order.bin"'],
  ['Then', 'mirrored-payload: { text: hello }', 'the mirrored JSON payload is:', json('{ "text": "hello" }')],
  ['Then', 'mirrored-payload-json: { text: hello }', 'the mirrored JSON payload is:', json('{ "text": "hello" }')],
  ['Then', 'mirrored-payload-hex: 00 ff 0d 0a 80', 'the mirrored bytes are "00 ff 0d 0a 80"'],
  ['Then', 'mirrored-payload: !!binary AP8NCoA=', 'the mirrored bytes are "00 ff 0d 0a 80"'],
  ['Then', 'mirrored-request: { messages: 3 }', 'the mirrored request has 3 messages'],
  [
    'Then',
    'mirrored-request: { messages-arrive: while the call lasts }',
    'its messages are mirrored while the call lasts',
  ],
  ['Then', 'mirrored-trailers: { x-checksum: "42" }', 'the mirrored trailers are:', table(['x-checksum', '42'])],
  [
    'Then',
    'mirrored-request: { method: POST, path: "/yages.Echo/Ping" }',
    'the mirrored request is POST "/yages.Echo/Ping"',
  ],
  ['Then', 'mirrored-request: { protocol: HTTP/2 }', 'the mirrored request was sent over HTTP/2'],
  [
    'Then',
    'mirrored-headers: { x-tenant: blue, x-request-id: "" }',
    'the mirrored headers contain:',
    table(['x-tenant', 'blue'], ['x-request-id', '']),
  ],
  [
    'Then',
    'mirrored-metadata: { x-tenant: blue, x-request-id: "" }',
    'the mirrored metadata contains:',
    table(['x-tenant', 'blue'], ['x-request-id', '']),
  ],
  ['Then', 'mirrored: true', 'it is mirrored'],
  ['Then', 'mirrored: all', 'all of them are mirrored'],
  ['Then', 'mirrored: false', 'it is not mirrored'],
  ['Then', 'mirrored: none', 'none of them is mirrored'],
  ['Then', 'not-mirrored: encrypted-interface', 'it is not mirrored because of encrypted-interface'],
  ['Given', 'workload: yages', 'the workload "yages"'],
  ['Given', 'workload: { run: node server.js, port: 8080 }', 'the workload runs "node server.js" on port 8080'],
  ['Given', 'mesh: <column>', 'the mesh is <column>'],
  ['Given', 'caller: <column>', 'the caller is <column>'],
];

describe('shipped steps in YAML', () => {
  let vocabulary: Vocabulary;
  let find: ActionFinder;
  before(async () => {
    const modules = ['dist/steps/**/!(*.test).js', 'dist/support/world/hooks.js'];
    const { runConfiguration } = await loadConfiguration({ file: false, provided: { import: modules } }, { cwd: ROOT });
    await loadSupport(runConfiguration, { cwd: ROOT });
    vocabulary = vocabularyOf(declaredSteps(), declaredParameterTypes());
    find = actionFinderOf(declaredSteps(), declaredParameterTypes());
  });

  function compile(action: YamlNode | undefined, section: StepKeyword): readonly StepText[] {
    assert.ok(action !== undefined);
    const { steps, mistakes } = compileWith(vocabulary, action, {
      section,
      placeholders: new Set([COLUMN]),
      place: ({ line, column }) => ({ file: 'a.yaml', line, column }),
    });
    assert.deepEqual(mistakes, []);
    return steps;
  }

  for (const [keyword, yaml, text, argument] of FACES) {
    test(`${keyword} - ${yaml}`, () => {
      const [step, another] = compile(readYaml(Buffer.from(yaml), 'a.yaml').documents[0]?.root, keyword);
      assert.ok(step !== undefined && another === undefined);
      assert.deepEqual([step.text, step.argument], [text, argument]);
      // And back: to this action or to another face of the same step.
      const row = new Map([[COLUMN, yaml.startsWith('mesh') ? 'none' : 'meshed']]);
      const action = find(step, keyword, row);
      assert.ok(action !== undefined);
      const [again] = compile(nodeOf({ [action.key]: action.value }), keyword);
      assert.ok(again !== undefined && sameStep(again, step));
    });
  }

  test('each face of each step is in the list above', () => {
    const missing = vocabulary.faces.filter((face) => {
      const { match } = vocabulary.expressionOf(face.expression);
      return !FACES.some(([keyword, yaml, text]) => {
        const plain = text.replace(`<${COLUMN}>`, face.key === 'mesh' ? 'none' : 'meshed');
        return keyword === face.step.keyword && yaml.startsWith(`${face.key}: `) && match(plain) !== undefined;
      });
    });
    assert.deepEqual(
      missing.map(({ key, expression }) => `${key}: ${expression}`),
      [],
    );
    assert.deepEqual(
      declaredSteps().flatMap(({ title, yaml }) => (yaml.length === 0 ? [title] : [])),
      [],
    );
  });
});
