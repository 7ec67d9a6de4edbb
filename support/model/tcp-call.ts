/**
 * How a call over raw TCP carries its unique id: in its bytes, for there is nowhere else. The caller says first, in one line of its
 * own, `<mirrorspec-call 0123456789abcdef unary length=12>`, and what the workload `echo` is to do with what follows. The line is not
 * part of the message. Another workload may not understand such a line: where a message has `{call-id}` in it, no line is sent and the
 * id stands there instead, as `<mirrorspec-call 0123456789abcdef>`.
 */

/** Where a message of the caller gets the call's id. */
export const CALL_ID_PLACE = '{call-id}';

/** The id is looked for in so many bytes at the beginning of a connection. */
export const CALL_ID_WITHIN_BYTES = 4096;

/** The head of a call's exchange in a journal has this for its method; its path is the operation. */
export const TCP_METHOD = 'TCP';

/** How many answers the echo workload gives to a server-streaming call that does not say it. */
export const DEFAULT_ANSWERS = 3;

const LONGEST_LINE = 256;
const START = '<mirrorspec-call ';
const LINE = /^<mirrorspec-call ([0-9a-f]{16}) ([\x20-\x3d\x3f-\x7e]+)>\n/;
const PLACED = /<mirrorspec-call ([0-9a-f]{16})>/;

export interface TcpCallHead {
  readonly call: string;
  /** What the line asks the workload for; empty where the id stands in the message. */
  readonly operation: string;
  /** Where the message begins. */
  readonly bodyStart: number;
}

/** The line in front of the message. */
export function tcpCallLine(call: string, operation: string): Buffer {
  return Buffer.from(`${START}${call} ${operation}>\n`, 'latin1');
}

/** A message with the call's id in its place, where it has one. */
export function withCallId(message: Buffer, call: string): Buffer {
  if (!hasCallIdPlace(message)) return message;
  return Buffer.from(message.toString('latin1').replaceAll(CALL_ID_PLACE, `${START}${call}>`), 'latin1');
}

export function hasCallIdPlace(message: Uint8Array): boolean {
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength).includes(CALL_ID_PLACE);
}

/**
 * Reads which call a connection is from its first bytes. `more`: they are the beginning of a call's line. `unknown`: there is no id so
 * far; it may still come, up to {@link CALL_ID_WITHIN_BYTES}. `none`: it is no call.
 */
export function readTcpCall(head: Buffer): TcpCallHead | 'more' | 'unknown' | 'none' {
  const text = head.toString('latin1', 0, Math.min(head.length, CALL_ID_WITHIN_BYTES));
  const [line, call, operation] = LINE.exec(text) ?? [];
  if (line !== undefined && call !== undefined && operation !== undefined) {
    return { call, operation, bodyStart: line.length };
  }
  const [, placed] = PLACED.exec(text) ?? [];
  if (placed !== undefined) return { call: placed, operation: '', bodyStart: 0 };
  if (START.startsWith(text.slice(0, START.length)) && text.length < LONGEST_LINE && !text.includes('\n'))
    return 'more';
  return text.length < CALL_ID_WITHIN_BYTES ? 'unknown' : 'none';
}
