import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import {
  algorithm,
  day,
  generateKeys,
  keyPem,
  serial,
  serverExtensions,
  validFor,
  withNewline,
} from '../network/authority.ts'

/** A key in PKCS#8 and its certificate, both PEM. */
export interface KeyPair {
  readonly key: string
  readonly certificate: string
}

/** A cluster's own certificate authority. */
export interface ClusterAuthority {
  readonly caPem: string
  /** A server certificate for these DNS names or addresses, good for a year. */
  issueServer(names: readonly string[]): Promise<KeyPair>
  /** Signs a PKCS#10 request with the key usages that its CertificateSigningRequest asks for; PEM, good for a year. */
  sign(request: x509.Pkcs10CertificateRequest, usages: readonly string[]): Promise<string>
  /** Key and certificate, for the cluster's state. */
  export(): KeyPair
}

export async function createClusterAuthority(): Promise<ClusterAuthority> {
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=kubernetes',
    keys,
    ...validFor(10 * 365 * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return authorityOf(certificate, keys.privateKey)
}

export async function loadClusterAuthority(stored: KeyPair): Promise<ClusterAuthority> {
  const raw = x509.PemConverter.decodeFirst(stored.key)
  const key = await webcrypto.subtle.importKey('pkcs8', raw, algorithm, true, ['sign'])
  return authorityOf(new x509.X509Certificate(stored.certificate), key)
}

function authorityOf(ca: x509.X509Certificate, caKey: webcrypto.CryptoKey): ClusterAuthority {
  const issue = async (leaf: { subject: string; publicKey: x509.PublicKeyType; extensions: x509.Extension[] }) => {
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: leaf.subject,
      issuer: ca.subject,
      publicKey: leaf.publicKey,
      signingKey: caKey,
      signingAlgorithm: algorithm,
      ...validFor(365 * day),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        ...leaf.extensions,
        await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
      ],
    })
    return withNewline(certificate.toString('pem'))
  }
  const caPem = withNewline(ca.toString('pem'))
  return {
    caPem,
    async issueServer(names) {
      const { publicKey, privateKey } = await generateKeys()
      const certificate = await issue({ subject: `CN=${names[0]}`, publicKey, extensions: serverExtensions(names) })
      return { certificate, key: keyPem(privateKey) }
    },
    async sign(request, usages) {
      const names = request.extensions.filter((one) => one instanceof x509.SubjectAlternativeNameExtension)
      return issue({
        subject: request.subject,
        publicKey: request.publicKey,
        extensions: [...usageExtensions(usages), ...names],
      })
    },
    export: () => ({ certificate: caPem, key: keyPem(caKey) }),
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

/** Names of the usages as certificates.k8s.io writes them. */
function usageExtensions(usages: readonly string[]): x509.Extension[] {
  const flags = usages.reduce((sum, usage) => sum | (keyUsages[usage] ?? 0), 0)
  const extended = usages.flatMap((usage) => extendedUsages[usage] ?? [])
  return [
    ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
  ]
}
