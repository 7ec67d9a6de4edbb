import { constants, type Http2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { hasPendingError } from '../../../linux/pending-error.js';
import { reset } from '../sidecar/relay.js';

const { NGHTTP2_CONNECT_ERROR, NGHTTP2_NO_ERROR } = constants;

/** One end of a tunnel, as far as byte counts and endings go. */
export interface RelayCounts {
  /** From the socket into the tunnel. */
  readonly intoTunnel: number;
  readonly outOfTunnel: number;
}

/**
 * Passes on bytes between a tunnel (a CONNECT stream of HTTP/2) and a connection, no faster than the other side takes them. Each direction
 * ends for itself; a reset of one side resets the other. Resolves when both are closed.
 */
export function relayTunnel(stream: Http2Stream, socket: Socket): Promise<RelayCounts> {
  let [intoTunnel, outOfTunnel] = [0, 0];
  socket.on('data', (chunk: Buffer) => {
    intoTunnel += chunk.length;
  });
  stream.on('data', (chunk: Buffer) => {
    outOfTunnel += chunk.length;
  });
  socket.on('error', () => {});
  stream.on('error', () => {});
  const breakTunnel = (): void => {
    if (!stream.closed && !stream.destroyed) stream.close(NGHTTP2_CONNECT_ERROR);
  };
  socket.pipe(stream, { end: false });
  stream.pipe(socket, { end: false });
  socket.once('end', () => {
    if (hasPendingError(socket)) breakTunnel();
    else stream.end();
  });
  let endedWell = false;
  stream.once('end', () => {
    // A stream that is reset may come to its end as well: how it closes tells which it was.
    endedWell = stream.rstCode === undefined || stream.rstCode === NGHTTP2_NO_ERROR;
    if (endedWell) socket.end();
  });
  stream.once('aborted', () => reset(socket));
  const closed = [
    new Promise<void>((resolve) => {
      socket.once('close', (hadError: boolean) => {
        if (hadError || !socket.readableEnded) breakTunnel();
        resolve();
      });
    }),
    new Promise<void>((resolve) => {
      stream.once('close', () => {
        if (!endedWell || stream.rstCode !== NGHTTP2_NO_ERROR) reset(socket);
        resolve();
      });
    }),
  ];
  return Promise.all(closed).then(() => ({ intoTunnel, outOfTunnel }));
}
