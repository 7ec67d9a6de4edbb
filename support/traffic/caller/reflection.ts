import { type Client, type ClientDuplexStream, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { REFLECTION_CALL_ID } from '../../model/call.js';
import { EnvironmentError, UserError } from '../../model/errors.js';
import { CALL_ID_HEADER } from '../../model/journal.js';
import { decodeFileDescriptor, joinFileDescriptors } from '../grpc/schema.js';
import { builtinDefinition, type GrpcTypes, loadDescriptorSet } from '../grpc/types.js';
import type { Target } from './exchange.js';
import { GrpcConnection } from './grpc-connection.js';
import { grpcStatusName } from './grpc-status.js';

/** Newest first. v1alpha is what most servers offered before 2023, and some still do. */
const VERSIONS = ['v1', 'v1alpha'] as const;
const PROTOCOLS = VERSIONS.map((version) => {
  const definition = builtinDefinition(`reflection_${version}.proto`);
  const service = definition[`grpc.reflection.${version}.ServerReflection`] as Record<string, Method>;
  return { version, method: service.ServerReflectionInfo as Method };
});

interface Method {
  readonly path: string;
  requestSerialize(request: object): Buffer;
  responseDeserialize(bytes: Buffer): object;
}

interface Answer {
  readonly file_descriptor_response?: { readonly file_descriptor_proto?: readonly Buffer[] } | null;
  readonly list_services_response?: { readonly service?: readonly { readonly name: string }[] } | null;
  readonly error_response?: { readonly error_code?: number; readonly error_message?: string } | null;
}

/**
 * Asks a server for the types of one of its services (gRPC server reflection), over a connection of its own that is
 * closed again before this returns. Throws `UserError` if the server has no reflection or not the service, and
 * `EnvironmentError` if it cannot be asked.
 */
export async function reflectTypes(target: Target, service: string, timeoutMs: number): Promise<GrpcTypes> {
  const connection = new GrpcConnection(target, () => undefined);
  const client = await connection.client(Date.now() + timeoutMs);
  try {
    for (const protocol of PROTOCOLS) {
      const conversation = new Conversation(client, protocol.method, target, timeoutMs);
      try {
        return loadDescriptorSet(joinFileDescriptors(await filesOf(conversation, service)));
      } catch (error) {
        if (!isUnimplemented(error)) throw inWords(error, target);
      } finally {
        conversation.end();
      }
    }
    throw new UserError(
      `The server at ${place(target)} does not offer gRPC reflection. Name the .proto files of ${service} instead.`,
    );
  } finally {
    await connection.close();
  }
}

/** The file that declares the service, and all files that it depends on: a server may send them unasked, or not. */
async function filesOf(conversation: Conversation, service: string): Promise<readonly Buffer[]> {
  const files = new Map<string, Buffer>();
  const missing = new Set<string>();
  const take = (answer: Answer): void => {
    for (const bytes of answer.file_descriptor_response?.file_descriptor_proto ?? []) {
      const { name, dependency } = decodeFileDescriptor(bytes);
      files.set(name, bytes);
      for (const needed of dependency ?? []) missing.add(needed);
    }
    for (const name of files.keys()) missing.delete(name);
  };

  const found = await conversation.ask({ file_containing_symbol: service });
  if (found.error_response != null) throw await noSuchService(conversation, service, found.error_response);
  take(found);
  for (let [name] = missing; name !== undefined; [name] = missing) {
    const answer = await conversation.ask({ file_by_filename: name });
    if (answer.error_response != null) {
      throw new UserError(
        `The server's reflection does not know ${name}, which the types of ${service} depend on: ` +
          `${answer.error_response.error_message ?? ''}. Name the .proto files instead.`,
      );
    }
    take(answer);
    missing.delete(name);
  }
  return [...files.values()];
}

async function noSuchService(
  conversation: Conversation,
  service: string,
  reason: { readonly error_code?: number; readonly error_message?: string },
): Promise<UserError> {
  const { list_services_response: list } = await conversation.ask({ list_services: '' });
  const names = (list?.service ?? []).map(({ name }) => name).filter((name) => !name.startsWith('grpc.reflection.'));
  const has = names.length === 0 ? 'it names no services' : `it has ${names.sort().join(', ')}`;
  const said = `${grpcStatusName(reason.error_code ?? 2)}${reason.error_message ? `: ${reason.error_message}` : ''}`;
  return new UserError(`The server has no gRPC service ${service} (${said}); ${has}.`);
}

/** So that whoever sees the questions on the wire knows what they are. */
function marked(): Metadata {
  const metadata = new Metadata();
  metadata.set(CALL_ID_HEADER, REFLECTION_CALL_ID);
  return metadata;
}

/** One stream of questions, each answered before the next one is asked. */
class Conversation {
  readonly #stream: ClientDuplexStream<object, object>;
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  #error: Error | undefined;

  constructor(client: Client, method: Method, target: Target, timeoutMs: number) {
    this.#stream = client.makeBidiStreamRequest(
      method.path,
      (request: object) => method.requestSerialize(request),
      (bytes: Buffer) => method.responseDeserialize(bytes),
      marked(),
      { deadline: Date.now() + timeoutMs, host: target.authority },
    );
    this.#stream.on('data', (answer: Answer) => {
      this.#waiting?.resolve(answer);
      this.#waiting = undefined;
    });
    const over = (error: Error): void => {
      this.#error ??= error;
      this.#waiting?.reject(error);
      this.#waiting = undefined;
    };
    this.#stream.on('error', over);
    this.#stream.on('end', () => over(new Error('the server ended the conversation')));
  }

  ask(question: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) {
        reject(this.#error);
        return;
      }
      this.#waiting = { resolve, reject };
      this.#stream.write(question);
    });
  }

  end(): void {
    this.#stream.end();
  }
}

function isUnimplemented(error: unknown): boolean {
  return isServiceError(error) && error.code === status.UNIMPLEMENTED;
}

function inWords(error: unknown, target: Target): unknown {
  if (!isServiceError(error)) return error;
  return new EnvironmentError(
    `The gRPC server at ${place(target)} cannot be asked for its types: ${grpcStatusName(error.code)}: ${error.details}`,
    { cause: error },
  );
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error;
}

function place({ host, port }: Target): string {
  return `${host}:${port}`;
}
