import type { TlsClientHello } from '../../../model/journal.js';
import { mirrordVersion, redirectsIPv6 } from '../../../model/mirrord-version.js';
import type { Profile } from '../../../model/session.js';
import type { InterfaceTraffic } from '../../../model/verdict.js';
import { visibleText } from '../../../model/visible-text.js';
import { quantity } from '../wording.js';
import { type Clues, cluesOf, type Finder } from './clues.js';

/** The call's port is none that the session subscribed to. */
export const portNotSubscribed: Finder = ({ evidence: { port, session } }) => {
  if (session === undefined || session.ports.includes(port)) return undefined;
  return {
    cause: 'port-not-subscribed',
    summary: `the call went to port ${port}, which the mirror session is not subscribed to.`,
    proof: [
      session.ports.length === 0
        ? 'session: subscribed to no port'
        : `session: subscribed to ${session.ports.length === 1 ? 'port' : 'the ports'} ${session.ports.join(', ')}`,
    ],
  };
};

/**
 * The capture sees TLS where it was meant to see requests: TLS arrived at the local process, or the listen interface
 * carried TLS records and not one request in the clear (mirrord issues #640, #1963, #2452).
 */
export const encryptedInterface: Finder = (index) => {
  const { session, port } = index.evidence;
  const clues = cluesOf(index);
  const onlyTls =
    session?.profile === 'sniffer' &&
    clues.listened !== undefined &&
    clues.listened.tlsRecords > 0 &&
    clues.listened.plaintextRequests === 0;
  if (clues.tls.length === 0 && !onlyTls) return undefined;
  const proof: string[] = [];
  if (clues.listened !== undefined && session?.profile === 'sniffer') proof.push(trafficLine(clues.listened, port));
  if (clues.tls.length > 0) proof.push(tlsLine(clues));
  proof.push(...adviceLines(clues, port, session?.profile));
  return { cause: 'encrypted-interface', summary: summaryOf(clues, session), proof };
};

/**
 * The application ends TLS itself, so that what reaches it is TLS wherever a mirror looks, and nobody else has the keys (mirrord #2771).
 * On an interface where the mesh encrypts as well, that is what is seen.
 */
export const encryptedApplication: Finder = (index, { sent }) => {
  const { tls, clientHello } = cluesOf(index);
  const connection = sent[0] && index.caller.connections.get(sent[0].connection);
  if (connection?.tls !== true || tls.length === 0 || isOfMesh(clientHello)) return undefined;
  return {
    cause: 'encrypted-application',
    summary:
      'the workload ends TLS itself: what reaches it is TLS, and was mirrored as such. Only a local process with the same keys can read it.',
    proof: [
      `caller's journal: it spoke TLS on its connection ${connection.number}, as the workload wants it`,
      tlsLine(cluesOf(index)),
    ],
  };
};

function isOfMesh(hello: TlsClientHello | undefined): boolean {
  return (
    hello?.alpn.some((protocol) => protocol.startsWith('istio')) === true ||
    hello?.serverName?.startsWith('outbound_') === true
  );
}

function summaryOf(
  clues: Clues,
  session: { readonly profile: Profile; readonly listenInterface?: string } | undefined,
): string {
  const byMesh = clues.inTheClearElsewhere.length > 0 || isOfMesh(clues.clientHello);
  const how = byMesh ? 'the mesh carries the call inside mutual TLS' : 'the call is carried inside TLS';
  if (session?.profile === 'sniffer' && session.listenInterface !== undefined)
    return `the mirror listened on ${visibleText(session.listenInterface)}, where ${how}.`;
  return `the mirror took the connection where ${how}.`;
}

function tlsLine({ tls, clientHello }: Clues): string {
  const found = [
    ...(clientHello === undefined || clientHello.alpn.length === 0 ? [] : [`ALPN ${clientHello.alpn.join(', ')}`]),
    ...(clientHello?.serverName === undefined ? [] : [`SNI ${clientHello.serverName}`]),
  ];
  const what =
    clientHello === undefined
      ? tls.length === 1
        ? 'carries TLS'
        : 'carry TLS'
      : `${tls.length === 1 ? 'starts' : 'start'} with a TLS ClientHello`;
  const details = found.length === 0 ? '' : ` (${visibleText(found.join('; '))})`;
  return `the local process received ${quantity(tls.length, 'connection')} that ${what}${details}`;
}

/**
 * The call travelled over IPv6, and a sniffer reads IPv4 packets only (mirrord ≤ 3.180 agent/src/sniffer/tcp_capture.rs:90). What the
 * workload saw decides: that is the hop that is captured on a mesh. An agent that redirects takes IPv6 by itself since 3.205.
 */
export const ipv6NotCaptured: Finder = (index, { sent, served }) => {
  const { session } = index.evidence;
  if (session === undefined) return undefined;
  const { profile, version } = session;
  if (profile === 'redirect' && redirectsIPv6(mirrordVersion(version))) return undefined;
  const seen = [
    ['workload', index.workload, served?.[0], 'remote'],
    ['caller', index.caller, sent[0], 'local'],
  ] as const;
  for (const [party, journal, exchange, end] of seen) {
    const connection = exchange === undefined ? undefined : journal?.connections.get(exchange.connection);
    const address = connection?.[end];
    if (address === undefined) continue;
    if (!address.startsWith('[')) return undefined;
    const from = party === 'caller' ? 'it connected from' : 'it was connected to from';
    return {
      cause: 'ipv6-not-captured',
      summary:
        profile === 'sniffer'
          ? 'the call travelled over IPv6, and a sniffer captures IPv4 only.'
          : `the call travelled over IPv6, and mirrord ${version} redirects IPv4 only, unless it is told otherwise.`,
      proof: [`${party}'s journal: ${from} ${visibleText(address)}`],
    };
  }
  return undefined;
};

/** The capture was alive, but its interface carried nothing for the port. */
export const noTrafficOnInterface: Finder = (index) => {
  const { session, port, interfaces } = index.evidence;
  if (session?.profile !== 'sniffer' || session.proofOfLife?.captureSawProbe === false) return undefined;
  const { listenInterface } = session;
  if (listenInterface === undefined) return undefined;
  const clues = cluesOf(index);
  const carrying = interfaces.filter((traffic) => traffic.interface !== listenInterface && traffic.payloadBytes > 0);
  const silent = clues.listened === undefined ? session.counters.frames === 0 : clues.listened.payloadBytes === 0;
  if (!silent || carrying.length === 0) return undefined;
  const name = visibleText(listenInterface);
  const proof = [
    clues.listened === undefined
      ? `session: the capture on ${name} counted 0 frames`
      : `${name}: ${quantity(clues.listened.packets, 'packet')}, 0 payload bytes to or from port ${port}`,
  ];
  if (session.proofOfLife?.captureSawProbe === true) {
    proof.push(`session: the capture was alive; it saw the marked frame that was put on ${name}`);
  }
  if (clues.inTheClearElsewhere.length > 0) proof.push(...adviceLines(clues, port, session.profile));
  else proof.push(...carrying.map((traffic) => trafficLine(traffic, port)));
  return {
    cause: 'no-traffic-on-interface',
    summary: `the mirror listened on ${name}, which carried nothing to or from port ${port}.`,
    proof,
  };
};

function trafficLine(traffic: InterfaceTraffic, port: number): string {
  const { tlsRecords, plaintextRequests, tunnelPorts = [] } = traffic;
  const inTunnels = tunnelPorts.length === 0 ? '' : ` or the mesh's tunnels to port ${tunnelPorts.join(', ')}`;
  return `${visibleText(traffic.interface)}: ${quantity(tlsRecords, 'TLS record')}, ${quantity(plaintextRequests, 'plaintext request')} to port ${port}${inTunnels}`;
}

function adviceLines({ inTheClearElsewhere }: Clues, port: number, profile: Profile | undefined): string[] {
  return inTheClearElsewhere.map((traffic, index) => {
    const name = visibleText(traffic.interface);
    const advice = index === 0 && profile === 'sniffer' ? `: let the mirror listen on "${name}"` : '';
    return `${name} carried ${quantity(traffic.plaintextRequests, 'plaintext request')} to port ${port}${advice}`;
  });
}
