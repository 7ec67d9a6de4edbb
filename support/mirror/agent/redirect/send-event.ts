import { MESSAGE } from '../../agent-protocol.js';
import type { Outbox } from '../outbox.js';
import type { RedirectEvent, RedirectItem } from './redirect-client.js';

/** Tells the local process an event of a mirrored connection or request (mirrord 3.250 agent/src/mirror.rs:180-322). */
export function sendEvent(outbox: Outbox, event: RedirectEvent): void {
  switch (event.kind) {
    case 'open': {
      const { kind, ...payload } = event.head;
      outbox.message(kind === 'request' ? MESSAGE.newRequest : MESSAGE.newConnection, event.stream, payload);
      break;
    }
    case 'item':
      sendItem(outbox, event.stream, event.item);
      break;
    case 'close':
      outbox.message(MESSAGE.close, event.stream);
      break;
    case 'lagged':
      sendFailure(outbox, event.stream, 'broadcast receiver lagged behind');
      outbox.message(MESSAGE.close, event.stream);
      break;
  }
}

function sendItem(outbox: Outbox, stream: number, item: RedirectItem): void {
  switch (item.kind) {
    case 'data':
      outbox.data(stream, item.bytes);
      break;
    case 'trailers':
      outbox.message(MESSAGE.trailers, stream, item.fields);
      break;
    case 'end':
      outbox.message(MESSAGE.end, stream);
      break;
    case 'upgraded':
      outbox.message(MESSAGE.upgraded, stream);
      break;
    case 'failed':
      sendFailure(outbox, stream, item.reason);
      break;
  }
}

function sendFailure(outbox: Outbox, stream: number, reason: string): void {
  const text = `Mirrored connection ${stream} failed: ${reason}`;
  outbox.message(MESSAGE.log, 0, { level: 'warn', text });
}
