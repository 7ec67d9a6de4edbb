import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse, stringify } from 'yaml';
import { sourceOf } from '../results/write-results.js';
import { resultsWith, type SyntheticScenario } from '../testing/synthetic-results.js';
import { type ConformanceReport, conformanceOf } from './conformance.js';
import { CONFORMANCE_SCHEMA } from './conformance-schema.js';

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile<ConformanceReport>(CONFORMANCE_SCHEMA);

function statementOf(
  scenarios: readonly SyntheticScenario[],
  run?: Parameters<typeof resultsWith>[1],
): ConformanceReport {
  const statement: unknown = parse(stringify(conformanceOf(sourceOf(resultsWith(scenarios, run)))));
  assert.ok(validate(statement), JSON.stringify(validate.errors));
  return statement;
}

describe('a conformance statement', () => {
  it('says of each mesh, policy, mechanism and version what is supported', () => {
    const { environments, commit } = statementOf([
      { name: 'a', cells: [{}] },
      { name: 'b', cells: [{}], known: ['L4', 'L3'] },
      { name: 'c', cells: [{ protocol: 'HTTP/1.1' }], state: 'fail' },
      { name: 'd', cells: [{ protocol: 'HTTP/1.1' }] },
      { name: 'e', cells: [{ protocol: 'TCP' }], state: 'not-applicable' },
      {
        name: 'f',
        cells: [{ profile: 'redirect', mirrord: '3.250.0', protocol: 'SSE', interaction: 'server-streaming' }],
      },
      { name: 'g' },
    ]);
    assert.equal(commit, 'c0ffee0000000000000000000000000000000001');
    const [embedded] = environments;
    assert.deepEqual([embedded?.name, embedded?.kind, embedded?.standIns], ['embedded', 'embedded', ['the mesh']]);
    const [redirect, sniffer] = embedded?.profiles ?? [];
    assert.deepEqual(
      [redirect?.mirror, redirect?.mirrord, redirect?.supported],
      ['redirect', '3.250.0', ['SSE server-streaming']],
    );
    assert.deepEqual(sniffer, {
      mesh: 'istio',
      mtls: 'STRICT',
      mirror: 'sniffer',
      mirrord: '3.180.0',
      listen: 'lo',
      supported: ['HTTP/2 unary'],
      limited: [{ call: 'HTTP/2 unary', limitations: ['L3', 'L4'] }],
      unsupported: ['HTTP/1.1 unary'],
      notApplicable: ['TCP unary'],
      scenarios: { passed: 2, limited: 1, failed: 1, other: 1 },
    });
  });

  it('says what its statements are about, and how to come to them', () => {
    const { environments } = statementOf([{ name: 'a' }], { command: 'npx mirrorspec run --retry 2' });
    assert.deepEqual(environments[0]?.reproduce, ['npx mirrorspec run --retry 2']);
    assert.equal(environments[0]?.meaning, 'These are verdicts on the reference agent.');
    assert.deepEqual(environments[0]?.profiles, []);
  });
});
