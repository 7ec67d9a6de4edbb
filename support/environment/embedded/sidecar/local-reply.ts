import { addResponseFields, type Fields, isGrpcRequest, type Side } from './headers.js';
import { GRPC_UNAVAILABLE, type UpstreamFailure } from './upstream-failure.js';

/** An answer that the sidecar gives itself. */
export interface LocalReply {
  readonly status: number;
  readonly fields: Fields;
  /** Empty for gRPC: the status is in the head (trailers-only). */
  readonly body: string;
}

/** The answer to a request whose upstream failed, as Envoy words it. */
export function failureReply(request: Fields, side: Side, failure: UpstreamFailure): LocalReply {
  const fields: Fields = Object.create(null);
  if (isGrpcRequest(request)) {
    fields['content-type'] = 'application/grpc';
    fields['grpc-status'] = GRPC_UNAVAILABLE;
    fields['grpc-message'] = percentEncoded(failure.message);
    addResponseFields(fields, side, undefined);
    return { status: 200, fields, body: '' };
  }
  fields['content-length'] = String(Buffer.byteLength(failure.message));
  fields['content-type'] = 'text/plain';
  addResponseFields(fields, side, undefined);
  return { status: failure.status, fields, body: failure.message };
}

/** `grpc-message` is percent-encoded outside of printable ASCII (gRPC "PROTOCOL-HTTP2.md"). */
function percentEncoded(text: string): string {
  return text.replace(/[^ -$&-~]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
