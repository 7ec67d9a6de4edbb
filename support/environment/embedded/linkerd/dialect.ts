import type { Dialect } from '../sidecar/dialect.js';

/** Says in which version a request came that goes over HTTP/2 between proxies (linkerd2-proxy `proxy/http/src/orig_proto.rs`). */
const ORIGINAL_PROTOCOL = 'l5d-orig-proto';
/** Name of the client's identity, for the application (linkerd2-proxy `app/inbound/src/http/set_identity_header.rs`). */
const CLIENT_ID = 'l5d-client-id';
const FAILURE = 'l5d-proxy-error';

/** Names of headers that a proxy adds to what the application receives. Lower case. */
export const LINKERD_HEADERS: readonly string[] = [CLIENT_ID];

/**
 * How Linkerd's proxies mark what they forward. HTTP/1 is carried over HTTP/2 between two of them, but for requests that change the
 * protocol; the application gets it as it was.
 *
 * @param meshed whether the outbound side's destination has a proxy
 */
export function linkerdDialect(meshed: boolean): Dialect {
  return {
    request(fields, { side, peer, spoken, upgrades }) {
      if (side === 'outbound') {
        if (!meshed || spoken !== 'http/1.1' || upgrades) return undefined;
        fields[ORIGINAL_PROTOCOL] = 'HTTP/1.1';
        return 'http2';
      }
      const original = peer === undefined ? undefined : fields[ORIGINAL_PROTOCOL];
      // What a client says of itself is no proof.
      for (const name of [ORIGINAL_PROTOCOL, CLIENT_ID]) delete fields[name];
      if (peer !== undefined) fields[CLIENT_ID] = peer.id;
      return spoken === 'h2' && original !== undefined ? 'http' : undefined;
    },
    response(fields) {
      fields.date ??= new Date().toUTCString();
    },
    failure(fields, { status, message }) {
      fields[FAILURE] = message;
      // An application that cannot be reached is a bad gateway (linkerd2-proxy `app/core/src/errors/respond.rs`).
      return status === 503 ? 502 : status;
    },
  };
}
