/** How a connection ended: orderly, reset, or lost for another reason. */
export type ConnectionEnd = 'fin' | 'rst' | 'lost';

/** What a connection turns into. */
export type NextStage =
  | 'http1'
  | 'http2'
  | 'tls'
  /** HTTP/2 frames whose beginning went by. */
  | 'http2-without-preface'
  | 'no-http'
  /** The client offered an upgrade; the next bytes tell whether it was accepted, and for what. */
  | 'after-upgrade'
  /** Another protocol took over. */
  | 'upgraded';

/** What a stage leaves to the next one. */
export interface Handover {
  readonly next: NextStage | ConnectionStage;
  readonly data: Buffer;
}

/** Decodes a connection while it is of one nature. */
export interface ConnectionStage {
  /** Takes bytes; they must not be kept without a copy. A handover ends the stage's life. */
  push(data: Buffer): Handover | undefined;
  /** Writes what it knows of undecoded bytes; the connection goes on. */
  flush(): void;
  /** The connection is over: writes the records of what was under way, but not those of undecoded bytes. */
  end(how: ConnectionEnd, detail: string | undefined): void;
}

/** The `reset` of a request that was under way when its connection ended. */
export function resetOf(how: ConnectionEnd, detail: string | undefined): readonly [code: string, detail: string] {
  switch (how) {
    case 'fin':
      return ['closed', detail ?? 'the connection was closed before the request was complete'];
    case 'rst':
      return ['ECONNRESET', detail ?? 'the connection was reset before the request was complete'];
    case 'lost':
      return ['lost', detail ?? 'the connection was lost before the request was complete'];
  }
}
