// The library's dependency container asks for this polyfill before it is loaded.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
/** Istio's defaults for workload certificates: 24 hours, dated back for clocks that differ. */
const LIFETIME_MS = 24 * 60 * 60 * 1000;
const BACK_DATED_MS = 2 * 60 * 1000;

export interface IssuedCertificate {
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly keyPem: string;
  /** The certificate followed by the root. */
  readonly chainPem: string;
}

/** A mesh's certificate authority. Its private key never leaves memory. */
export interface Authority {
  readonly rootPem: string;
  /**
   * Issues a workload certificate as istiod does: empty subject, the identity as the only (and therefore critical,
   * RFC 5280 §4.2.1.6) subject alternative name, usable as client and as server.
   *
   * @param name a SPIFFE id, or a DNS name
   */
  issue(name: string): Promise<IssuedCertificate>;
}

/** A new self-signed authority for a trust domain such as `cluster.local`. ECDSA P-256. */
export async function createAuthority(trustDomain: string): Promise<Authority> {
  const keys = await generateKeys();
  const name = `O=${trustDomain}`;
  const root = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...validity(),
      serialNumber: serialNumber(),
      name,
      keys,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const rootPem = `${root.toString('pem')}\n`;
  const authorityKeyIdentifier = await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey, false, webcrypto);

  const issue = async (id: string): Promise<IssuedCertificate> => {
    const own = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create(
      {
        ...validity(),
        serialNumber: serialNumber(),
        issuer: name,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: SIGNATURE,
        extensions: [
          new x509.SubjectAlternativeNameExtension(
            [{ type: id.startsWith('spiffe://') ? 'url' : 'dns', value: id }],
            true,
          ),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
          new x509.BasicConstraintsExtension(false, undefined, true),
          authorityKeyIdentifier,
        ],
      },
      webcrypto,
    );
    const certificatePem = `${certificate.toString('pem')}\n`;
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', own.privateKey);
    return {
      certificatePem,
      keyPem: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
      chainPem: certificatePem + rootPem,
    };
  };
  return { rootPem, issue };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
}

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - BACK_DATED_MS), notAfter: new Date(now + LIFETIME_MS) };
}

/** 16 random bytes; the first is kept below 0x80 so that the DER integer is positive, and above 0 so that it is minimal. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
