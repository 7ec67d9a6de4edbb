import { declareStep } from '../support/language/index.js';
import { ExpectationError, UserError } from '../support/model/errors.js';
import type { InterfaceTraffic } from '../support/model/verdict.js';
import type { MirrorspecWorld } from '../support/world/index.js';

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: '{string} carried TLS only',
  title: 'an interface carried TLS only',
  description:
    'The packet capture of this interface of the workload’s pod has TLS records and not one request in plaintext, to and from the workload’s ports.',
  example: 'Then "eth0" carried TLS only',
  parameters: [{ name: 'interface', description: '`lo` or `eth0`' }],
  yaml: { key: 'interface', value: { name: '{interface}', carried: 'TLS only' } },
  async run(name) {
    const traffic = await trafficOf(this, name);
    if (traffic.tlsRecords === 0 || traffic.plaintextRequests > 0)
      throw new ExpectationError(wordsFor(traffic, 'TLS only'));
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: '{string} carried plaintext',
  title: 'an interface carried plaintext',
  description:
    'The packet capture of this interface of the workload’s pod has requests in plaintext and no TLS, to and from the workload’s ports.',
  example: 'Then "lo" carried plaintext',
  parameters: [{ name: 'interface', description: '`lo` or `eth0`' }],
  yaml: { key: 'interface', value: { name: '{interface}', carried: 'plaintext' } },
  async run(name) {
    const traffic = await trafficOf(this, name);
    if (traffic.plaintextRequests === 0 || traffic.tlsRecords > 0)
      throw new ExpectationError(wordsFor(traffic, 'plaintext only'));
  },
});

declareStep<MirrorspecWorld, [string]>({
  keyword: 'Then',
  expression: '{string} carried nothing',
  title: 'an interface carried nothing',
  description:
    'The packet capture of this interface of the workload’s pod has no payload to or from the workload’s ports.',
  example: 'Then "lo" carried nothing',
  parameters: [{ name: 'interface', description: '`lo` or `eth0`' }],
  yaml: { key: 'interface', value: { name: '{interface}', carried: 'nothing' } },
  async run(name) {
    const traffic = await trafficOf(this, name);
    if (traffic.payloadBytes > 0) throw new ExpectationError(wordsFor(traffic, 'nothing'));
  },
});

async function trafficOf(world: MirrorspecWorld, name: string): Promise<InterfaceTraffic> {
  const { evidence } = await world.verdicts();
  const traffic = evidence.interfaces.find((candidate) => candidate.interface === name);
  if (traffic === undefined) {
    const known = evidence.interfaces.map((candidate) => `"${candidate.interface}"`).join(' and ');
    throw new UserError(`"${name}" is not captured; captured are ${known}`);
  }
  return traffic;
}

function wordsFor(traffic: InterfaceTraffic, expected: string): string {
  return [
    `${traffic.interface} was expected to carry ${expected}, but carried`,
    `  ${traffic.tlsRecords} TLS records, ${traffic.plaintextRequests} requests in plaintext, ${traffic.payloadBytes} bytes of payload`,
  ].join('\n');
}
