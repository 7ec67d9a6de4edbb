import type { MessageTypeDefinition, MethodDefinition, PackageDefinition, ServiceDefinition } from '@grpc/proto-loader';
import {
  decodeFileDescriptor,
  type EnumDescriptor,
  encodeFileDescriptor,
  type FieldDescriptor,
  type FileDescriptor,
  jsonNameOf,
  type MessageDescriptor,
  Schemas,
} from '../grpc/schema.js';
import { builtinDefinition } from '../grpc/types.js';

/** A file as server reflection tells it. */
export interface ReflectedFile {
  readonly name: string;
  /** A serialized `google.protobuf.FileDescriptorProto`. */
  readonly bytes: Buffer;
  readonly services: readonly string[];
  /** Fully qualified names of all that the file declares. */
  readonly symbols: ReadonlySet<string>;
  readonly messages: ReadonlySet<string>;
}

/**
 * The descriptor of a shipped proto file as protoc would write it: protobufjs leaves type names relative, JSON names out
 * and the file's name to its package, which not every client takes. `name` is the name that imports would use. Files
 * with imports or `optional` fields would need more; there are none.
 */
export function reflectedFile(protoFile: string, name: string): ReflectedFile {
  const [bytes, ...others] = Object.values(builtinDefinition(protoFile)).flatMap((entry) =>
    isMessageType(entry) ? entry.fileDescriptorProtos : [],
  );
  if (bytes === undefined || others.some((other) => !other.equals(bytes))) {
    throw new Error(`${protoFile} must declare messages of one package`);
  }
  const file = decodeFileDescriptor(bytes);
  const prefix = file.package === undefined || file.package === '' ? '' : `${file.package}.`;
  const schemas = new Schemas([file]);
  const completed: FileDescriptor = {
    ...file,
    name,
    messageType: (file.messageType ?? []).map((type) => complete(schemas, prefix, type)),
  };
  const messages = new Set((file.messageType ?? []).flatMap((type) => messageNames(prefix, type)));
  const services = (file.service ?? []).map((service) => prefix + service.name);
  return {
    name,
    bytes: encodeFileDescriptor(completed),
    services,
    messages,
    symbols: new Set([
      ...services,
      ...(file.service ?? []).flatMap((service) =>
        (service.method ?? []).map((method) => `${prefix}${service.name}.${method.name}`),
      ),
      ...(file.messageType ?? []).flatMap((type) => symbolsOf(prefix, type)),
      ...(file.enumType ?? []).flatMap((type) => enumSymbols(prefix, type)),
    ]),
  };
}

/** A service of a definition, which must have it. */
export function grpcService(definition: PackageDefinition, name: string): ServiceDefinition {
  const service = definition[name];
  if (service === undefined || isMessageType(service)) throw new Error(`there is no service ${name}`);
  return service as ServiceDefinition;
}

/** A method of a service, which must have it. */
export function grpcMethod(service: ServiceDefinition, name: string): MethodDefinition<object, object> {
  const method = service[name];
  if (method === undefined) throw new Error(`there is no method ${name}`);
  return method;
}

function complete(schemas: Schemas, prefix: string, type: MessageDescriptor): MessageDescriptor {
  const name = prefix + type.name;
  const schema = schemas.message(name);
  return {
    ...type,
    field: (type.field ?? []).map((field): FieldDescriptor => {
      const resolved = schema.byName.get(field.name)?.type;
      const jsonName = jsonNameOf(field.name);
      return resolved === undefined || resolved.kind === 'scalar'
        ? { ...field, jsonName }
        : { ...field, jsonName, typeName: `.${resolved.name}` };
    }),
    nestedType: (type.nestedType ?? []).map((nested) => complete(schemas, `${name}.`, nested)),
  };
}

function messageNames(prefix: string, type: MessageDescriptor): string[] {
  const name = prefix + type.name;
  return [name, ...(type.nestedType ?? []).flatMap((nested) => messageNames(`${name}.`, nested))];
}

function symbolsOf(prefix: string, type: MessageDescriptor): string[] {
  const name = prefix + type.name;
  return [
    name,
    ...(type.field ?? []).map((field) => `${name}.${field.name}`),
    ...(type.oneofDecl ?? []).map((oneof) => `${name}.${oneof.name}`),
    ...(type.nestedType ?? []).flatMap((nested) => symbolsOf(`${name}.`, nested)),
    ...(type.enumType ?? []).flatMap((nested) => enumSymbols(`${name}.`, nested)),
  ];
}

/** The values of an enum are symbols beside it, not within it. */
function enumSymbols(prefix: string, type: EnumDescriptor): string[] {
  return [prefix + type.name, ...(type.value ?? []).map((value) => prefix + value.name)];
}

function isMessageType(entry: unknown): entry is MessageTypeDefinition<object, object> {
  return typeof entry === 'object' && entry !== null && 'deserialize' in entry && 'fileDescriptorProtos' in entry;
}
