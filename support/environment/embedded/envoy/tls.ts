import { OFFERED_PROTOCOLS } from '../sidecar/mesh-protocols.js';
import type { Identity, ServiceRoute } from '../sidecar/options.js';
import { any, type Config } from './typed.js';

/** What an inbound sidecar accepts inside mutual TLS, by what its filter chain serves (Istio `pkg/networking/util`). */
const ACCEPTED_PROTOCOLS = { http: ['h2', 'http/1.1'], tcp: ['istio-peer-exchange', 'h2', 'http/1.1'] } as const;

/** The server's side of mutual TLS: the client must show an id of the trust domain, certified by the mesh's authority. */
export function serverTls(identity: Identity, serves: keyof typeof ACCEPTED_PROTOCOLS): Config {
  return transportSocket('DownstreamTlsContext', {
    common_tls_context: {
      ...commonTls(identity, { prefix: `spiffe://${identity.trustDomain}/` }),
      alpn_protocols: ACCEPTED_PROTOCOLS[serves],
    },
    require_client_certificate: true,
  });
}

/**
 * The client's side: the server must show one of the Service's ids. The offered protocols hold for bytes; filter chains that serve
 * HTTP put others in their place ({@link OFFERED_PROTOCOLS}).
 */
export function clientTls(identity: Identity, service: ServiceRoute): Config {
  const accepted = service.spiffe.map((spiffe) => ({ exact: spiffe }));
  const trustDomain = { prefix: `spiffe://${identity.trustDomain}/` };
  return transportSocket('UpstreamTlsContext', {
    common_tls_context: {
      ...commonTls(identity, ...(accepted.length === 0 ? [trustDomain] : accepted)),
      alpn_protocols: OFFERED_PROTOCOLS.tcp,
    },
    sni: `outbound_.${service.port}_._.${service.name}`,
  });
}

function transportSocket(context: 'DownstreamTlsContext' | 'UpstreamTlsContext', fields: Config): Config {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: any(`extensions.transport_sockets.tls.v3.${context}`, fields),
  };
}

function commonTls(identity: Identity, ...accepted: readonly Config[]): Config {
  return {
    tls_params: { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' },
    tls_certificates: [
      {
        certificate_chain: { inline_string: identity.certificatePem },
        private_key: { inline_string: identity.keyPem },
      },
    ],
    validation_context: {
      trusted_ca: { inline_string: identity.rootPem },
      match_typed_subject_alt_names: accepted.map((matcher) => ({ san_type: 'URI', matcher })),
    },
  };
}
