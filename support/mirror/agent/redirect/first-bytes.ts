import type { Socket } from 'node:net';
import { StartDetector } from '../../../wire/detect.js';

/** How long mirrord waits for each of the first reads since 3.211 (`http_detection_timeout`, incoming/connection.rs). */
export const DETECTION_TIMEOUT_MS = 2000;

/** What a connection speaks. TLS is opaque: nobody has the keys. */
export type Spoken = 'http/1' | 'http/2' | 'tcp';

export interface FirstBytes {
  readonly spoken: Spoken;
  /** What was read to find out. It is not put back. */
  readonly head: Buffer;
}

/**
 * Reads until it is clear what a connection speaks. A client that says nothing for the time, between any two reads, is taken
 * for one whose server speaks first: the agent has kept both waiting until then (mirrord #4209), for ever where `timeoutMs` is infinite.
 * Leaves the socket paused.
 *
 * @returns `undefined` where the connection broke.
 */
export function readFirstBytes(socket: Socket, timeoutMs = DETECTION_TIMEOUT_MS): Promise<FirstBytes | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const detector = new StartDetector();
    const settle = (spoken: Spoken | undefined): void => {
      clearTimeout(timer);
      socket.off('readable', read);
      socket.off('end', end);
      socket.off('close', close);
      resolve(spoken && { spoken, head: Buffer.concat(parts) });
    };
    const timer = Number.isFinite(timeoutMs) ? setTimeout(() => settle('tcp'), timeoutMs) : undefined;
    const read = (): void => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      timer?.refresh();
      parts.push(chunk);
      const start = detector.push(chunk);
      if (start !== 'more') settle(SPOKEN[start]);
    };
    const end = (): void => settle('tcp');
    const close = (): void => settle(undefined);
    socket.on('readable', read);
    socket.once('end', end);
    socket.once('close', close);
  });
}

const SPOKEN = { http1: 'http/1', http2: 'http/2', tls: 'tcp', unknown: 'tcp' } as const;
