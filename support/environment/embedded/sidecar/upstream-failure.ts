/** Why there is no response from upstream, in the words of Envoy (`StreamResetReason`). */
export type ResetReason =
  | 'remote connection failure'
  | 'connection timeout'
  | 'connection termination'
  | 'remote reset'
  | 'remote refused stream reset'
  | 'protocol error';

/** The upstream failed before its response began. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly reason: ResetReason;
  /** 502 where upstream does not speak the protocol, else 503 (Envoy `Filter::streamResetReasonToResponseFlag`). */
  readonly status: number;

  /** @param detail the transport's own account, for example `delayed connect error: Connection refused` */
  constructor(reason: ResetReason, detail?: string, cause?: unknown) {
    const transport = detail === undefined ? '' : `, transport failure reason: ${detail}`;
    super(`upstream connect error or disconnect/reset before headers. reset reason: ${reason}${transport}`, { cause });
    this.reason = reason;
    this.status = reason === 'protocol error' ? 502 : 503;
  }
}

/** gRPC `UNAVAILABLE`, to which gRPC maps 502 and 503 alike. */
export const GRPC_UNAVAILABLE = '14';
/** gRPC `PERMISSION_DENIED`, which stands for 403. */
export const GRPC_PERMISSION_DENIED = '7';

/** The failure that an error of a socket or of an HTTP/1.1 client stands for. */
export function upstreamFailureOf(error: unknown): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  const code = codeOf(error);
  if (code.startsWith('HPE_')) return new UpstreamFailure('protocol error', undefined, error);
  return new UpstreamFailure('connection termination', undefined, error);
}

export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code ?? '';
}
