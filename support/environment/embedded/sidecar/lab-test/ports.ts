import { fileURLToPath } from 'node:url';

/** Ports of the lab test's application. Those from 7000 to 7999 are declared as TCP. */
export const PORTS = {
  http1: 8080,
  http2: 8081,
  /** HTTP/1.1, bound to 127.0.0.1. */
  loopbackOnly: 8082,
  /** HTTP/2 whose header blocks are measured. */
  headerBlocks: 8083,
  grpc: 9090,
  echo: 7000,
  /** Speaks first, and answers when the client has ended its side. */
  serverFirst: 7001,
  /** Resets the connection at the first byte. */
  reset: 7002,
} as const;

export const ECHO_PROTO = fileURLToPath(
  new URL('../../../../../../support/traffic/protos/echo.proto', import.meta.url),
);
