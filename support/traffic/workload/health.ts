import { status } from '@grpc/grpc-js';
import { builtinDefinition } from '../grpc/types.js';
import { grpcMethod, grpcService } from './reflected-services.js';
import type { SideMethod } from './side-services.js';

const DEFINITION = grpcService(builtinDefinition('health.proto'), 'grpc.health.v1.Health');

interface HealthRequest {
  readonly service?: string;
}

interface HealthResponse {
  readonly status: 'SERVING' | 'SERVICE_UNKNOWN';
}

/** gRPC's health service. A workload takes calls as long as it runs. Source: "GRPC Health Checking Protocol". */
export function healthMethods(services: readonly string[]): SideMethod[] {
  const serves = ({ service = '' }: HealthRequest): boolean => service === '' || services.includes(service);
  const SERVING: HealthResponse = { status: 'SERVING' };
  const UNKNOWN: HealthResponse = { status: 'SERVICE_UNKNOWN' };
  return [
    {
      definition: grpcMethod(DEFINITION, 'Check'),
      answer(request: HealthRequest, call) {
        if (!serves(request)) {
          call.fail({ code: status.NOT_FOUND, details: `unknown service ${request.service}` });
          return;
        }
        call.send(SERVING);
        call.end();
      },
    },
    {
      definition: grpcMethod(DEFINITION, 'Watch'),
      // Nothing ever changes: one answer, and the stream stays open until the client ends it.
      answer: (request: HealthRequest, call) => call.send(serves(request) ? SERVING : UNKNOWN),
    },
  ];
}
