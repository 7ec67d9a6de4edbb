import type { CallPlan, GrpcMethod } from '../../model/call.js';
import type { Interaction } from '../../model/protocol.js';
import { type GrpcTypes, loadBuiltinTypes, loadProtoFiles, type MethodTypes } from '../grpc/types.js';
import { loadReflection } from './libraries.js';

type FileSource = Exclude<GrpcMethod['types'], { readonly source: 'reflection' }>;

const fromFiles = new Map<string, GrpcTypes>();

/** Types that are read from disk, once for each set of files. Throws `UserError` if they cannot be read. */
export function typesFrom(source: FileSource): GrpcTypes {
  if (source.source === 'builtin') return loadBuiltinTypes();
  const key = JSON.stringify([source.files, source.includeDirs]);
  const types = fromFiles.get(key) ?? loadProtoFiles(source.files, source.includeDirs);
  fromFiles.set(key, types);
  return types;
}

/** Finds the methods of gRPC plans. Servers are asked for a service's types once. */
export class MethodFinder {
  readonly #reflected = new Map<string, Promise<GrpcTypes>>();

  /** Throws `UserError` where there is no such method, or no types to know it by. */
  async find(plan: CallPlan): Promise<MethodTypes> {
    const { service, method, types } = plan.grpc ?? echoMethod(plan.interaction);
    return (types.source === 'reflection' ? await this.#reflect(plan, service) : typesFrom(types)).method(
      service,
      method,
    );
  }

  #reflect({ target, timeoutMs }: CallPlan, service: string): Promise<GrpcTypes> {
    const key = `${target.host} ${target.port} ${service}`;
    let types = this.#reflected.get(key);
    if (types === undefined) {
      types = loadReflection().then(({ reflectTypes }) => reflectTypes(target, service, timeoutMs));
      this.#reflected.set(key, types);
      // What failed is tried again by the next call.
      types.catch(() => this.#reflected.delete(key));
    }
    return types;
  }
}

/** The method called where a plan names none: the echo service's for this interaction. */
function echoMethod(interaction: Interaction): GrpcMethod {
  return { service: 'mirrorspec.echo.v1.Echo', method: ECHO_METHODS[interaction], types: { source: 'builtin' } };
}

const ECHO_METHODS: Readonly<Record<Interaction, string>> = {
  unary: 'Unary',
  'client-streaming': 'ClientStream',
  'server-streaming': 'ServerStream',
  'bidi-streaming': 'BidiStream',
};
