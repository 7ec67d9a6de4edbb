import type { Identity } from '../sidecar/options.js';

export const TRUST_DOMAIN = 'cluster.local';
export const NAMESPACE = 'default';

/** Identities of a lab, by the name under which each was issued. */
export type Identities = ReadonlyMap<string, Identity>;

/** The SPIFFE id of a service account. */
function spiffeId(account: string): string {
  return `spiffe://${TRUST_DOMAIN}/ns/${NAMESPACE}/sa/${account}`;
}

/** A certificate authority of its own for every lab. Its key never leaves memory; those of proxies may be in the lab's own /run. */
export async function issueIdentities(names: readonly string[], idOf = spiffeId): Promise<Identities> {
  const { createAuthority } = await import('../sidecar/certificates.js');
  const authority = await createAuthority(TRUST_DOMAIN);
  const issued = await Promise.all(
    names.map(async (name): Promise<[string, Identity]> => {
      const spiffe = idOf(name);
      const { certificatePem, keyPem } = await authority.issue(spiffe);
      return [name, { certificatePem, keyPem, rootPem: authority.rootPem, spiffe, trustDomain: TRUST_DOMAIN }];
    }),
  );
  return new Map(issued);
}

export function identityOf(identities: Identities, name: string): Identity {
  const identity = identities.get(name);
  if (identity === undefined) throw new Error(`no identity was issued for ${name}`);
  return identity;
}
