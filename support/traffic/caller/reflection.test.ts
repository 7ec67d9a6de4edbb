import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import type { GrpcMethod } from '../../model/call.js';
import { decodeFileDescriptor, encodeFileDescriptor } from '../grpc/schema.js';
import { builtinDefinition } from '../grpc/types.js';
import { only, plan, recordsOf, testCaller } from './test-support.js';

const FILES = {
  'shop.proto': `syntax = "proto3";
package shop.v1;
import "money.proto";
service Shop { rpc Price(Item) returns (money.v1.Money); }
message Item { string name = 1; money.v1.Money offer = 2; }
`,
  'money.proto': `syntax = "proto3";
package money.v1;
import "currency.proto";
message Money { int64 units = 1; currency.v1.Currency currency = 2; }
`,
  'currency.proto': `syntax = "proto3";
package currency.v1;
enum Currency { UNKNOWN = 0; EUR = 1; }
`,
};

interface Question {
  readonly file_by_filename?: string;
  readonly file_containing_symbol?: string;
  readonly list_services?: string;
}

/** The shop's files, and a server of it that tells its types one file at a time, by that version of reflection. */
async function shop(t: TestContext, version: 'v1' | 'v1alpha' | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  const definition = protoLoader.loadSync('shop.proto', { includeDirs: [folder] });
  const service = definition['shop.v1.Shop'] as protoLoader.ServiceDefinition;
  const { requestType } = service.Price as { requestType: { fileDescriptorProtos: Buffer[] } };
  // protobufjs names files after their packages, and forgets what they import.
  const imports = new Map([
    ['shop_v1.proto', ['money_v1.proto']],
    ['money_v1.proto', ['currency_v1.proto']],
  ]);
  const descriptors = requestType.fileDescriptorProtos.map((bytes) => {
    const file = decodeFileDescriptor(bytes);
    return encodeFileDescriptor({ ...file, dependency: imports.get(file.name) ?? [] });
  });

  const server = new Server();
  server.addService(service as Parameters<Server['addService']>[0], {
    Price: (call: ServerUnaryCall<{ offer: unknown }, object>, done: sendUnaryData<object>) =>
      done(null, call.request.offer as object),
  });
  const asked: string[] = [];
  if (version !== undefined) {
    const reflection = builtinDefinition(`reflection_${version}.proto`)[`grpc.reflection.${version}.ServerReflection`];
    const answer = (question: Question): object => {
      asked.push(question.file_by_filename || question.file_containing_symbol || 'list');
      const file = descriptors.find((bytes) => {
        const { name, package: owner, service: services } = decodeFileDescriptor(bytes);
        if (question.file_by_filename) return name === question.file_by_filename;
        return services?.some((each) => `${owner}.${each.name}` === question.file_containing_symbol) === true;
      });
      if (file !== undefined) return { file_descriptor_response: { file_descriptor_proto: [file] } };
      if (question.list_services !== undefined) {
        const names = ['shop.v1.Shop', `grpc.reflection.${version}.ServerReflection`];
        return { list_services_response: { service: names.map((name) => ({ name })) } };
      }
      return { error_response: { error_code: 5, error_message: 'unknown symbol' } };
    };
    server.addService(reflection as Parameters<Server['addService']>[0], {
      ServerReflectionInfo: (call: ServerDuplexStream<Question, object>) => {
        call.on('data', (question: Question) => call.write(answer(question)));
        call.on('end', () => call.end());
      },
    });
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  t.after(() => server.forceShutdown());
  return { port, asked, folder };
}

function shopPlan(port: number, types: GrpcMethod['types'], service = 'shop.v1.Shop') {
  return plan(port, {
    protocol: 'gRPC-over-HTTP/2',
    grpc: { service, method: 'Price', types },
    messages: [{ kind: 'json', value: { name: 'tea', offer: { units: '9007199254740993', currency: 'EUR' } } }],
  });
}

const REFLECTION = { source: 'reflection' } as const;

for (const version of ['v1', 'v1alpha'] as const) {
  test(`the server is asked for the types by ${version}, once, with the files they depend on`, async (t) => {
    const server = await shop(t, version);
    const { caller, journal } = testCaller(t);
    for (let batch = 0; batch < 2; batch += 1) {
      const [outcome] = await caller.call(shopPlan(server.port, REFLECTION));
      assert.deepEqual([outcome?.ok, outcome?.error], [true, undefined]);
    }
    assert.deepEqual(server.asked, ['shop.v1.Shop', 'money_v1.proto', 'currency_v1.proto']);
    // The connection for the questions is no connection of the calls.
    assert.equal(recordsOf(journal, 'connection-opened').length, 1);
    const [answer] = recordsOf(journal, 'message').filter(({ direction }) => direction === 'response');
    // units = 9007199254740993, currency = EUR
    assert.equal(Buffer.from(answer?.body.preview ?? '', 'base64').toString('hex'), '0881808080808080101001');
  });
}

test('a server without the service names those that it has', async (t) => {
  const server = await shop(t, 'v1');
  const { caller, journal } = testCaller(t);
  await assert.rejects(caller.call(shopPlan(server.port, REFLECTION, 'shop.v1.Store')), {
    name: 'UserError',
    message: 'The server has no gRPC service shop.v1.Store (NOT_FOUND: unknown symbol); it has shop.v1.Shop.',
  });
  assert.deepEqual(journal, []);
});

test('a server without reflection is told so, and what to do', async (t) => {
  const server = await shop(t, undefined);
  const { caller } = testCaller(t);
  await assert.rejects(caller.call(shopPlan(server.port, REFLECTION)), {
    name: 'UserError',
    message:
      `The server at 127.0.0.1:${server.port} does not offer gRPC reflection. ` +
      'Name the .proto files of shop.v1.Shop instead.',
  });
});

test('a server that cannot be reached cannot be asked', async (t) => {
  const { caller } = testCaller(t);
  await assert.rejects(caller.call(shopPlan(1, REFLECTION)), {
    name: 'EnvironmentError',
    message: /^The gRPC server at 127\.0\.0\.1:1 cannot be asked for its types: UNAVAILABLE: .*ECONNREFUSED/,
  });
});

test("the user's files are read with their imports", async (t) => {
  const server = await shop(t, undefined);
  const { caller, journal } = testCaller(t);
  const types = { source: 'files', files: [join(server.folder, 'shop.proto')], includeDirs: [server.folder] } as const;
  const [outcome] = await caller.call(shopPlan(server.port, types));
  assert.deepEqual([outcome?.ok, outcome?.error], [true, undefined]);
  assert.equal(only(journal, 'request').path, '/shop.v1.Shop/Price');
  await assert.rejects(caller.call(shopPlan(server.port, types, 'shop.v1.Shup')), {
    name: 'UserError',
    message: /did you mean "shop\.v1\.Shop"/,
  });
});
