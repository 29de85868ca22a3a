import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import {
  certificatePem,
  createRoot,
  day,
  exportIssuer,
  generateKeys,
  type Issuer,
  issueCertificate,
  type KeyPair,
  keyPem,
  loadIssuer,
  serverExtensions,
  validFor,
} from '../network/certificates.ts'

export interface ClusterAuthority {
  readonly caPem: string
  /** A server certificate for these DNS names or addresses, valid for a year. */
  issueServer(names: readonly string[]): Promise<KeyPair>
  /** Signs a PKCS#10 request with these key usages of certificates.k8s.io. Returns PEM that is valid for a year. */
  sign(request: x509.Pkcs10CertificateRequest, usages: readonly string[]): Promise<string>
  export(): KeyPair
}

export async function createClusterAuthority(): Promise<ClusterAuthority> {
  const usages = x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment
  return authorityOf(await createRoot('CN=kubernetes', usages))
}

export async function loadClusterAuthority(stored: KeyPair): Promise<ClusterAuthority> {
  return authorityOf(await loadIssuer(stored))
}

function authorityOf(ca: Issuer): ClusterAuthority {
  const issue = async (subject: string, publicKey: x509.PublicKeyType, extensions: readonly x509.Extension[]) =>
    certificatePem(await issueCertificate(ca, { subject, publicKey, extensions, ...validFor(365 * day) }))
  return {
    caPem: certificatePem(ca.certificate),
    async issueServer(names) {
      const { publicKey, privateKey } = await generateKeys()
      return { certificate: await issue(`CN=${names[0]}`, publicKey, serverExtensions(names)), key: keyPem(privateKey) }
    },
    sign(request, usages) {
      const names = request.extensions.filter((one) => one instanceof x509.SubjectAlternativeNameExtension)
      return issue(request.subject, request.publicKey, [...usageExtensions(usages), ...names])
    },
    export: () => exportIssuer(ca),
  }
}

const keyUsages: Readonly<Record<string, x509.KeyUsageFlags>> = {
  signing: x509.KeyUsageFlags.digitalSignature,
  'digital signature': x509.KeyUsageFlags.digitalSignature,
  'content commitment': x509.KeyUsageFlags.nonRepudiation,
  'key encipherment': x509.KeyUsageFlags.keyEncipherment,
  'key agreement': x509.KeyUsageFlags.keyAgreement,
  'data encipherment': x509.KeyUsageFlags.dataEncipherment,
}

const extendedUsages: Readonly<Record<string, string>> = {
  'server auth': x509.ExtendedKeyUsage.serverAuth,
  'client auth': x509.ExtendedKeyUsage.clientAuth,
}

/** Converts key usages of certificates.k8s.io to extensions of a certificate. */
function usageExtensions(usages: readonly string[]): x509.Extension[] {
  const flags = usages.reduce((sum, usage) => sum | (keyUsages[usage] ?? 0), 0)
  const extended = usages.flatMap((usage) => extendedUsages[usage] ?? [])
  return [
    ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
  ]
}
