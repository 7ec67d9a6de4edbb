import { exchangesOfCall, indexEvidence } from '../evidence/verdict/evidence-index.js';
import { ExpectationError, UserError } from '../model/errors.js';
import type { Peer } from '../model/situation.js';
import { visibleText } from '../model/visible-text.js';
import type { MirrorspecWorld } from './world.js';

const WITNESSES = { workload: 'the workload', localProcess: 'the mirror' } as const;

/** The last calls came to a party over connections from this peer's address. */
export async function expectAddressOf(
  world: MirrorspecWorld,
  peer: Peer,
  witness: keyof typeof WITNESSES,
): Promise<void> {
  const { evidence } = await world.verdicts();
  const { addresses } = await world.deployment();
  const party = indexEvidence(evidence)[witness];
  if (party === undefined) {
    throw new UserError('the workload is a program of your own, which keeps no journal: who called it is not known');
  }
  const exchanges = world.lastBatch.plan.ids.flatMap((id) => exchangesOfCall(party, id));
  if (exchanges.length === 0) {
    throw new ExpectationError(
      `${WITNESSES[witness]} got none of the calls: there is no address that it could have seen`,
    );
  }
  const seen = new Set(exchanges.map(({ connection }) => hostOf(party.connections.get(connection)?.remote)));
  const others = [...seen].filter((host) => host === undefined || !addresses[peer].includes(host));
  if (others.length === 0) return;
  throw new ExpectationError(
    [
      `${WITNESSES[witness]} was expected to see the address of the ${peer}, ${addresses[peer].join(' or ')}`,
      ...others.map(
        (host) => `found: ${host === undefined ? 'no address' : visibleText(host)}${whose(addresses, host)}`,
      ),
    ].join('\n'),
  );
}

function whose(addresses: Readonly<Record<Peer, readonly string[]>>, host: string | undefined): string {
  const found = Object.entries(addresses).find(([, own]) => host !== undefined && own.includes(host));
  return found === undefined ? '' : `, that of the ${found[0]}`;
}

/** Without the port; an IPv4 address also where a dual-stack socket has it. */
function hostOf(remote: string | undefined): string | undefined {
  return remote
    ?.replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:/, '');
}
