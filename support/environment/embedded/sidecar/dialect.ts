import type { PortProtocol } from '../../../model/port-protocol.js';
import type { Spoken } from './detection.js';
import { addRequestFields, addResponseFields, type Fields, type Peer, type Side } from './headers.js';

/** What is known of a request when it is taken in. */
export interface RequestContext {
  readonly side: Side;
  /** Name of this proxy's own identity. */
  readonly own: string;
  /** The client, where mutual TLS proved it. */
  readonly peer: Peer | undefined;
  readonly spoken: Spoken;
  /** It asks to change the protocol. */
  readonly upgrades: boolean;
}

/** How the proxies of a mesh mark the HTTP messages that they forward, and what they answer themselves. */
export interface Dialect {
  /**
   * Changes the fields of a request to what is forwarded. The result says how it goes on, where that is not decided by what the port is
   * declared as.
   */
  request(fields: Fields, context: RequestContext): PortProtocol | undefined;
  /** @param serviceTimeMs milliseconds until the application answered; none for own answers */
  response(fields: Fields, side: Side, serviceTimeMs: number | undefined): void;
  /** Adds to the fields of an own answer why there is one. The result is its status. */
  failure(fields: Fields, reason: { readonly status: number; readonly message: string }): number;
}

export const ISTIO_DIALECT: Dialect = {
  request(fields, { side, own, peer }) {
    addRequestFields(fields, side, own, peer);
    return undefined;
  },
  response: addResponseFields,
  failure: (_, { status }) => status,
};
