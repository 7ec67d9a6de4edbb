import type { ServerExchange } from './server-exchange.js';

export const ECHO_SERVICE = 'mirrorspec.echo.v1.Echo';

/** True for gRPC-Web calls, and for preflight requests of browsers that may be for them. */
export function isGrpcWeb(exchange: ServerExchange): boolean {
  const { method, path } = exchange.head;
  if (method !== 'OPTIONS') return exchange.header('content-type')?.startsWith('application/grpc-web') === true;
  return path.startsWith(`/${ECHO_SERVICE}/`) && exchange.header('access-control-request-method') !== undefined;
}
