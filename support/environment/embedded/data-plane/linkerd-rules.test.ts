import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { proxyInitRules } from './linkerd-rules.js';

function chain(name: string, skipped: readonly number[] = []): string[] {
  return proxyInitRules(skipped)
    .split('\n')
    .filter((rule) => rule.startsWith(`-A ${name} `))
    .map((rule) => rule.slice(`-A ${name} `.length).replace(/-m comment --comment "proxy-init\/[a-z-]+" /, ''));
}

describe('rules of proxy-init', () => {
  it('take what comes in, but for the proxy’s own ports', () => {
    assert.deepEqual(chain('PREROUTING'), ['-j PROXY_INIT_REDIRECT']);
    assert.deepEqual(chain('PROXY_INIT_REDIRECT'), [
      '-p tcp -m multiport --dports 4190,4191,4567,4568 -j RETURN',
      '-p tcp -j REDIRECT --to-ports 4143',
    ]);
  });

  it('leave alone the ports that are skipped, in the same rule', () => {
    assert.equal(
      chain('PROXY_INIT_REDIRECT', [8080])[0],
      '-p tcp -m multiport --dports 4190,4191,4567,4568,8080 -j RETURN',
    );
  });

  it('take what goes out, but for the proxy and for loopback', () => {
    assert.deepEqual(chain('OUTPUT'), ['-j PROXY_INIT_OUTPUT']);
    assert.deepEqual(chain('PROXY_INIT_OUTPUT'), [
      '-m owner --uid-owner 2102 -j RETURN',
      '-o lo -j RETURN',
      '-p tcp -m multiport --dports 4567,4568 -j RETURN',
      '-p tcp -j REDIRECT --to-ports 4140',
    ]);
  });
});
