/**
 * The protocols of the matrix. `gRPC-over-HTTP/1.1` is gRPC-Web, the only gRPC that HTTP/1.1 can carry. `TCP` is bytes that are no
 * HTTP: a call is a connection.
 */
export const PROTOCOLS = ['HTTP/1.1', 'HTTP/2', 'gRPC-over-HTTP/1.1', 'gRPC-over-HTTP/2', 'TCP'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** How messages flow within one call. */
export const INTERACTIONS = ['unary', 'client-streaming', 'server-streaming', 'bidi-streaming'] as const;
export type Interaction = (typeof INTERACTIONS)[number];

export function isProtocol(text: string): text is Protocol {
  return (PROTOCOLS as readonly string[]).includes(text);
}

export function isGrpc(protocol: Protocol): boolean {
  return protocol === 'gRPC-over-HTTP/1.1' || protocol === 'gRPC-over-HTTP/2';
}

/** The HTTP version that carries a protocol of the matrix; `undefined` where none does. */
export function httpVersionOf(protocol: Protocol): '1.1' | '2' | undefined {
  if (protocol === 'TCP') return undefined;
  return protocol === 'HTTP/1.1' || protocol === 'gRPC-over-HTTP/1.1' ? '1.1' : '2';
}
