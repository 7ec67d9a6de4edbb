import { declareStep } from '../support/language/index.js';
import { ExpectationError, UserError } from '../support/model/errors.js';
import type { InterfaceTraffic } from '../support/model/verdict.js';
import type { MirrorspecWorld } from '../support/world/index.js';

/** What was found on an interface, judged. */
const HOLDS: Readonly<Record<string, (traffic: InterfaceTraffic) => boolean>> = {
  'TLS only': ({ tlsRecords, plaintextRequests }) => tlsRecords > 0 && plaintextRequests === 0,
  plaintext: ({ tlsRecords, plaintextRequests }) => plaintextRequests > 0 && tlsRecords === 0,
  nothing: ({ payloadBytes }) => payloadBytes === 0,
};

declareStep<MirrorspecWorld, [string, string]>({
  keyword: 'Then',
  expression: '{string} carried {traffic}',
  title: 'what an interface carried',
  description: [
    'What the packet capture of this interface of the workload’s pod has, to and from the workload’s ports:',
    '',
    '- `TLS only`: TLS records and not one request in plaintext,',
    '- `plaintext`: requests in plaintext and no TLS,',
    '- `nothing`: no payload at all.',
  ].join('\n'),
  example: 'Then "eth0" carried TLS only',
  parameters: [
    { name: 'interface', description: '`lo` or `eth0`', schema: { examples: ['lo', 'eth0'] } },
    { name: 'carried', description: 'what it carried' },
  ],
  yaml: { key: 'interface', value: { name: '{interface}', carried: '{carried}' } },
  async run(name, carried) {
    const traffic = await trafficOf(this, name);
    if (HOLDS[carried]?.(traffic) !== true) throw new ExpectationError(wordsFor(traffic, carried));
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
    `${traffic.interface} was expected to carry ${expected === 'plaintext' ? 'plaintext only' : expected}, but carried`,
    `  ${traffic.tlsRecords} TLS records, ${traffic.plaintextRequests} requests in plaintext, ${traffic.payloadBytes} bytes of payload`,
  ].join('\n');
}
