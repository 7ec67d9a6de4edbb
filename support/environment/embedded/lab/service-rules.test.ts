import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serviceRules } from './service-rules.js';

describe('service rules', () => {
  it('write the endpoint of an IPv6 address in brackets', () => {
    const rules = serviceRules([{ address: 'fd00::1', port: 8080, endpoint: 'fd00::2' }]);
    assert.match(rules, /-d fd00::1\/128 -p tcp -m tcp --dport 8080 -j DNAT --to-destination \[fd00::2\]:8080$/m);
  });

  it('send the connections of a Service to its endpoint', () => {
    const rules = serviceRules([{ address: '10.96.0.10', port: 8080, endpoint: '10.244.0.10' }]);
    assert.match(
      rules,
      /^-A KUBE-SERVICES -d 10\.96\.0\.10\/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10\.244\.0\.10:8080$/m,
    );
  });
});
