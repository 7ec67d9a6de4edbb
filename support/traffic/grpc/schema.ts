import protoLoader from '@grpc/proto-loader';

/** The parts of `google.protobuf.FileDescriptorProto` that matter here. */
export interface FileDescriptor {
  readonly name: string;
  readonly package?: string;
  readonly dependency?: readonly string[];
  readonly messageType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
  readonly service?: readonly ServiceDescriptor[];
  readonly syntax?: string;
}

export interface MessageDescriptor {
  readonly name: string;
  readonly field?: readonly FieldDescriptor[];
  readonly nestedType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
  readonly oneofDecl?: readonly { readonly name: string }[];
  readonly options?: { readonly mapEntry?: boolean } | null;
}

export interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: 'LABEL_OPTIONAL' | 'LABEL_REQUIRED' | 'LABEL_REPEATED';
  readonly type: string;
  readonly typeName?: string;
  readonly oneofIndex?: number;
  readonly jsonName?: string;
  readonly proto3Optional?: boolean;
}

export interface EnumDescriptor {
  readonly name: string;
  readonly value?: readonly { readonly name: string; readonly number: number }[];
}

export interface ServiceDescriptor {
  readonly name: string;
  readonly method?: readonly {
    readonly name: string;
    readonly inputType: string;
    readonly outputType: string;
    readonly clientStreaming?: boolean;
    readonly serverStreaming?: boolean;
  }[];
}

export interface MessageSchema {
  /** Fully qualified, without a leading dot. */
  readonly name: string;
  readonly fields: readonly FieldSchema[];
  /** By the name in the .proto file and by the JSON name. */
  readonly byName: ReadonlyMap<string, FieldSchema>;
}

export interface FieldSchema {
  readonly name: string;
  readonly jsonName: string;
  readonly type: FieldType;
  readonly repeated: boolean;
  /** Set for a map: the type of its keys; `type` is then the type of its values. */
  readonly mapKey?: FieldType;
  /** Set for a member of a oneof: the oneof's name. */
  readonly oneof?: string;
}

export type FieldType =
  | { readonly kind: 'scalar'; readonly scalar: string }
  | { readonly kind: 'message' | 'enum'; readonly name: string };

/** Message and enum types by name, made of file descriptors. Types are resolved when they are first asked for. */
export class Schemas {
  readonly #messages = new Map<string, MessageDescriptor>();
  readonly #enums = new Map<string, EnumDescriptor>();
  readonly #services = new Map<string, ServiceDescriptor>();
  readonly #schemas = new Map<string, MessageSchema>();

  constructor(files: readonly FileDescriptor[]) {
    for (const file of files) {
      const prefix = file.package === undefined || file.package === '' ? '' : `${file.package}.`;
      for (const type of file.messageType ?? []) this.#addMessage(prefix, type);
      for (const type of file.enumType ?? []) this.#enums.set(prefix + type.name, type);
      for (const service of file.service ?? []) this.#services.set(prefix + service.name, service);
    }
  }

  /** The request and response types of a method that exists. */
  method(service: string, method: string): { readonly request: string; readonly response: string } {
    const found = this.#services.get(service)?.method?.find(({ name }) => name === method);
    if (found === undefined) throw new Error(`no descriptor of the method ${service}/${method}`);
    return { request: this.#resolve(found.inputType, service), response: this.#resolve(found.outputType, service) };
  }

  hasMessage(name: string): boolean {
    return this.#messages.has(name);
  }

  message(name: string): MessageSchema {
    let schema = this.#schemas.get(name);
    if (schema === undefined) {
      const descriptor = this.#messages.get(name);
      if (descriptor === undefined) throw new Error(`no descriptor of the message ${name}`);
      schema = this.#schemaOf(name, descriptor);
      this.#schemas.set(name, schema);
    }
    return schema;
  }

  enumValues(name: string): ReadonlyMap<string, number> {
    const descriptor = this.#enums.get(name);
    if (descriptor === undefined) throw new Error(`no descriptor of the enum ${name}`);
    return new Map(descriptor.value?.map((value) => [value.name, value.number]));
  }

  #addMessage(prefix: string, type: MessageDescriptor): void {
    const name = prefix + type.name;
    this.#messages.set(name, type);
    for (const nested of type.nestedType ?? []) this.#addMessage(`${name}.`, nested);
    for (const nested of type.enumType ?? []) this.#enums.set(`${name}.${nested.name}`, nested);
  }

  #schemaOf(name: string, descriptor: MessageDescriptor): MessageSchema {
    const fields = (descriptor.field ?? []).map((field) => this.#fieldOf(name, descriptor, field));
    const byName = new Map<string, FieldSchema>();
    for (const field of fields) byName.set(field.jsonName, field);
    for (const field of fields) byName.set(field.name, field);
    return { name, fields, byName };
  }

  #fieldOf(scope: string, owner: MessageDescriptor, field: FieldDescriptor): FieldSchema {
    const type = this.#typeOf(scope, field);
    const common = { name: field.name, jsonName: field.jsonName || jsonNameOf(field.name) };
    if (type.kind === 'message') {
      const entry = this.#messages.get(type.name);
      const [key, value] = entry?.field ?? [];
      if (entry?.options?.mapEntry === true && key !== undefined && value !== undefined) {
        const mapKey = this.#typeOf(type.name, key);
        return { ...common, type: this.#typeOf(type.name, value), repeated: false, mapKey };
      }
    }
    const oneof = field.oneofIndex === undefined ? undefined : owner.oneofDecl?.[field.oneofIndex]?.name;
    return { ...common, type, repeated: field.label === 'LABEL_REPEATED', ...(oneof === undefined ? {} : { oneof }) };
  }

  #typeOf(scope: string, field: FieldDescriptor): FieldType {
    switch (field.type) {
      case 'TYPE_MESSAGE':
      case 'TYPE_GROUP':
        return { kind: 'message', name: this.#resolve(field.typeName ?? '', scope) };
      case 'TYPE_ENUM':
        return { kind: 'enum', name: this.#resolve(field.typeName ?? '', scope) };
      default:
        return { kind: 'scalar', scalar: field.type.replace('TYPE_', '').toLowerCase() };
    }
  }

  /**
   * Full name of a type reference. protoc writes `.full.Name`; protobufjs writes names as they were in the source, to be
   * looked up from the innermost scope outwards.
   */
  #resolve(reference: string, scope: string): string {
    if (reference.startsWith('.')) return reference.slice(1);
    for (let at = scope; at !== ''; at = at.includes('.') ? at.slice(0, at.lastIndexOf('.')) : '') {
      const name = `${at}.${reference}`;
      if (this.#messages.has(name) || this.#enums.has(name)) return name;
    }
    return reference;
  }
}

/** Decodes one `google.protobuf.FileDescriptorProto`. */
export function decodeFileDescriptor(bytes: Buffer): FileDescriptor {
  return descriptorType('google.protobuf.FileDescriptorProto').deserialize(bytes) as FileDescriptor;
}

/** Decodes a `google.protobuf.FileDescriptorSet`. */
export function decodeDescriptorSet(bytes: Buffer): readonly FileDescriptor[] {
  const set = descriptorType('google.protobuf.FileDescriptorSet').deserialize(bytes);
  return (set as { file?: readonly FileDescriptor[] }).file ?? [];
}

export function encodeFileDescriptor(file: FileDescriptor): Buffer {
  return descriptorType('google.protobuf.FileDescriptorProto').serialize(file);
}

/** Joins serialized `FileDescriptorProto`s (as server reflection answers them) to one `FileDescriptorSet`, as they are. */
export function joinFileDescriptors(files: readonly Uint8Array[]): Buffer {
  // Field 1, length-delimited. Not decoded: options that are unknown here would be lost.
  return Buffer.concat(files.flatMap((file) => [Buffer.from([0x0a, ...varint(file.length)]), file]));
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

type MessageType = protoLoader.MessageTypeDefinition<object, object>;

let descriptorTypes: protoLoader.PackageDefinition | undefined;
function descriptorType(name: string): MessageType {
  // Comes with protobufjs, with names in camel case; nothing is read from disk. Without `defaults` an absent field stays `undefined`.
  descriptorTypes ??= protoLoader.loadSync('google/protobuf/descriptor.proto', {
    longs: String,
    enums: String,
  });
  return descriptorTypes[name] as MessageType;
}

/** The JSON name that protoc gives a field: letters after underscores in upper case, underscores dropped. */
export function jsonNameOf(name: string): string {
  return name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase());
}
