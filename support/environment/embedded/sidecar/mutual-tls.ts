import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, createSecureContext, createServer, type SecureContext, type TLSSocket } from 'node:tls';
import type { Spoken } from './detection.js';
import type { Peer } from './headers.js';
import { OFFERED_PROTOCOLS } from './mesh-protocols.js';
import type { Identity } from './options.js';
import { isCarriedBy } from './relay.js';
import { codeOf, UpstreamFailure } from './upstream-failure.js';

/** How the proxies of a mesh know each other, and what they say in TLS about what is spoken inside. */
export interface TlsProfile {
  /** The name of an identity, from Node's textual form of a certificate's alternative names. */
  idOf(names: string | undefined): string | undefined;
  isInTrustDomain(id: string, trustDomain: string): boolean;
  /** What a client offers in ALPN. Absent: nothing. */
  offered(spoken: Spoken | 'hbone'): readonly string[] | undefined;
  /** What a server agrees to, the most wanted first, and what that says. */
  readonly spokenBy: Readonly<Record<string, Spoken>>;
}

const SPOKEN_BY_PROTOCOL: Readonly<Record<string, Spoken>> = {
  'istio-http/1.1': 'http/1.1',
  'istio-http/1.0': 'http/1.1',
  'istio-h2': 'h2',
  'istio-peer-exchange': 'tcp',
  istio: 'tcp',
  h2: 'h2',
  'http/1.1': 'http/1.1',
};

/** Whether a ClientHello comes from another sidecar: PERMISSIVE passes on other TLS as it is. */
export function offersMeshProtocol(alpn: readonly string[]): boolean {
  return alpn.some((name) => name === 'istio' || name.startsWith('istio-'));
}

/** A client that has proved who it is. */
export interface SecureArrival {
  readonly socket: TLSSocket;
  readonly peer: Peer;
  /** As negotiated; `undefined` if nothing was. */
  readonly spoken: Spoken | undefined;
}

export interface MutualTlsServer {
  /** Takes a connection through the handshake; `undefined` if it was refused (it is closed then). Never rejects. */
  handshake(carrier: Socket): Promise<SecureArrival | undefined>;
}

/** Both ends of mutual TLS with one identity. */
export class MutualTls {
  readonly #identity: Identity;
  readonly #profile: TlsProfile;
  readonly #context: SecureContext;

  constructor(identity: Identity, profile: TlsProfile = ISTIO_TLS) {
    this.#identity = identity;
    this.#profile = profile;
    this.#context = createSecureContext({ ...contextOptions(identity) });
  }

  /** A server for connections that are handed to it; it listens nowhere itself. `refused` is told why, for each. */
  server(refused: (reason: string) => void): MutualTlsServer {
    const handshaking = new Map<string, { carrier: Socket; settle(arrival: SecureArrival | undefined): void }>();
    const take = (socket: TLSSocket) => {
      const entry = handshaking.get(endpointsOf(socket));
      handshaking.delete(endpointsOf(socket));
      return entry;
    };
    const { spokenBy } = this.#profile;
    const server = createServer({
      ...contextOptions(this.#identity),
      requestCert: true,
      // Verified below: only so is the reason known.
      rejectUnauthorized: false,
      ALPNCallback: ({ protocols }) => Object.keys(spokenBy).find((known) => protocols.includes(known)),
    });
    server.on('secureConnection', (socket) => {
      socket.on('error', () => {});
      const entry = take(socket);
      const verdict = this.#verifyClient(socket);
      if (entry === undefined || typeof verdict === 'string') {
        refused(String(verdict));
        socket.destroy();
        entry?.settle(undefined);
        return;
      }
      isCarriedBy(socket, entry.carrier);
      const spoken = socket.alpnProtocol ? spokenBy[socket.alpnProtocol] : undefined;
      entry.settle({ socket, peer: verdict, spoken });
    });
    server.on('tlsClientError', (error) => refused(codeOf(error) || error.message));
    return {
      handshake: (carrier) =>
        new Promise((settle) => {
          const key = endpointsOf(carrier);
          handshaking.set(key, { carrier, settle });
          carrier.once('close', () => {
            handshaking.delete(key);
            settle(undefined);
          });
          server.emit('connection', carrier);
        }),
    };
  }

  /** The proven client, or why it is none. */
  #verifyClient(socket: TLSSocket): Peer | string {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return 'no client certificate';
    // The declared type is Error, the value is a code.
    if (!socket.authorized) return String(socket.authorizationError);
    const id = this.#profile.idOf(certificate.subjectAltName);
    if (id === undefined) return 'no SPIFFE id';
    if (!this.#profile.isInTrustDomain(id, this.#identity.trustDomain)) return `foreign trust domain: ${id}`;
    return { id, certificateHash: certificate.fingerprint256.replaceAll(':', '').toLowerCase() };
  }

  /**
   * Becomes the client of a server that must show one of `accepted` (any id of the trust domain if that is empty). The
   * server is verified within the handshake: nothing is sent to one that fails.
   *
   * @throws UpstreamFailure the handshake failed
   */
  connect(
    raw: Socket,
    server: {
      /** Absent: none is told. */
      readonly servername?: string;
      readonly spoken: Spoken | 'hbone';
      readonly accepted: readonly string[];
      /** Offered in place of what the mesh offers for what is spoken. */
      readonly alpn?: readonly string[];
    },
  ): Promise<TLSSocket> {
    const offered = server.alpn ?? this.#profile.offered(server.spoken);
    return new Promise((resolve, reject) => {
      const socket = connect({
        socket: raw,
        secureContext: this.#context,
        ...(server.servername !== undefined && { servername: server.servername }),
        ...(offered === undefined ? {} : { ALPNProtocols: [...offered] }),
        rejectUnauthorized: true,
        checkServerIdentity: (_, certificate) => this.#checkServer(certificate.subjectaltname, server.accepted),
      });
      const fail = (error: Error): void => {
        socket.destroy();
        reject(new UpstreamFailure('remote connection failure', `TLS_error: ${codeOf(error) || error.message}`, error));
      };
      socket.once('error', fail);
      socket.once('secureConnect', () => {
        socket.off('error', fail);
        socket.on('error', () => {});
        isCarriedBy(socket, raw);
        resolve(socket);
      });
    });
  }

  #checkServer(names: string | undefined, accepted: readonly string[]): Error | undefined {
    const id = this.#profile.idOf(names);
    const good =
      id !== undefined &&
      (accepted.length > 0 ? accepted.includes(id) : this.#profile.isInTrustDomain(id, this.#identity.trustDomain));
    return good ? undefined : new Error(`CERTIFICATE_VERIFY_FAILED: unexpected identity ${id ?? 'without SPIFFE id'}`);
  }
}

/** What a TLS connection has in common with the TCP connection that carries it. */
function endpointsOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress}`;
}

function contextOptions(identity: Identity) {
  return {
    cert: identity.certificatePem,
    key: identity.keyPem,
    ca: identity.rootPem,
    minVersion: 'TLSv1.2',
    // Sessions are not resumed, so that every handshake verifies both ends.
    secureOptions: constants.SSL_OP_NO_TICKET,
  } as const;
}

/**
 * The SPIFFE id of a certificate, from Node's textual form of its alternative names. A certificate with more than one
 * URI is no SPIFFE certificate; names that Node had to quote are never ids.
 */
export function spiffeOf(names: string | undefined): string | undefined {
  if (names === undefined || names.includes('"')) return undefined;
  const uris = names.split(', ').filter((name) => name.startsWith('URI:'));
  const [only] = uris;
  if (uris.length !== 1 || only === undefined || !only.startsWith('URI:spiffe://')) return undefined;
  return only.slice('URI:'.length);
}

export function isInTrustDomain(spiffe: string, trustDomain: string): boolean {
  return spiffe.startsWith(`spiffe://${trustDomain}/`);
}

export const ISTIO_TLS: TlsProfile = {
  idOf: spiffeOf,
  isInTrustDomain,
  offered: (spoken) => OFFERED_PROTOCOLS[spoken],
  spokenBy: SPOKEN_BY_PROTOCOL,
};
