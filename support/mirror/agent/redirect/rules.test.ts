import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentChains, redirectRules, removalRules } from './rules.js';

const PLAIN = { id: 'a1', listenerPort: 40_000, ports: [8080, 9090], gid: 3456, mesh: 'none', excluded: [] } as const;

const ISTIO = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:ISTIO_INBOUND - [0:0]
-A PREROUTING -p tcp -j ISTIO_INBOUND
-A OUTPUT -j ISTIO_OUTPUT
-A ISTIO_INBOUND -p tcp -m tcp --dport 15008 -j RETURN
-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT
COMMIT
`;

describe('rules of the redirecting agent', () => {
  test('without a mesh: from outside and through lo, but not what the agent itself sends', () => {
    assert.equal(
      redirectRules(PLAIN),
      `*nat
:MRDIN_a1 - [0:0]
:MRDSTD_a1 - [0:0]
-A OUTPUT -j MRDSTD_a1
-A PREROUTING -j MRDIN_a1
-A MRDIN_a1 -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 40000
-A MRDIN_a1 -p tcp -m tcp --dport 9090 -j REDIRECT --to-ports 40000
-A MRDSTD_a1 -m owner --gid-owner 3456 -j RETURN
-A MRDSTD_a1 -o lo -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 40000
-A MRDSTD_a1 -o lo -p tcp -m tcp --dport 9090 -j REDIRECT --to-ports 40000
COMMIT
`,
    );
  });

  test('on a mesh: a chain of another name, and a RETURN for each rule that excludes ports', () => {
    const rules = redirectRules({
      ...PLAIN,
      ports: [8080],
      mesh: 'istio',
      excluded: [['15008'], ['15090', '15021']],
    }).split('\n');
    assert.deepEqual(
      rules.filter((rule) => /^-A (OUTPUT|MRDIN)/.test(rule)),
      [
        '-A OUTPUT -j MRDOUT_a1',
        '-A MRDIN_a1 -p tcp -m multiport ! --dports 15008 -j RETURN',
        '-A MRDIN_a1 -p tcp -m multiport ! --dports 15090,15021 -j RETURN',
        '-A MRDIN_a1 -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 40000',
      ],
    );
  });

  test('in ambient mode the jump from OUTPUT comes first', () => {
    assert.match(redirectRules({ ...PLAIN, mesh: 'istio-ambient' }), /^-I OUTPUT 1 -j MRDOUT_a1$/m);
  });

  test('removal names exactly the chains that were made', () => {
    const named = (rules: string): string[] => [...new Set(rules.match(/MRD\w+/g))].sort();
    for (const mesh of ['none', 'istio'] as const) {
      assert.deepEqual(named(removalRules({ id: 'a1', mesh })), named(redirectRules({ ...PLAIN, mesh })));
    }
  });

  test("another agent's chains are found", () => {
    assert.deepEqual(agentChains(`${ISTIO}:MRDIN_b2 - [0:0]\n:MIRRORD_OUTPUT_x - [0:0]\n`), [
      'MRDIN_b2',
      'MIRRORD_OUTPUT_x',
    ]);
    assert.deepEqual(agentChains(ISTIO), []);
  });
});
