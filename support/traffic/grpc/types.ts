import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protoLoader from '@grpc/proto-loader';
import { messageOf, UserError } from '../../model/errors.js';
import { nearest } from '../../model/nearest.js';
import { type MapForm, MessageJson, type MessageObject } from './message-json.js';
import { decodeDescriptorSet, decodeFileDescriptor, type FileDescriptor, Schemas } from './schema.js';

/** One method of a gRPC service: how it is called and what its messages look like. */
export interface MethodTypes {
  /** Fully qualified, for example `mirrorspec.echo.v1.Echo`. */
  readonly service: string;
  readonly method: string;
  /** `/<service>/<method>`, the HTTP path. */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  /** Fully qualified names of the message types. */
  readonly requestType: string;
  readonly responseType: string;
  /**
   * From proto3 JSON (names as `lowerCamelCase` or as in the .proto file; a `Uint8Array` is taken for bytes, too).
   * Throws {@link UserError} that names the offending field, and the nearest valid one where there is any.
   */
  encodeRequest(json: unknown): Buffer;
  encodeResponse(json: unknown): Buffer;
  /**
   * To proto3 JSON: bytes as base64, 64-bit integers as strings, enums as names, defaults visible (but for unset
   * messages, oneof members and `optional` fields). Throws where the bytes are no such message (protobufjs
   * takes a string that is cut short at the very end, though).
   */
  decodeRequest(bytes: Uint8Array): unknown;
  decodeResponse(bytes: Uint8Array): unknown;
}

export interface ServiceTypes {
  readonly name: string;
  readonly methods: readonly string[];
}

/** The services that are known from one source. */
export class GrpcTypes {
  readonly #definition: protoLoader.PackageDefinition;
  readonly #json: MessageJson;

  constructor(definition: protoLoader.PackageDefinition, files: readonly FileDescriptor[], maps: MapForm) {
    this.#definition = definition;
    this.#json = new MessageJson(new Schemas(files), definition, maps);
  }

  services(): readonly ServiceTypes[] {
    return Object.entries(this.#definition)
      .filter(([, entry]) => isService(entry))
      .map(([name, entry]) => ({ name, methods: Object.keys(entry) }));
  }

  /** `undefined` if there is no such service or method. `service` may begin with a dot. */
  findMethod(service: string, method: string): MethodTypes | undefined {
    const name = service.replace(/^\./, '');
    const entry = this.#definition[name];
    const definition = entry !== undefined && isService(entry) ? ownProperty(entry, method) : undefined;
    if (definition === undefined) return undefined;
    const types = this.#json.schemas.method(name, method);
    const json = this.#json;
    return {
      service: name,
      method,
      path: definition.path,
      requestStream: definition.requestStream,
      responseStream: definition.responseStream,
      requestType: types.request,
      responseType: types.response,
      encodeRequest: (value) => definition.requestSerialize(json.read(types.request, value)),
      encodeResponse: (value) => definition.responseSerialize(json.read(types.response, value)),
      decodeRequest: (bytes) => json.write(types.request, toObject(definition.requestDeserialize, bytes)),
      decodeResponse: (bytes) => json.write(types.response, toObject(definition.responseDeserialize, bytes)),
    };
  }

  /** Like {@link findMethod}; throws {@link UserError} with the nearest valid name. */
  method(service: string, method: string): MethodTypes {
    const found = this.findMethod(service, method);
    if (found !== undefined) return found;
    const services = this.services();
    const owner = services.find(({ name }) => name === service.replace(/^\./, ''));
    if (owner === undefined) {
      const names = services.map(({ name }) => name);
      throw new UserError(`There is no gRPC service "${service}"${hint(service, names)}`);
    }
    throw new UserError(`The gRPC service ${owner.name} has no method "${method}"${hint(method, owner.methods)}`);
  }
}

/** The services shipped with mirrorspec: `yages.Echo` and `mirrorspec.echo.v1.Echo`. Read once. */
export function loadBuiltinTypes(): GrpcTypes {
  builtin ??= loadProtoFiles(['yages.proto', 'echo.proto'], [protoDirectory()]);
  return builtin;
}
let builtin: GrpcTypes | undefined;

/**
 * Services from the user's `.proto` files, absolute or relative to one of `includeDirs`. Throws {@link UserError} where a
 * file cannot be read or parsed.
 */
export function loadProtoFiles(files: readonly string[], includeDirs: readonly string[]): GrpcTypes {
  const definition = readDefinition(files, includeDirs);
  return new GrpcTypes(definition, descriptorsOf(definition), 'object');
}

/** Services from a serialized `google.protobuf.FileDescriptorSet` that holds all files it depends on. */
export function loadDescriptorSet(descriptorSet: Uint8Array): GrpcTypes {
  const buffer = asBuffer(descriptorSet);
  try {
    // The schema comes from the bytes themselves: what protobufjs makes of them has lost json_name and `optional`.
    return new GrpcTypes(
      protoLoader.loadFileDescriptorSetFromBuffer(buffer, LOAD_OPTIONS),
      decodeDescriptorSet(buffer),
      'entries',
    );
  } catch (error) {
    throw new UserError(`The gRPC type descriptors cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

/** proto-loader's definitions of protos shipped with mirrorspec, for servers that work on message objects. */
export function builtinDefinition(file: string, options: protoLoader.Options = {}): protoLoader.PackageDefinition {
  return protoLoader.loadSync(join(protoDirectory(), file), {
    keepCase: true,
    includeDirs: [protoDirectory()],
    ...options,
  });
}

// Bytes stay buffers and 64-bit integers become strings; the rest is done by MessageJson, which knows the schema.
const LOAD_OPTIONS: protoLoader.Options = {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  arrays: true,
  objects: true,
  oneofs: false,
};

function readDefinition(files: readonly string[], includeDirs: readonly string[]): protoLoader.PackageDefinition {
  // protobufjs resolves imports of an absolute file against its own folder only; protoc asks for -I. Be lenient: both.
  const folders = files.filter((file) => isAbsolute(file)).map((file) => dirname(file));
  try {
    return protoLoader.loadSync([...files], {
      ...LOAD_OPTIONS,
      includeDirs: [...new Set([...includeDirs, ...folders])],
    });
  } catch (error) {
    throw new UserError(`The gRPC types cannot be read from ${files.join(', ')}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** All file descriptors of a definition: proto-loader hangs the whole list on every type. */
function descriptorsOf(definition: protoLoader.PackageDefinition): readonly FileDescriptor[] {
  for (const entry of Object.values(definition)) {
    const holder = isService(entry) ? Object.values(entry)[0]?.requestType : entry;
    if (holder !== undefined) return holder.fileDescriptorProtos.map(decodeFileDescriptor);
  }
  return [];
}

/**
 * Where the shipped `.proto` files are. They are not copied to `dist/`: the package carries the `support/traffic/protos`
 * folder, found upwards from this module. A `protos` folder beside a bundled script is found as well.
 */
function protoDirectory(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    for (const candidate of [join(folder, 'protos'), join(folder, 'support/traffic/protos')]) {
      if (existsSync(join(candidate, 'echo.proto'))) return candidate;
    }
    if (dirname(folder) === folder) throw new Error(`support/traffic/protos is missing from the package`);
  }
}

function isService(entry: protoLoader.AnyDefinition): entry is protoLoader.ServiceDefinition {
  return !('format' in entry && typeof entry.format === 'string');
}

function ownProperty<Value>(object: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function hint(word: string, valid: readonly string[]): string {
  const candidate = nearest(word, valid);
  const known = valid.length === 0 ? 'none is known' : `known: ${valid.join(', ')}`;
  return candidate === undefined ? ` (${known}).` : `; did you mean "${candidate}"? (${known})`;
}

function toObject(deserialize: protoLoader.Deserialize<object>, bytes: Uint8Array): MessageObject {
  return deserialize(asBuffer(bytes)) as MessageObject;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
