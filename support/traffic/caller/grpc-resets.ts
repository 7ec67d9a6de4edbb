import http2, { type ClientHttp2Session } from 'node:http2';
import { closeByReset } from '../../wire/reset-stream.js';

let installed = false;

/**
 * Lets grpc-js reset streams as the gRPC libraries of other languages do: without an end in front of it. It keeps its sessions to
 * itself, so they are caught where it makes them; nothing else in this program makes any through the module object.
 */
export function resetAsOthersDo(): void {
  if (installed) return;
  installed = true;
  const { connect } = http2;
  http2.connect = ((...parameters: Parameters<typeof connect>) => {
    const session = connect(...parameters);
    watch(session);
    return session;
  }) as typeof connect;
}

function watch(session: ClientHttp2Session): void {
  const request = session.request.bind(session);
  session.request = (...parameters) => {
    const stream = request(...parameters);
    closeByReset(stream);
    return stream;
  };
}
