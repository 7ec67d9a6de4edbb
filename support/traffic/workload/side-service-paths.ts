import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import { SIDE_SERVICES } from './libraries.js';
import type { SideServices } from './side-services.js';

const PATHS = [
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/Watch',
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
];

/**
 * Adds gRPC's health service and server reflection (v1 and v1alpha). What they know is read when they are first called: reading it takes
 * longer than loading grpc-js, and few calls ask for it.
 */
export function addSideServices(server: Server, protoFile: string, name: string): void {
  let services: SideServices | undefined;
  const asBytes = (bytes: Buffer): Buffer => bytes;
  for (const path of PATHS) {
    // On the wire all kinds of calls are alike.
    const serve = (call: ServerDuplexStream<Buffer, Buffer>): void =>
      SIDE_SERVICES.use((part) => {
        services ??= new part.SideServices(protoFile, name);
        services.serve(path, call);
      });
    server.register(path, serve, asBytes, asBytes, 'bidi');
  }
}
