import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { interceptionRules } from './istio-rules.js';

describe('interception rules', () => {
  const rules = interceptionRules().split('\n');
  const chain = (name: string): string[] =>
    rules.filter((rule) => rule.startsWith(`-A ${name} `)).map((rule) => rule.slice(`-A ${name} `.length));

  it('take what comes in, but for the ports of the mesh itself', () => {
    assert.deepEqual(chain('PREROUTING'), ['-p tcp -j ISTIO_INBOUND']);
    assert.deepEqual(chain('ISTIO_INBOUND'), [
      '-p tcp -m tcp --dport 15008 -j RETURN',
      '-p tcp -m tcp --dport 15090 -j RETURN',
      '-p tcp -m tcp --dport 15021 -j RETURN',
      '-p tcp -m tcp --dport 15020 -j RETURN',
      '-p tcp -j ISTIO_IN_REDIRECT',
    ]);
    assert.deepEqual(chain('ISTIO_IN_REDIRECT'), ['-p tcp -j REDIRECT --to-ports 15006']);
  });

  it('leave alone the ports that are excluded', () => {
    const inbound = interceptionRules([8080])
      .split('\n')
      .filter((rule) => rule.startsWith('-A ISTIO_INBOUND '));
    assert.deepEqual(inbound.slice(-2), [
      '-A ISTIO_INBOUND -p tcp -m tcp --dport 8080 -j RETURN',
      '-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT',
    ]);
  });

  it('take what goes out, but for the sidecar and for loopback, in the order of istio-iptables', () => {
    assert.deepEqual(chain('ISTIO_OUTPUT'), [
      '-s 127.0.0.6/32 -o lo -j RETURN',
      '! -d 127.0.0.1/32 -o lo -p tcp -m tcp ! --dport 15008 -m owner --uid-owner 1337 -j ISTIO_IN_REDIRECT',
      '-o lo -m owner ! --uid-owner 1337 -j RETURN',
      '-m owner --uid-owner 1337 -j RETURN',
      '! -d 127.0.0.1/32 -o lo -p tcp -m tcp ! --dport 15008 -m owner --gid-owner 1337 -j ISTIO_IN_REDIRECT',
      '-o lo -m owner ! --gid-owner 1337 -j RETURN',
      '-m owner --gid-owner 1337 -j RETURN',
      '-d 127.0.0.1/32 -j RETURN',
      '-j ISTIO_REDIRECT',
    ]);
    assert.deepEqual(chain('ISTIO_REDIRECT'), ['-p tcp -j REDIRECT --to-ports 15001']);
  });
});

describe('interception rules in the mode TPROXY', () => {
  const rules = interceptionRules([8080], 'IPv4', 'TPROXY').split('\n');
  const [nat, mangle] = [rules.slice(0, rules.indexOf('*mangle')), rules.slice(rules.indexOf('*mangle'))];
  const chain = (table: string[], name: string): string[] =>
    table.filter((rule) => rule.startsWith(`-A ${name} `)).map((rule) => rule.slice(`-A ${name} `.length));

  it('take what comes in without changing its addresses, in the order of istio-iptables', () => {
    assert.deepEqual(chain(mangle, 'ISTIO_INBOUND'), [
      '-p tcp -m mark --mark 1337 -j RETURN',
      '-s 127.0.0.6/32 -i lo -p tcp -j RETURN',
      '-i lo -p tcp -m mark ! --mark 1338 -j RETURN',
      '-p tcp -m tcp --dport 15090 -j RETURN',
      '-p tcp -m tcp --dport 15021 -j RETURN',
      '-p tcp -m tcp --dport 15020 -j RETURN',
      '-p tcp -m tcp --dport 8080 -j RETURN',
      '-p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j ISTIO_DIVERT',
      '-p tcp -j ISTIO_TPROXY',
    ]);
    assert.deepEqual(chain(mangle, 'PREROUTING'), [
      '-p tcp -j ISTIO_INBOUND',
      '-p tcp -m mark --mark 1337 -j CONNMARK --save-mark',
    ]);
    assert.deepEqual(chain(nat, 'PREROUTING'), []);
  });

  it('take what goes out as in the mode REDIRECT', () => {
    const redirecting = interceptionRules().split('\n');
    assert.deepEqual(chain(nat, 'ISTIO_OUTPUT'), chain(redirecting, 'ISTIO_OUTPUT'));
    assert.deepEqual(chain(nat, 'OUTPUT'), ['-j ISTIO_OUTPUT']);
  });
});

describe('interception rules for IPv6', () => {
  it('are those for IPv4, with the addresses of IPv6', () => {
    const rules = interceptionRules([], 'IPv6');
    const asIPv4 = rules.replaceAll('::6/128', '127.0.0.6/32').replaceAll('::1/128', '127.0.0.1/32');
    assert.notEqual(rules, interceptionRules());
    assert.equal(asIPv4, interceptionRules());
  });
});
