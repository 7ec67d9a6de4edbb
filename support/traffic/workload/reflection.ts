import { status } from '@grpc/grpc-js';
import { builtinDefinition } from '../grpc/types.js';
import { grpcMethod, grpcService, type ReflectedFile, reflectedFile } from './reflected-services.js';
import type { SideMethod } from './side-services.js';

/** Both versions of the protocol have the same messages; tools older than 2023 know only v1alpha. */
const VERSIONS = ['v1', 'v1alpha'].map((version) => ({
  service: grpcService(
    builtinDefinition(`reflection_${version}.proto`, { oneofs: true }),
    `grpc.reflection.${version}.ServerReflection`,
  ),
  file: reflectedFile(`reflection_${version}.proto`, `grpc/reflection/${version}/reflection.proto`),
}));

const HEALTH = reflectedFile('health.proto', 'grpc/health/v1/health.proto');

interface ReflectionRequest {
  readonly host?: string;
  readonly message_request?: string;
  readonly file_by_filename?: string;
  readonly file_containing_symbol?: string;
  readonly file_containing_extension?: { readonly containing_type?: string; readonly extension_number?: number };
  readonly all_extension_numbers_of_type?: string;
}

/** Server reflection (v1 and v1alpha) for the given files, for itself and for the health service. */
export function reflectionMethods(workloadFiles: readonly ReflectedFile[]): SideMethod[] {
  const files = [...workloadFiles, HEALTH, ...VERSIONS.map(({ file }) => file)];
  return VERSIONS.map(({ service }) => ({
    definition: grpcMethod(service, 'ServerReflectionInfo'),
    answer(request: ReflectionRequest, call) {
      const answer = answerTo(request, files);
      if (answer !== undefined) {
        call.send({ valid_host: request.host ?? '', original_request: request, ...answer });
        return;
      }
      call.fail({ code: status.INVALID_ARGUMENT, details: `invalid MessageRequest: ${request.message_request}` });
    },
    ended: (call) => call.end(),
  }));
}

/** `undefined` where nothing is asked. */
function answerTo(request: ReflectionRequest, files: readonly ReflectedFile[]): object | undefined {
  switch (request.message_request) {
    case 'list_services': {
      const names = files.flatMap(({ services }) => services).sort();
      return { list_services_response: { service: names.map((name) => ({ name })) } };
    }
    case 'file_by_filename':
      return fileAnswer(
        files.find(({ name }) => name === request.file_by_filename),
        `no such file: ${request.file_by_filename}`,
      );
    case 'file_containing_symbol': {
      const symbol = (request.file_containing_symbol ?? '').replace(/^\./, '');
      return fileAnswer(
        files.find(({ symbols }) => symbols.has(symbol)),
        `no such symbol: ${symbol}`,
      );
    }
    case 'file_containing_extension': {
      const { containing_type: type, extension_number: number } = request.file_containing_extension ?? {};
      return notFound(`no such extension: ${number} of ${type}`);
    }
    case 'all_extension_numbers_of_type': {
      const type = request.all_extension_numbers_of_type ?? '';
      // No shipped file has extensions.
      return files.some(({ messages }) => messages.has(type))
        ? { all_extension_numbers_response: { base_type_name: type, extension_number: [] } }
        : notFound(`no such message type: ${type}`);
    }
    default:
      return undefined;
  }
}

function fileAnswer(file: ReflectedFile | undefined, otherwise: string): object {
  return file === undefined
    ? notFound(otherwise)
    : { file_descriptor_response: { file_descriptor_proto: [file.bytes] } };
}

function notFound(message: string): object {
  return { error_response: { error_code: status.NOT_FOUND, error_message: message } };
}
