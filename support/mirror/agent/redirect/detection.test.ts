import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { interceptionRules } from '../../../model/interception-rules.js';
import { excludedPorts, meshIn } from './rules.js';

/** What `iptables-save` lists in pods of each data plane. Comments and rules that tell nothing are cut. */
const ISTIO = `*nat
:ISTIO_INBOUND - [0:0]
-A PREROUTING -p tcp -j ISTIO_INBOUND
-A OUTPUT -j ISTIO_OUTPUT
-A ISTIO_INBOUND -p tcp -m tcp --dport 15008 -j RETURN
-A ISTIO_INBOUND -p tcp -m tcp --dport 15090 -j RETURN
-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT
-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006
-A ISTIO_OUTPUT -j ISTIO_REDIRECT
COMMIT
`;
/** Istio that lets through the client's address: inbound in mangle, outbound in nat. */
const ISTIO_TPROXY = `*mangle
-A PREROUTING -p tcp -j ISTIO_INBOUND
-A OUTPUT -p tcp -m connmark --mark 0x539 -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff
-A ISTIO_INBOUND -p tcp -m tcp --dport 15008 -j RETURN
-A ISTIO_INBOUND -p tcp -j ISTIO_TPROXY
-A ISTIO_TPROXY ! -d 127.0.0.1/32 -p tcp -j TPROXY --on-port 15006 --on-ip 0.0.0.0 --tproxy-mark 0x539/0xffffffff
COMMIT
*nat
-A OUTPUT -j ISTIO_OUTPUT
COMMIT
`;
const AMBIENT = `*mangle
-A PREROUTING -j ISTIO_PRERT
-A OUTPUT -j ISTIO_OUTPUT
-A ISTIO_OUTPUT -m connmark --mark 0x111/0xfff -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff
COMMIT
*nat
-A PREROUTING -j ISTIO_PRERT
-A OUTPUT -j ISTIO_OUTPUT
-A ISTIO_PRERT ! -d 127.0.0.1/32 -p tcp -m tcp ! --dport 15008 -m mark ! --mark 0x539/0xfff -j REDIRECT --to-ports 15006
COMMIT
`;
const LINKERD = `*nat
-A PREROUTING -m comment --comment "proxy-init/install-proxy-init-prerouting" -j PROXY_INIT_REDIRECT
-A OUTPUT -m comment --comment "proxy-init/install-proxy-init-output" -j PROXY_INIT_OUTPUT
-A PROXY_INIT_REDIRECT -p tcp -m multiport --dports 4190,4191,4567:4568 -m comment --comment "proxy-init/ignore-port" -j RETURN
-A PROXY_INIT_REDIRECT -p tcp -m comment --comment "proxy-init/redirect-all" -j REDIRECT --to-ports 4143
COMMIT
`;
const KUMA = `*nat
-A PREROUTING -p tcp -j KUMA_MESH_INBOUND
-A OUTPUT -p tcp -j KUMA_MESH_OUTBOUND
-A KUMA_MESH_INBOUND -p tcp -m tcp --dport 5678 -j RETURN
-A KUMA_MESH_INBOUND -p tcp -j KUMA_MESH_INBOUND_REDIRECT
COMMIT
`;
/** Istio with native nftables: what it has is in the table `inet istio-proxy-nat`, and `iptables-save` says nothing. */
const ISTIO_NFTABLES = '';

describe('detection of the mesh', () => {
  for (const [plane, saved, mesh, excluded] of [
    ['no mesh', '*nat\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n', 'none', []],
    ['Istio with sidecars', ISTIO, 'istio', [['15008'], ['15090']]],
    ['Istio with sidecars, TPROXY', ISTIO_TPROXY, 'istio', []],
    ['Istio in ambient mode', AMBIENT, 'istio-ambient', []],
    ['Istio with native nftables', ISTIO_NFTABLES, 'none', []],
    ['Linkerd', LINKERD, 'linkerd', [['4190', '4191', '4567:4568']]],
    ['Kuma', KUMA, 'kuma', [['5678']]],
  ] as const) {
    test(`${plane}: ${mesh}, with the ports that are left alone`, () => {
      const rules = interceptionRules(saved);
      assert.equal(meshIn(rules), mesh);
      assert.deepEqual(excludedPorts(rules, mesh), excluded);
    });
  }

  test('a jump in a chain that is not OUTPUT tells of no mesh, nor does one outside of nat', () => {
    assert.equal(meshIn(interceptionRules('*nat\n-A PREROUTING -j ISTIO_OUTPUT\nCOMMIT\n')), 'none');
    assert.equal(meshIn(interceptionRules('*mangle\n-A OUTPUT -j ISTIO_OUTPUT\nCOMMIT\n')), 'none');
  });

  test('the first jump decides', () => {
    const jumps = (...chains: string[]) =>
      interceptionRules(`*nat\n${chains.map((c) => `-A OUTPUT -j ${c}\n`).join('')}`);
    assert.equal(meshIn(jumps('MY_OUTPUT', 'KUMA_MESH_OUTBOUND', 'ISTIO_OUTPUT')), 'kuma');
  });

  test('a port that Istio is told to intercept is taken for one that it leaves alone', () => {
    const rules = interceptionRules('*nat\n-A ISTIO_INBOUND -p tcp -m tcp --dport 8080 -j ISTIO_IN_REDIRECT\nCOMMIT\n');
    assert.deepEqual(excludedPorts(rules, 'istio'), [['8080']]);
  });
});
