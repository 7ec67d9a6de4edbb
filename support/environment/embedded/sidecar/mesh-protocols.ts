import type { Spoken } from './detection.js';

/**
 * What an outbound sidecar offers, by what is spoken inside: the names that an inbound sidecar recognises first, then
 * the ordinary one (Istio `pilot/pkg/xds/filters/filters.go`, `cluster_tls.go`).
 */
export const OFFERED_PROTOCOLS: Readonly<Record<Spoken | 'hbone', readonly string[]>> = {
  'http/1.1': ['istio-http/1.1', 'istio', 'http/1.1'],
  h2: ['istio-h2', 'istio', 'h2'],
  tcp: ['istio-peer-exchange', 'istio'],
  // Between ztunnels there is only this.
  hbone: ['h2'],
};
