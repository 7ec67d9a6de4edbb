import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import type { JournalRecord } from '../../model/journal.js';
import { decodeFileDescriptor, type FileDescriptor, joinFileDescriptors } from '../grpc/schema.js';
import { builtinDefinition, loadBuiltinTypes, loadDescriptorSet } from '../grpc/types.js';
import { grpcService } from './reflected-services.js';
import { outline } from './testing/running-echo.js';
import { startYages } from './yages-server.js';

/** `ServerReflectionResponse`, as proto-loader gives it. */
interface Answer {
  readonly original_request?: object;
  readonly list_services_response?: { readonly service: readonly { readonly name: string }[] };
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Buffer[] };
  readonly all_extension_numbers_response?: { readonly base_type_name: string };
  readonly error_response?: { readonly error_code: number; readonly error_message: string };
}

async function testYages(t: TestContext): Promise<{ readonly client: Client; readonly journal: JournalRecord[] }> {
  const journal: JournalRecord[] = [];
  const server = await startYages({ listenHost: '127.0.0.1', port: 0 }, (record) => journal.push(record));
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  t.after(async () => {
    client.close();
    await server.dispose();
  });
  return { client, journal };
}

function call(client: Client, method: string, request: unknown): Promise<unknown> {
  const types = loadBuiltinTypes().method('yages.Echo', method);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(types.path, types.encodeRequest, types.decodeResponse, request, (error, answer) => {
      if (error === null) resolve(answer);
      else reject(error);
    });
  });
}

describe('yages', () => {
  test('answers a ping with pong', async (t) => {
    const { client, journal } = await testYages(t);
    assert.deepEqual(await call(client, 'Ping', {}), { text: 'pong' });
    assert.deepEqual(outline(journal), [
      'connection-opened',
      'request gRPC-over-HTTP/2 POST /yages.Echo/Ping',
      'request message 0: 0 bytes',
      'request end',
      'response 200',
      'response message 0: 6 bytes',
      'response trailers grpc-status=0 grpc-message=OK',
      'response end',
    ]);
  });

  for (const { text, reversed } of [
    { text: 'some text', reversed: 'txet emos' },
    { text: '', reversed: '' },
    { text: 'aé😀z', reversed: 'z😀éa' },
  ]) {
    test(`reverses "${text}" by code points`, async (t) => {
      const { client } = await testYages(t);
      assert.deepEqual(await call(client, 'Reverse', { text }), { text: reversed });
    });
  }
});

for (const version of ['v1', 'v1alpha']) {
  describe(`server reflection ${version}`, () => {
    const service = grpcService(
      builtinDefinition(`reflection_${version}.proto`),
      `grpc.reflection.${version}.ServerReflection`,
    );

    async function ask(client: Client, question: object): Promise<Answer> {
      const method = service.ServerReflectionInfo;
      assert.ok(method !== undefined);
      const stream = client.makeBidiStreamRequest(method.path, method.requestSerialize, method.responseDeserialize);
      stream.write(question);
      stream.end();
      try {
        const [answer] = await once(stream, 'data');
        return answer;
      } finally {
        stream.on('error', () => undefined);
      }
    }

    function fileIn(answer: Answer): FileDescriptor {
      const [bytes] = answer.file_descriptor_response?.file_descriptor_proto ?? [];
      assert.ok(bytes !== undefined, JSON.stringify(answer));
      return decodeFileDescriptor(bytes);
    }

    test('lists services', async (t) => {
      const { client } = await testYages(t);
      const { list_services_response: list, original_request } = await ask(client, { host: 'h', list_services: '*' });
      assert.deepEqual(
        list?.service.map(({ name }) => name),
        [
          'grpc.health.v1.Health',
          'grpc.reflection.v1.ServerReflection',
          'grpc.reflection.v1alpha.ServerReflection',
          'yages.Echo',
        ],
      );
      assert.deepEqual({ ...original_request }, { host: 'h', list_services: '*' });
    });

    test('finds files by symbol and by name', async (t) => {
      const { client } = await testYages(t);
      for (const file_containing_symbol of ['yages.Echo', 'yages.Echo.Ping', 'yages.Content', 'yages.Content.text']) {
        assert.equal(fileIn(await ask(client, { file_containing_symbol })).name, 'yages-schema.proto');
      }
      const file = fileIn(await ask(client, { file_by_filename: 'yages-schema.proto' }));
      assert.equal(file.package, 'yages');
      assert.equal(file.syntax, 'proto3');
      assert.equal(file.messageType?.[1]?.field?.[0]?.jsonName, 'text');
      const health = fileIn(
        await ask(client, { file_containing_symbol: 'grpc.health.v1.HealthCheckResponse.SERVING' }),
      );
      assert.equal(health.messageType?.[1]?.field?.[0]?.typeName, '.grpc.health.v1.HealthCheckResponse.ServingStatus');
    });

    test('gives types that calls can be made with', async (t) => {
      const { client } = await testYages(t);
      const { file_descriptor_response: files } = await ask(client, { file_containing_symbol: 'yages.Echo' });
      const types = loadDescriptorSet(joinFileDescriptors(files?.file_descriptor_proto ?? [])).method(
        'yages.Echo',
        'Reverse',
      );
      assert.deepEqual(types.encodeRequest({ text: 'abc' }), Buffer.from('\n\x03abc'));
    });

    for (const { question, code, message } of [
      { question: { file_containing_symbol: 'no.Such' }, code: 5, message: 'no such symbol: no.Such' },
      { question: { file_by_filename: 'no.proto' }, code: 5, message: 'no such file: no.proto' },
      {
        question: { file_containing_extension: { containing_type: 'yages.Content', extension_number: 7 } },
        code: 5,
        message: 'no such extension: 7 of yages.Content',
      },
      { question: { all_extension_numbers_of_type: 'no.Such' }, code: 5, message: 'no such message type: no.Such' },
    ]) {
      test(`answers ${Object.keys(question)[0]} for what there is not with an error`, async (t) => {
        const { client } = await testYages(t);
        const { error_response: error } = await ask(client, question);
        assert.deepEqual({ ...error }, { error_code: code, error_message: message });
      });
    }

    test('knows that there are no extensions', async (t) => {
      const { client } = await testYages(t);
      const answer = await ask(client, { all_extension_numbers_of_type: 'yages.Content' });
      assert.equal(answer.all_extension_numbers_response?.base_type_name, 'yages.Content');
    });

    test('refuses a question that asks nothing', async (t) => {
      const { client } = await testYages(t);
      await assert.rejects(ask(client, { host: 'h' }), (error: ServiceError) => error.code === status.INVALID_ARGUMENT);
    });
  });
}

describe('the health service', () => {
  const service = grpcService(builtinDefinition('health.proto'), 'grpc.health.v1.Health');

  function check(client: Client, name: string): Promise<object | undefined> {
    const method = service.Check;
    assert.ok(method !== undefined);
    return new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = method;
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service: name }, (error, answer) => {
        if (error === null) resolve(answer);
        else reject(error);
      });
    });
  }

  test('says that the workload serves', async (t) => {
    const { client } = await testYages(t);
    for (const name of ['', 'yages.Echo']) assert.deepEqual({ ...(await check(client, name)) }, { status: 1 });
    await assert.rejects(check(client, 'no.Such'), (error: ServiceError) => error.code === status.NOT_FOUND);
  });

  test('keeps a watch open', async (t) => {
    const { client } = await testYages(t);
    const method = service.Watch;
    assert.ok(method !== undefined);
    const { path, requestSerialize, responseDeserialize } = method;
    for (const { name, answer } of [
      { name: 'yages.Echo', answer: 1 },
      { name: 'no.Such', answer: 3 },
    ]) {
      const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service: name });
      stream.on('error', () => undefined);
      const [first] = await once(stream, 'data');
      assert.equal(first.status, answer);
      stream.cancel();
    }
  });
});
