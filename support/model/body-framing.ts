import type { Header } from './journal.js';

/**
 * How a plain HTTP body is cut into messages. Its content type says so, never the pieces in which it travels: chunks and DATA
 * frames belong to one connection, and every proxy may cut them anew (RFC 9112 §7.1, RFC 9113 §6.1).
 *
 * - `whole`: all of the body is one message, none if it is empty;
 * - `lines`: each line is one (`application/x-ndjson`);
 * - `length-prefixed`: each follows its length in four bytes, most significant first ({@link MESSAGES_TYPE});
 * - `events`: each is a server-sent event (`text/event-stream`).
 */
export type BodyFraming = 'whole' | 'lines' | 'length-prefixed' | 'events';

/** The content type of bodies whose messages may hold any bytes; the default of streaming calls over plain HTTP. */
export const MESSAGES_TYPE = 'application/vnd.mirrorspec.messages';
/** The content type of bodies with a JSON text on each line. */
export const JSON_LINES_TYPE = 'application/x-ndjson';
/** The content type of server-sent events. */
export const EVENT_STREAM_TYPE = 'text/event-stream';

const FRAMINGS: Readonly<Record<string, BodyFraming>> = {
  [MESSAGES_TYPE]: 'length-prefixed',
  [JSON_LINES_TYPE]: 'lines',
  'application/ndjson': 'lines',
  'application/jsonl': 'lines',
  [EVENT_STREAM_TYPE]: 'events',
};

/** The framing that the headers of a request or response announce; names are compared without regard to case. */
export function bodyFramingOf(headers: readonly Header[]): BodyFraming {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return FRAMINGS[type?.split(';', 1)[0]?.trim().toLowerCase() ?? ''] ?? 'whole';
}
