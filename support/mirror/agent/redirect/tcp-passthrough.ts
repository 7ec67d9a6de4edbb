import type { Socket } from 'node:net';
import { hasPendingError } from '../../../linux/pending-error.js';
import { reset } from './intercepted.js';
import type { MirrorTap } from './redirect-client.js';

const NOTHING = Buffer.alloc(0);

export interface RawTraffic {
  /** What was read of the caller already. */
  readonly head?: Buffer;
  readonly tap: MirrorTap;
  /** Called with 1 for each piece that is on its way to the application, and with -1 when it is written and mirrored. */
  onUnderWay?(change: number): void;
}

/**
 * Passes on bytes between a caller and its application in pieces of at most 64 KiB (what one read gives), no faster than the other
 * side takes them, each direction to its own end; a reset is passed on. What the caller says is mirrored once it is written to
 * the application (mirrord 3.250 incoming/connection/copy_bidirectional.rs:147-155).
 */
export function passRawTraffic(caller: Socket, application: Socket, traffic: RawTraffic): void {
  const { head = NOTHING, tap } = traffic;
  let callerEnded = false;
  let failure: string | undefined;

  const forward = (bytes: Buffer): void => {
    traffic.onUnderWay?.(1);
    const more = application.write(bytes, (error) => {
      if (error == null) tap.data(bytes);
      traffic.onUnderWay?.(-1);
    });
    if (more) return;
    caller.pause();
    application.once('drain', () => caller.resume());
  };
  const halfClose = (): void => {
    callerEnded = true;
    application.end(() => tap.end());
  };
  const breakOff = (reason: string): void => {
    failure ??= reason;
    reset(caller);
    reset(application);
  };
  const finish = (): void => {
    if (caller.closed && application.closed) tap.close(failure);
  };

  const endOfCaller = (): void => {
    if (hasPendingError(caller)) breakOff('connection reset by the caller');
    else halfClose();
  };

  if (head.length > 0) forward(head);
  if (caller.readableEnded) {
    // While the application was dialled, or before: nobody was told.
    endOfCaller();
  } else {
    caller.on('data', forward);
    caller.on('end', endOfCaller);
  }
  application.pipe(caller, { end: false });
  application.on('end', () => {
    if (hasPendingError(application)) breakOff('connection reset by the application');
    else caller.end();
  });
  caller.on('error', (error) => breakOff(error.message));
  application.on('error', (error) => breakOff(error.message));
  caller.on('close', () => {
    // Closed without having come to its end.
    if (!callerEnded) breakOff('connection closed by the caller');
    finish();
  });
  application.on('close', () => {
    if (!application.readableEnded) breakOff('connection closed by the application');
    finish();
  });
}
