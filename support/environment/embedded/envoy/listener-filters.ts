import { ORIGINAL_SOURCE_MARK } from '../sidecar/options.js';
import { type Config, extension } from './typed.js';

/** Finds out where a redirected connection was meant to go (`SO_ORIGINAL_DST`). */
export const ORIGINAL_DESTINATION = extension(
  'envoy.filters.listener.original_dst',
  'extensions.filters.listener.original_dst.v3.OriginalDst',
);

/** Connects upstream from the client's address, with a mark by which routing rules bring the answers back. */
export const ORIGINAL_SOURCE = extension(
  'envoy.filters.listener.original_src',
  'extensions.filters.listener.original_src.v3.OriginalSrc',
  { mark: ORIGINAL_SOURCE_MARK },
);

/** Reads the ClientHello, for filter chains that match TLS and what it offers. */
export const TLS_INSPECTOR = extension(
  'envoy.filters.listener.tls_inspector',
  'extensions.filters.listener.tls_inspector.v3.TlsInspector',
);

/** Reads the first line, for filter chains that match `http/1.1` and `h2c`. */
export const HTTP_INSPECTOR = extension(
  'envoy.filters.listener.http_inspector',
  'extensions.filters.listener.http_inspector.v3.HttpInspector',
);

/** For connections to these ports a listener filter is left out: where the server speaks first, it would wait for ever. */
export function exceptFor(filter: Config, ports: readonly number[]): Config {
  if (ports.length === 0) return filter;
  const matches = ports.map((port) => ({ destination_port_range: { start: port, end: port + 1 } }));
  return {
    ...filter,
    filter_disabled: matches.length === 1 ? matches[0] : { or_match: { rules: matches } },
  };
}

/** A client may take its time before it speaks (Istio: `protocolDetectionTimeout` 0). */
export const NO_DETECTION_TIMEOUT = {
  listener_filters_timeout: '0s',
  continue_on_listener_filters_timeout: true,
} as const;

/** The names that the HTTP inspector gives to what it finds. */
export const PLAINTEXT_HTTP1 = ['http/1.0', 'http/1.1'] as const;
export const PLAINTEXT_HTTP2 = ['h2c'] as const;
