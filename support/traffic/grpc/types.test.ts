import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import protoLoader from '@grpc/proto-loader';
import { UserError } from '../../model/errors.js';
import { joinFileDescriptors } from './schema.js';
import { type GrpcTypes, loadBuiltinTypes, loadDescriptorSet, loadProtoFiles, type MethodTypes } from './types.js';

const EVERYTHING = `
syntax = "proto3";
package test.v1;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "part.proto";
enum Color { NONE = 0; RED = 1; DARK_GREEN = 7; }
message Everything {
  message Inner { int64 big_number = 1; Kind kind = 2; enum Kind { A = 0; B = 4; } }
  map<string, Inner> by_name = 1;
  map<int64, string> by_number = 2;
  map<bool, int32> by_truth = 3;
  optional string maybe = 4;
  oneof choice { string left = 5; Inner right = 6; }
  repeated double numbers = 7;
  bytes raw_data = 8;
  uint64 unsigned = 9;
  bool yes = 10;
  Color color = 11;
  Everything child = 12;
  google.protobuf.Timestamp at = 13;
  google.protobuf.Duration lasts = 14;
  google.protobuf.Value anything = 15;
  google.protobuf.StringValue wrapped = 16;
  google.protobuf.FieldMask mask = 17;
  google.protobuf.Any any = 18;
  google.protobuf.Struct struct = 19;
  Part part = 20;
}
service Tests { rpc Both(stream Everything) returns (stream Everything.Inner); }
`;

describe('built-in types', () => {
  test('hold both workloads', () => {
    const services = loadBuiltinTypes().services();
    assert.deepEqual(services, [
      { name: 'yages.Echo', methods: ['Ping', 'Reverse'] },
      { name: 'mirrorspec.echo.v1.Echo', methods: ['Unary', 'ClientStream', 'ServerStream', 'BidiStream'] },
    ]);
  });

  test('know how a method is called', () => {
    const method = loadBuiltinTypes().findMethod('mirrorspec.echo.v1.Echo', 'ServerStream');
    assert.equal(method?.path, '/mirrorspec.echo.v1.Echo/ServerStream');
    assert.equal(method.requestStream, false);
    assert.equal(method.responseStream, true);
    assert.equal(method.requestType, 'mirrorspec.echo.v1.EchoRequest');
  });

  test('encode what protobuf encodes', () => {
    const method = loadBuiltinTypes().method('yages.Echo', 'Reverse');
    assert.deepEqual(method.encodeRequest({ text: 'abc' }), Buffer.from('\n\x03abc'));
    assert.deepEqual(method.decodeResponse(Buffer.from('\n\x03cba')), { text: 'cba' });
  });

  test('show defaults, and bytes as base64', () => {
    const method = loadBuiltinTypes().method('mirrorspec.echo.v1.Echo', 'Unary');
    const bytes = method.encodeRequest({
      payload: 'AP8=',
      control: { statusMessage: 'no', trailers: [{ name: 'a' }] },
    });
    assert.deepEqual(method.decodeRequest(bytes), {
      payload: 'AP8=',
      text: '',
      control: {
        status: 0,
        statusMessage: 'no',
        headers: [],
        trailers: [{ name: 'a', value: '' }],
        messages: 0,
        intervalMs: 0,
        failAtOnce: false,
      },
    });
    assert.deepEqual(
      method.encodeRequest({ payload: Buffer.from([0, 255]) }),
      method.encodeRequest({ payload: 'AP8=' }),
    );
  });

  test('refuse bytes that are no such message', () => {
    const method = loadBuiltinTypes().method('mirrorspec.echo.v1.Echo', 'Unary');
    assert.throws(() => method.decodeRequest(Buffer.from([0x0a, 0x7f, 1])), /index out of range/);
  });

  for (const { service, method, message } of [
    {
      service: 'yages.Ecko',
      method: 'Ping',
      message:
        'There is no gRPC service "yages.Ecko"; did you mean "yages.Echo"? (known: yages.Echo, mirrorspec.echo.v1.Echo)',
    },
    {
      service: 'yages.Echo',
      method: 'Pign',
      message: 'The gRPC service yages.Echo has no method "Pign"; did you mean "Ping"? (known: Ping, Reverse)',
    },
    {
      service: 'yages.Echo',
      method: 'constructor',
      message: 'The gRPC service yages.Echo has no method "constructor" (known: Ping, Reverse).',
    },
  ]) {
    test(`name what is near to ${service}/${method}`, () => {
      assert.equal(loadBuiltinTypes().findMethod(service, method), undefined);
      assert.throws(() => loadBuiltinTypes().method(service, method), new UserError(message));
    });
  }
});

describe('a request in JSON', () => {
  const ECHO = 'mirrorspec.echo.v1';
  for (const { json, message } of [
    {
      json: { paylod: '' },
      message: `The message ${ECHO}.EchoRequest has no field "paylod"; did you mean "payload"? (known: payload, control, text)`,
    },
    {
      json: { control: { trailers: [{ nam: 'a' }] } },
      message: `The message ${ECHO}.Entry at control.trailers[0] has no field "nam"; did you mean "name"? (known: name, value)`,
    },
    {
      json: { zebra: 1 },
      message: `The message ${ECHO}.EchoRequest has no field "zebra" (known: payload, control, text).`,
    },
    { json: { text: 5 }, message: 'The field text must be a string, but is 5.' },
    { json: { payload: 'a*b' }, message: 'The field payload must be base64 text, but is "a*b".' },
    { json: { control: { status: 1.5 } }, message: 'The field control.status must be an int32, but is 1.5.' },
    {
      json: { control: { status: 2 ** 31 } },
      message: 'The field control.status must be an int32 (-2147483648 to 2147483647), but is 2147483648.',
    },
    {
      json: { control: { failAtOnce: 'yes' } },
      message: 'The field control.failAtOnce must be true or false, but is "yes".',
    },
    { json: { control: [] }, message: `The message ${ECHO}.Control at control must be an object, but is an array.` },
    { json: { control: { headers: {} } }, message: 'The field control.headers must be an array, but is an object.' },
    {
      json: { control: { intervalMs: 1, interval_ms: 2 } },
      message: `The message ${ECHO}.Control at control has the field "interval_ms" twice.`,
    },
    { json: 'text', message: `The message ${ECHO}.EchoRequest must be an object, but is "text".` },
  ]) {
    test(`${JSON.stringify(json)} is refused`, () => {
      const method = loadBuiltinTypes().method(`${ECHO}.Echo`, 'Unary');
      assert.throws(() => method.encodeRequest(json), new UserError(message));
    });
  }
});

describe("the user's own files", () => {
  let folder: string;
  let types: GrpcTypes;
  let method: MethodTypes;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'mirrorspec-protos-'));
    writeFileSync(join(folder, 'everything.proto'), EVERYTHING);
    writeFileSync(join(folder, 'part.proto'), 'syntax = "proto3"; package test.v1; message Part { string id = 1; }');
    writeFileSync(join(folder, 'broken.proto'), 'syntax = "proto3"; message { }');
    types = loadProtoFiles([join(folder, 'everything.proto')], []);
    method = types.method('test.v1.Tests', 'Both');
  });
  after(() => rmSync(folder, { recursive: true }));

  test('keep every kind of field', () => {
    const json = {
      byName: { a: { bigNumber: '9007199254740993', kind: 'B' } },
      byNumber: { '-5': 'five', '12345678': 'eight digits' },
      byTruth: { true: 1, false: 2 },
      maybe: '',
      right: { bigNumber: '-1', kind: 'A' },
      numbers: [1.5, 'NaN', '-Infinity'],
      rawData: 'AQID',
      unsigned: '18446744073709551615',
      yes: true,
      color: 'DARK_GREEN',
      at: '2026-01-31T12:00:00.250Z',
      lasts: '-1.500s',
      anything: { list: [1, 'two', null, false, { three: [] }] },
      wrapped: '',
      mask: 'rawData,child.yes',
      any: { '@type': 'type.googleapis.com/test.v1.Part', id: 'p' },
      struct: { a: null },
      part: { id: 'part' },
    };
    assert.deepEqual(method.decodeRequest(method.encodeRequest(json)), json);
  });

  test('take names as in the file, numbers for names, and null for unset', () => {
    const bytes = method.encodeRequest({ raw_data: 'AQID', color: 1, child: null, by_name: null });
    assert.deepEqual(method.decodeRequest(bytes), {
      byName: {},
      byNumber: {},
      byTruth: {},
      numbers: [],
      rawData: 'AQID',
      unsigned: '0',
      yes: false,
      color: 'RED',
    });
  });

  test('refuse an enum value that is none', () => {
    assert.throws(
      () => method.encodeRequest({ color: 'DARKGREEN' }),
      new UserError(
        'The field color must be a value of the enum test.v1.Color, but is "DARKGREEN"; did you mean "DARK_GREEN"? (known: NONE, RED, DARK_GREEN)',
      ),
    );
  });

  test('refuse two members of a oneof', () => {
    assert.throws(
      () => method.encodeRequest({ left: 'a', right: {} }),
      new UserError('The message test.v1.Everything can have only one of "left" and "right" (oneof choice).'),
    );
  });

  test('that are missing or broken are said to be so', () => {
    assert.throws(
      () => loadProtoFiles(['missing.proto'], [folder]),
      /The gRPC types cannot be read from missing.proto: /,
    );
    assert.throws(() => loadProtoFiles(['broken.proto'], [folder]), {
      name: 'UserError',
      message: /broken\.proto: illegal/,
    });
  });

  test('may come as a descriptor set', () => {
    const definition = protoLoader.loadSync(join(folder, 'everything.proto'), { keepCase: true });
    const type = definition['test.v1.Everything'] as protoLoader.MessageTypeDefinition<object, object>;
    const fromSet = loadDescriptorSet(joinFileDescriptors(type.fileDescriptorProtos)).method('test.v1.Tests', 'Both');
    assert.equal(fromSet.requestStream, true);
    assert.equal(fromSet.responseType, 'test.v1.Everything.Inner');
    const json = {
      rawData: 'AQID',
      byName: { a: { bigNumber: '7' } },
      byTruth: { false: 3 },
      byNumber: { '-5': 'a' },
      numbers: [1, 2],
      at: '2026-01-31T12:00:00Z',
    };
    const bytes = method.encodeRequest(json);
    assert.deepEqual(fromSet.encodeRequest(json), bytes);
    assert.deepEqual(fromSet.decodeRequest(bytes), method.decodeRequest(bytes));
  });

  test('a broken descriptor set is refused', () => {
    assert.throws(() => loadDescriptorSet(Buffer.from([1, 2, 3])), {
      name: 'UserError',
      message: /descriptors cannot be used/,
    });
  });
});
