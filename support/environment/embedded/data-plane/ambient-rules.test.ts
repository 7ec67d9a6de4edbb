import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { interceptionRules } from '../../../model/interception-rules.js';
import { ambientInterception } from './ambient-rules.js';

describe('the rules of an ambient mesh', () => {
  const { rules, ip } = ambientInterception();
  const chain = (table: string, name: string): string[] =>
    interceptionRules(rules.IPv4).flatMap((rule) => (rule.table === table && rule.chain === name ? [rule.rule] : []));

  it('lead what comes in to ztunnel, but for its own tunnels and what it sends itself', () => {
    assert.deepEqual(chain('nat', 'ISTIO_PRERT'), [
      '-s 169.254.7.127/32 -p tcp -m tcp -j ACCEPT',
      '! -d 127.0.0.1/32 -p tcp -m tcp ! --dport 15008 -m mark ! --mark 0x539/0xfff -j REDIRECT --to-ports 15006',
    ]);
  });

  it('lead what goes out to ztunnel, but for what stays in the pod and what it sends itself', () => {
    assert.deepEqual(chain('nat', 'ISTIO_OUTPUT'), [
      '-d 169.254.7.127/32 -p tcp -m tcp -j ACCEPT',
      '-p tcp -m mark --mark 0x111/0xfff -j ACCEPT',
      '! -d 127.0.0.1/32 -o lo -j ACCEPT',
      '! -d 127.0.0.1/32 -p tcp -m mark ! --mark 0x539/0xfff -j REDIRECT --to-ports 15001',
    ]);
  });

  it('bring the application’s answers to the client’s address back to ztunnel', () => {
    assert.deepEqual(chain('mangle', 'ISTIO_PRERT'), [
      '-m mark --mark 0x539/0xfff -j CONNMARK --set-xmark 0x111/0xfff',
    ]);
    assert.deepEqual(chain('mangle', 'ISTIO_OUTPUT'), [
      '-m connmark --mark 0x111/0xfff -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    ]);
    assert.deepEqual(ip.IPv4, [
      'rule add fwmark 0x111/0xfff pref 32764 lookup 100',
      'route add local 0.0.0.0/0 dev lo table 100',
    ]);
  });
});
