/** The end of one connection, as ztunnel's access log has it (ztunnel `src/telemetry.rs`, `src/proxy/metrics.rs`). */
export interface ConnectionEnd {
  readonly direction: 'inbound' | 'outbound';
  /** `address:port`. */
  readonly source: string;
  readonly sourceIdentity?: string | undefined;
  readonly destination: string;
  /** Where in the tunnel it goes to. Absent: there is no tunnel. */
  readonly tunnelled?: string | undefined;
  readonly service?: string | undefined;
  readonly destinationIdentity?: string | undefined;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly durationMs: number;
  readonly error?: string | undefined;
}

/** What is known when a connection begins. */
export type ConnectionStart = Omit<ConnectionEnd, 'bytesSent' | 'bytesReceived' | 'durationMs' | 'error'>;

/** Takes what becomes of connections. */
export type AccessLog = (said: ConnectionStart | ConnectionEnd) => void;

export const NOTHING_PASSED = { bytesSent: 0, bytesReceived: 0 } as const;

/** One line for a connection that begins, which ztunnel writes at the level debug, or for one that has ended. */
export function accessLine(end: ConnectionStart | ConnectionEnd): string {
  const ended = 'durationMs' in end;
  const fields: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ['src.addr', end.source],
    ['src.identity', quoted(end.sourceIdentity)],
    ['dst.addr', end.destination],
    ['dst.hbone_addr', end.tunnelled],
    ['dst.service', quoted(end.service)],
    ['dst.identity', quoted(end.destinationIdentity)],
    ['direction', quoted(end.direction)],
    ...(ended
      ? ([
          ['bytes_sent', end.bytesSent],
          ['bytes_recv', end.bytesReceived],
          ['duration', quoted(`${Math.round(end.durationMs)}ms`)],
          ['error', quoted(end.error)],
        ] as const)
      : []),
  ];
  const said = fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  if (!ended) return `debug access connection opened ${said.join(' ')}`;
  return `${end.error === undefined ? 'info' : 'error'} access connection complete ${said.join(' ')}`;
}

function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : JSON.stringify(text);
}
