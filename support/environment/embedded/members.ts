import type { Situation, WorkloadSpec } from '../../model/situation.js';
import { portsOf } from '../../model/situation.js';
import type { DataPlane, MeshMembers } from './data-plane/data-plane.js';
import { NAMESPACE, TRUST_DOMAIN } from './data-plane/identities.js';
import type { LabPlan, PodPlan } from './lab/topology.js';

/** IPv6 addresses are written as the kernel's connection tracking tells them: without `::`. */
export const WORKLOAD = {
  pod: 'workload',
  address: '10.244.0.10',
  addressIPv6: 'fd00:10:244:0:0:0:0:10',
  service: '10.96.0.10',
  serviceIPv6: 'fd00:10:96:0:0:0:0:10',
} as const;
export const CALLER = { pod: 'caller', address: '10.244.0.20', addressIPv6: 'fd00:10:244:0:0:0:0:20' } as const;
/** The unprivileged user that applications, callers and user's commands run as. */
export const APPLICATION_USER = { uid: 1000, gid: 1000 } as const;

function nameOf(workload: WorkloadSpec): string {
  return workload.kind === 'command' ? 'application' : workload.kind;
}

export function serviceNameOf(workload: WorkloadSpec): string {
  return `${nameOf(workload)}.${NAMESPACE}.svc.${TRUST_DOMAIN}`;
}

/** Who takes part in the mesh. */
export function membersOf(situation: Situation): MeshMembers {
  return {
    name: serviceNameOf(situation.workload),
    services: serviceEndpoints(situation),
    workload: { ...WORKLOAD, identity: nameOf(situation.workload) },
    caller: { ...CALLER, identity: CALLER.pod },
  };
}

/** The pods of a lab, and the Services that lead to them. */
export function planOf(situation: Situation, plane: DataPlane): Pick<LabPlan, 'pods' | 'services'> {
  const excludedPorts = (situation.ports ?? []).filter(({ excluded }) => excluded).map(({ port }) => port);
  const pods: PodPlan[] = [
    podOf(WORKLOAD, situation, plane.interception(excludedPorts)),
    podOf(CALLER, situation, situation.caller === 'meshed' ? plane.interception([]) : undefined),
  ];
  return { pods, services: serviceEndpoints(situation) };
}

function podOf(
  { pod, address, addressIPv6 }: { readonly pod: string; readonly address: string; readonly addressIPv6: string },
  { dualStack }: Situation,
  interception: PodPlan['interception'],
): PodPlan {
  return {
    name: pod,
    address,
    ...(interception !== undefined && { interception }),
    ...(dualStack === true && { addressIPv6 }),
  };
}

/** The Service's addresses, port by port, with the endpoint that each leads to. */
function serviceEndpoints({ workload, dualStack }: Situation): LabPlan['services'] {
  const families = [
    { address: WORKLOAD.service, endpoint: WORKLOAD.address },
    ...(dualStack === true ? [{ address: WORKLOAD.serviceIPv6, endpoint: WORKLOAD.addressIPv6 }] : []),
  ];
  return families.flatMap((family) => portsOf(workload).map((port) => ({ ...family, port })));
}
