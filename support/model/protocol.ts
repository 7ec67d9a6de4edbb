import type { Header } from './journal.js';

/**
 * The protocols of the matrix. `gRPC-over-HTTP/1.1` is gRPC-Web, the only gRPC that HTTP/1.1 can carry. `SSE` is a GET over HTTP/1.1
 * that is answered with server-sent events, `WebSocket` one that becomes a WebSocket (RFC 6455). `TCP` is bytes that are no HTTP: a call is a connection.
 */
export const PROTOCOLS = [
  'HTTP/1.1',
  'HTTP/2',
  'gRPC-over-HTTP/1.1',
  'gRPC-over-HTTP/2',
  'SSE',
  'WebSocket',
  'TCP',
] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** How messages flow within one call. */
export const INTERACTIONS = ['unary', 'client-streaming', 'server-streaming', 'bidi-streaming'] as const;
export type Interaction = (typeof INTERACTIONS)[number];

/**
 * The interactions that a call can have over each protocol. Browsers' gRPC-Web has no stream from the client, events of SSE come from
 * the server only, and who closes a WebSocket gets no answer any more.
 */
export const INTERACTIONS_OF: Readonly<Record<Protocol, readonly Interaction[]>> = {
  'HTTP/1.1': INTERACTIONS,
  'HTTP/2': INTERACTIONS,
  'gRPC-over-HTTP/1.1': ['unary', 'server-streaming'],
  'gRPC-over-HTTP/2': INTERACTIONS,
  SSE: ['server-streaming'],
  WebSocket: ['unary', 'server-streaming', 'bidi-streaming'],
  TCP: INTERACTIONS,
};

export function isProtocol(text: string): text is Protocol {
  return (PROTOCOLS as readonly string[]).includes(text);
}

export function isGrpc(protocol: Protocol): boolean {
  return protocol === 'gRPC-over-HTTP/1.1' || protocol === 'gRPC-over-HTTP/2';
}

/** The HTTP version that carries a protocol of the matrix; `undefined` where none does. */
export function httpVersionOf(protocol: Protocol): '1.1' | '2' | undefined {
  if (protocol === 'TCP') return undefined;
  return protocol === 'HTTP/2' || protocol === 'gRPC-over-HTTP/2' ? '2' : '1.1';
}

/** The protocol of the matrix that a request speaks, from the HTTP version and its headers (names in lower case). */
export function protocolSpoken(version: '1.1' | '2', headers: readonly Header[]): Protocol {
  const header = (name: string): string => headers.find(([key]) => key === name)?.[1].toLowerCase() ?? '';
  const grpc = /^application\/grpc(-web|-web-text)?(?:[+;\s]|$)/.exec(header('content-type'));
  if (version === '2') return grpc !== null && grpc[1] === undefined ? 'gRPC-over-HTTP/2' : 'HTTP/2';
  if (grpc?.[1] !== undefined) return 'gRPC-over-HTTP/1.1';
  if (/\bwebsocket\b/.test(header('upgrade'))) return 'WebSocket';
  const accepted = header('accept').split(/[,;\s]+/);
  return accepted.includes('text/event-stream') ? 'SSE' : 'HTTP/1.1';
}
