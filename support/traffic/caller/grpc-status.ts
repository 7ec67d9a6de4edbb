/** Names of the gRPC status codes, by number. Source: gRPC "statuscodes.md". */
const GRPC_STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export function grpcStatusName(code: number): string {
  return GRPC_STATUS_NAMES[code] ?? String(code);
}

/** In words why a gRPC answer is no success; `undefined` for status 0. */
export function grpcStatusError(code: number, message: string): string | undefined {
  if (code === 0) return undefined;
  return `the answer's gRPC status is ${code} (${grpcStatusName(code)})${message === '' ? '' : `: ${message}`}`;
}

/** `grpc-message` is percent-encoded UTF-8 on the wire; what cannot be decoded is taken as it is. */
export function decodeGrpcMessage(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The inverse: everything outside of printable ASCII, and `%`, is encoded (gRPC "PROTOCOL-HTTP2.md"). */
export function encodeGrpcMessage(message: string): string {
  return message.replace(/[^\x20-\x24\x26-\x7e]+/gu, (part) =>
    Buffer.from(part, 'utf8').toString('hex').toUpperCase().replace(/../g, '%$&'),
  );
}
