import { type handleServerStreamingCall, type handleUnaryCall, type Server, status } from '@grpc/grpc-js';
import { builtinDefinition } from '../grpc/types.js';
import { grpcService } from './reflected-services.js';

const DEFINITION = grpcService(builtinDefinition('health.proto'), 'grpc.health.v1.Health');

interface HealthRequest {
  readonly service?: string;
}

interface HealthResponse {
  readonly status: 'SERVING' | 'SERVICE_UNKNOWN';
}

/** Adds gRPC's health service. A workload takes calls as long as it runs. Source: "GRPC Health Checking Protocol". */
export function addHealth(server: Server, services: readonly string[]): void {
  const serves = (service: string | undefined): boolean => (service ?? '') === '' || services.includes(service ?? '');
  const check: handleUnaryCall<HealthRequest, HealthResponse> = (call, answer) => {
    if (serves(call.request.service)) answer(null, { status: 'SERVING' });
    else answer({ code: status.NOT_FOUND, details: `unknown service ${call.request.service}` });
  };
  // Nothing ever changes: one answer, and the stream stays open until the client ends it.
  const watch: handleServerStreamingCall<HealthRequest, HealthResponse> = (call) => {
    call.write({ status: serves(call.request.service) ? 'SERVING' : 'SERVICE_UNKNOWN' });
  };
  server.addService(DEFINITION, { Check: check, Watch: watch });
}
