import { startsHttpRequest } from './detect.js';
import type { TcpSegment } from './ethernet.js';

/** Longer than any method with the empty lines that may precede it: without a space so far there is no request line. */
const SPACE_WITHIN = 256;
const SPACE = 0x20;

/**
 * Whether a segment starts an HTTP request: {@link startsHttpRequest}, with an answer in constant time for the bulk data that most
 * segments are. A request line has its first space early, and the detector would walk through 64 KiB of letters for it.
 */
export function segmentStartsHttpRequest(segment: TcpSegment): boolean {
  const { payload } = segment;
  return payload.subarray(0, SPACE_WITHIN).includes(SPACE) && startsHttpRequest(payload);
}
