import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MtlsPolicy } from '../../../model/situation.js';
import type { PortProtocol, SidecarOptions } from '../sidecar/options.js';
import { bootstrapOf } from './bootstrap.js';
import { chainsOf } from './inbound-listener.js';

const FILES = { bootstrap: '/run/a/bootstrap.json', admin: '/run/a/admin.sock', accessLog: '/run/a/access.log' };
const OPTIONS: SidecarOptions = {
  podAddress: '10.244.0.10',
  identity: {
    certificatePem: 'CERTIFICATE',
    keyPem: 'KEY',
    rootPem: 'ROOT',
    spiffe: 'spiffe://cluster.local/ns/default/sa/echo',
    trustDomain: 'cluster.local',
  },
  policy: 'STRICT',
  inboundPorts: [
    { port: 8080, protocol: 'auto' },
    { port: 7000, protocol: 'tcp' },
  ],
  services: [
    {
      address: '10.96.0.10',
      port: 8080,
      name: 'echo.default.svc.cluster.local',
      endpoint: { address: '10.244.0.10', port: 8080 },
      tls: 'ISTIO_MUTUAL',
      spiffe: ['spiffe://cluster.local/ns/default/sa/echo'],
      protocol: 'auto',
    },
  ],
};

/** What a connection is taken for: its transport and what it offers, or `refused`. */
function taken(policy: MtlsPolicy, protocol: PortProtocol, transport: 'tls' | 'raw_buffer', offers: string[]): string {
  const matching = chainsOf(policy, protocol).filter((chain) => {
    const fits = chain.applications === undefined || chain.applications.some((name) => offers.includes(name));
    return fits && (chain.transport === undefined || chain.transport === transport);
  });
  // As Envoy does: a chain that names what is offered goes before one that takes all.
  const chain = matching.find(({ applications }) => applications !== undefined) ?? matching[0];
  return chain === undefined ? 'refused' : `${chain.serves}${chain.mutualTls ? ' in mutual TLS' : ''}`;
}

describe('the filter chains of a port', () => {
  const arrivals = [
    ['HTTP of a sidecar', 'tls', ['istio-http/1.1', 'istio', 'http/1.1']],
    ['bytes of a sidecar', 'tls', ['istio-peer-exchange', 'istio']],
    ['TLS of an application', 'tls', ['h2', 'http/1.1']],
    ['plaintext HTTP/1.1', 'raw_buffer', ['http/1.1']],
    ['plaintext HTTP/2', 'raw_buffer', ['h2c']],
    ['plaintext bytes', 'raw_buffer', []],
  ] as const;
  for (const [policy, protocol, expected] of [
    [
      'STRICT',
      'auto',
      ['http in mutual TLS', 'tcp in mutual TLS', 'tcp in mutual TLS', 'refused', 'refused', 'refused'],
    ],
    ['STRICT', 'tcp', ['tcp in mutual TLS', 'tcp in mutual TLS', 'tcp in mutual TLS', 'refused', 'refused', 'refused']],
    ['PERMISSIVE', 'auto', ['http in mutual TLS', 'tcp in mutual TLS', 'tcp', 'http', 'http', 'tcp']],
    ['PERMISSIVE', 'tcp', ['tcp in mutual TLS', 'tcp in mutual TLS', 'tcp', 'tcp', 'tcp', 'tcp']],
    ['DISABLE', 'auto', ['tcp', 'tcp', 'tcp', 'http', 'http', 'tcp']],
    ['DISABLE', 'tcp', ['tcp', 'tcp', 'tcp', 'tcp', 'tcp', 'tcp']],
  ] as const) {
    it(`take what ${policy} lets in on a port that is ${protocol}`, () => {
      assert.deepEqual(
        arrivals.map(([what, transport, offers]) => `${what}: ${taken(policy, protocol, transport, [...offers])}`),
        arrivals.map(([what], index) => `${what}: ${expected[index]}`),
      );
    });
  }
});

describe('the bootstrap of a sidecar', () => {
  const text = JSON.stringify(bootstrapOf(OPTIONS, FILES));
  const bootstrap = JSON.parse(text);

  it('has an admin interface on a Unix socket, and no port but 15006 and 15001', () => {
    assert.deepEqual(bootstrap.admin, { address: { pipe: { path: FILES.admin, mode: 0o600 } } });
    const bound = bootstrap.static_resources.listeners
      .filter((listener: { bind_to_port?: boolean }) => listener.bind_to_port !== false)
      .map((listener: { address: { socket_address: object } }) => listener.address.socket_address);
    assert.deepEqual(bound, [
      { address: '0.0.0.0', port_value: 15006 },
      { address: '0.0.0.0', port_value: 15001 },
    ]);
  });

  it('reaches the application from 127.0.0.6, where the client meant to go', () => {
    const cluster = bootstrap.static_resources.clusters.find(({ name }: { name: string }) => name === 'inbound|8080||');
    assert.equal(cluster.type, 'ORIGINAL_DST');
    assert.deepEqual(cluster.upstream_bind_config, { source_address: { address: '127.0.0.6', port_value: 0 } });
  });

  it('demands the identity of a Service, and of its clients one of the mesh', () => {
    const outbound = bootstrap.static_resources.clusters.at(-1);
    assert.equal(outbound.name, 'outbound|8080||echo.default.svc.cluster.local');
    const client = outbound.transport_socket.typed_config;
    assert.equal(client.sni, 'outbound_.8080_._.echo.default.svc.cluster.local');
    assert.deepEqual(client.common_tls_context.validation_context, {
      trusted_ca: { inline_string: 'ROOT' },
      match_typed_subject_alt_names: [
        { san_type: 'URI', matcher: { exact: 'spiffe://cluster.local/ns/default/sa/echo' } },
      ],
    });
    const servers = bootstrap.static_resources.listeners[0].filter_chains
      .map((chain: { transport_socket?: { typed_config: object } }) => chain.transport_socket?.typed_config)
      .filter((config: object | undefined) => config !== undefined);
    assert.ok(servers.length > 0);
    for (const server of servers) {
      assert.equal(server.require_client_certificate, true);
      assert.deepEqual(server.common_tls_context.validation_context.match_typed_subject_alt_names, [
        { san_type: 'URI', matcher: { prefix: 'spiffe://cluster.local/' } },
      ]);
    }
  });

  it('does not wait for the client on a port of bytes, where the server may speak first', () => {
    const inspector = bootstrap.static_resources.listeners[0].listener_filters.at(-1);
    assert.equal(inspector.name, 'envoy.filters.listener.http_inspector');
    assert.deepEqual(inspector.filter_disabled, { destination_port_range: { start: 7000, end: 7001 } });
  });

  it('repeats no request', () => {
    assert.ok(!text.includes('retry'));
  });
});

describe('a sidecar that intercepts with TPROXY', () => {
  it('takes connections as they are, and connects from the address of the client, with a mark', () => {
    const [redirect, tproxy] = [OPTIONS, { ...OPTIONS, originalSource: true }].map((options) =>
      JSON.stringify(bootstrapOf(options, FILES)),
    );
    assert.match(tproxy ?? '', /"transparent":true/);
    assert.match(tproxy ?? '', /original_src\.v3\.OriginalSrc","mark":1337/);
    assert.doesNotMatch(tproxy ?? '', /127\.0\.0\.6/);
    assert.doesNotMatch(redirect ?? '', /transparent|original_src/);
    assert.match(redirect ?? '', /127\.0\.0\.6/);
  });
});
