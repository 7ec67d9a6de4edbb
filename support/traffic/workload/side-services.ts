import { type ServerDuplexStream, type ServiceError, status } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { messageOf } from '../../model/errors.js';
import { healthMethods } from './health.js';
import { reflectedFile } from './reflected-services.js';
import { reflectionMethods } from './reflection.js';

/** What can be said to whoever calls a method of a side service. */
export interface SideCall {
  send(message: object): void;
  end(): void;
  fail(error: Partial<ServiceError>): void;
}

/** A method of a service that is no workload of its own. */
export interface SideMethod {
  readonly definition: MethodDefinition<object, object>;
  answer(request: object, call: SideCall): void;
  /** The client has nothing more to say. */
  ended?(call: SideCall): void;
}

/** gRPC's health and reflection services, for what a workload serves. Messages are bytes to grpc-js, so that it needs no definitions. */
export class SideServices {
  readonly #methods: ReadonlyMap<string, SideMethod>;

  /** @param protoFile of the workload, shipped. @param name what others would import it as. */
  constructor(protoFile: string, name: string) {
    const file = reflectedFile(protoFile, name);
    const methods = [...healthMethods(file.services), ...reflectionMethods([file])];
    this.#methods = new Map(methods.map((method) => [method.definition.path, method]));
  }

  serve(path: string, stream: ServerDuplexStream<Buffer, Buffer>): void {
    const method = this.#methods.get(path);
    if (method === undefined) throw new Error(`no side service has a method ${path}`);
    const { definition } = method;
    const call: SideCall = {
      send: (message) => stream.write(definition.responseSerialize(message)),
      end: () => stream.end(),
      // This is how grpc-js's streaming handlers end with a status.
      fail: (error) => stream.emit('error', error),
    };
    stream.on('data', (bytes: Buffer) => {
      let request: object;
      try {
        request = definition.requestDeserialize(bytes);
      } catch (error) {
        call.fail({ code: status.INTERNAL, details: `the request cannot be read: ${messageOf(error)}` });
        return;
      }
      method.answer(request, call);
    });
    stream.on('end', () => method.ended?.(call));
  }
}
