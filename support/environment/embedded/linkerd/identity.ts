import type { TlsProfile } from '../sidecar/mutual-tls.js';
import { LINKERD_TRANSPORT } from './options.js';

const SERVICE_ACCOUNT = 'serviceaccount.identity.linkerd';

/** Name of a service account's identity (linkerd2 `identity.serviceAccountName`). */
export function linkerdId(account: string, namespace: string, trustDomain: string): string {
  return `${account}.${namespace}.${SERVICE_ACCOUNT}.${trustDomain}`;
}

/** Linkerd's proxies know each other by a DNS name; only the transport header is agreed on by ALPN. */
export const LINKERD_TLS: TlsProfile = {
  idOf(names) {
    if (names === undefined || names.includes('"')) return undefined;
    const [only, ...others] = names.split(', ').filter((name) => name.startsWith('DNS:'));
    return only === undefined || others.length > 0 ? undefined : only.slice('DNS:'.length);
  },
  isInTrustDomain: (id, trustDomain) => id.endsWith(`.${SERVICE_ACCOUNT}.${trustDomain}`),
  offered: () => undefined,
  spokenBy: { [LINKERD_TRANSPORT]: 'tcp' },
};
