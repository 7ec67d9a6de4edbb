import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, createSecureContext, createServer, type SecureContext, type TLSSocket } from 'node:tls';
import type { Spoken } from './detection.js';
import type { Peer } from './headers.js';
import { OFFERED_PROTOCOLS } from './mesh-protocols.js';
import type { Identity } from './options.js';
import { isCarriedBy } from './relay.js';
import { codeOf, UpstreamFailure } from './upstream-failure.js';

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
  readonly #context: SecureContext;

  constructor(identity: Identity) {
    this.#identity = identity;
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
    const server = createServer({
      ...contextOptions(this.#identity),
      requestCert: true,
      // Verified below: only so is the reason known.
      rejectUnauthorized: false,
      ALPNCallback: ({ protocols }) => Object.keys(SPOKEN_BY_PROTOCOL).find((known) => protocols.includes(known)),
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
      const spoken = socket.alpnProtocol ? SPOKEN_BY_PROTOCOL[socket.alpnProtocol] : undefined;
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
    const spiffe = spiffeOf(certificate.subjectAltName);
    if (spiffe === undefined) return 'no SPIFFE id';
    if (!isInTrustDomain(spiffe, this.#identity.trustDomain)) return `foreign trust domain: ${spiffe}`;
    return { spiffe, certificateHash: certificate.fingerprint256.replaceAll(':', '').toLowerCase() };
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
    },
  ): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        socket: raw,
        secureContext: this.#context,
        ...(server.servername !== undefined && { servername: server.servername }),
        ALPNProtocols: [...OFFERED_PROTOCOLS[server.spoken]],
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
    const spiffe = spiffeOf(names);
    const good =
      spiffe !== undefined &&
      (accepted.length > 0 ? accepted.includes(spiffe) : isInTrustDomain(spiffe, this.#identity.trustDomain));
    return good
      ? undefined
      : new Error(`CERTIFICATE_VERIFY_FAILED: unexpected identity ${spiffe ?? 'without SPIFFE id'}`);
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
