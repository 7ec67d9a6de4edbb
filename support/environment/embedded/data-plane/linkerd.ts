import { UserError } from '../../../model/errors.js';
import { portsOf, protocolOf, type Situation } from '../../../model/situation.js';
import { LINKERD_HEADERS } from '../linkerd/dialect.js';
import { linkerdId } from '../linkerd/identity.js';
import {
  LINKERD_INBOUND_PORT,
  LINKERD_OPAQUE_PORTS,
  type LinkerdProxyOptions,
  type LinkerdService,
} from '../linkerd/options.js';
import type { DataPlane, MeshMember, MeshProxy } from './data-plane.js';
import { identityOf, issueIdentities, NAMESPACE, TRUST_DOMAIN } from './identities.js';
import { LINKERD_UID, linkerdInterception } from './linkerd-rules.js';
import { startProxyProgram } from './proxy-program.js';

/** In which respects the proxy is not Linkerd's; told wherever results are shown. */
const APPROXIMATION =
  'mirrorspec’s own program, not linkerd2-proxy: no control plane, one endpoint, no retries, no load balancing, no policies';

/** Linkerd: a proxy beside each application, mutual TLS between them, others are let in (`all-unauthenticated`). */
export const LINKERD: DataPlane = {
  headers: LINKERD_HEADERS,
  interception: linkerdInterception,
  tunnelPorts: [LINKERD_INBOUND_PORT],
  async prepare(situation, members) {
    refuseIstioPolicies(situation);
    const { workload, caller } = members;
    const meshed = situation.caller === 'meshed' ? [workload, caller] : [workload];
    const identities = await issueIdentities(
      meshed.map(({ identity }) => identity),
      idOf,
    );
    const services = members.services.map(
      ({ address, port, endpoint }): LinkerdService => ({
        address,
        port,
        name: members.name,
        endpoint: { address: endpoint, port },
        serverId: idOf(workload.identity),
      }),
    );
    const opaquePorts = opaquePortsOf(situation);
    const { dualStack = false } = situation;
    return {
      facts: { mesh: 'linkerd, embedded reference', proxy: APPROXIMATION },
      proxies: meshed.map((member) =>
        proxyOf(member, {
          podAddress: member.address,
          dualStack,
          identity: identityOf(identities, member.identity),
          services,
          opaquePorts,
        }),
      ),
    };
  },
};

function idOf(account: string): string {
  return linkerdId(account, NAMESPACE, TRUST_DOMAIN);
}

/** A port that the Service declares as TCP is taken for one that the annotation `config.linkerd.io/opaque-ports` names. */
function opaquePortsOf(situation: Situation): readonly number[] {
  const declared = portsOf(situation.workload).filter((port) => protocolOf(port, situation) === 'tcp');
  return [...LINKERD_OPAQUE_PORTS, ...declared];
}

function refuseIstioPolicies({ deniedPaths, ports }: Situation): void {
  const said =
    deniedPaths === undefined
      ? ports?.some(({ mtls }) => mtls !== undefined) === true
        ? 'an mTLS policy of a port'
        : undefined
      : 'an authorization policy';
  if (said === undefined) return;
  throw new UserError(
    `${said} is Istio’s: the embedded Linkerd mesh has no policies. Leave that step out, or say "Given an Istio mesh"`,
  );
}

function proxyOf({ pod }: MeshMember, options: LinkerdProxyOptions): MeshProxy {
  const name = `proxy of the ${pod}`;
  const module = new URL('../linkerd/program.js', import.meta.url);
  const user = { uid: LINKERD_UID, gid: LINKERD_UID };
  return { name, start: (lab, signal) => startProxyProgram({ lab, pod, name }, { module, options, user }, signal) };
}
