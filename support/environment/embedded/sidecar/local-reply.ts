import { encodeGrpcMessage } from '../../../wire/grpc-message.js';
import type { Arrival } from './arrival.js';
import { type Fields, isGrpcRequest } from './headers.js';
import { GRPC_PERMISSION_DENIED, GRPC_UNAVAILABLE, type UpstreamFailure } from './upstream-failure.js';

/** An answer that the sidecar gives itself. */
export interface LocalReply {
  readonly status: number;
  readonly fields: Fields;
  /** Empty for gRPC: the status is in the head (trailers-only). */
  readonly body: string;
}

/** The answer to a request whose upstream failed, as Envoy words it. */
export function failureReply(request: Fields, answering: Answering, { status, message }: UpstreamFailure): LocalReply {
  return localReply(request, answering, { status, grpcStatus: GRPC_UNAVAILABLE, message });
}

/** The answer to a request that an authorization policy denies, in the words of Envoy's filter `rbac`. */
export function denialReply(request: Fields, answering: Answering): LocalReply {
  return localReply(request, answering, {
    status: 403,
    grpcStatus: GRPC_PERMISSION_DENIED,
    message: 'RBAC: access denied',
  });
}

/** Who answers. */
type Answering = Pick<Arrival, 'dialect' | 'side'>;

interface Reason {
  readonly status: number;
  readonly grpcStatus: string;
  readonly message: string;
}

function localReply(request: Fields, { dialect, side }: Answering, reason: Reason): LocalReply {
  const { grpcStatus, message } = reason;
  const fields: Fields = Object.create(null);
  const status = dialect.failure(fields, reason);
  if (isGrpcRequest(request)) {
    fields['content-type'] = 'application/grpc';
    fields['grpc-status'] = grpcStatus;
    fields['grpc-message'] = encodeGrpcMessage(message);
    dialect.response(fields, side, undefined);
    return { status: 200, fields, body: '' };
  }
  fields['content-length'] = String(Buffer.byteLength(message));
  fields['content-type'] = 'text/plain';
  dialect.response(fields, side, undefined);
  return { status, fields, body: message };
}
