import 'reflect-metadata'
import { KeyObject, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const day = 24 * 60 * 60 * 1000
const algorithms = {
  ecdsa: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
} as const

export interface Certified {
  readonly certificate: x509.X509Certificate
  readonly keys: webcrypto.CryptoKeyPair
  readonly algorithm: keyof typeof algorithms
}

export interface CertificateOptions {
  /** The name of an authority, or the DNS name of a server. */
  readonly name: string
  /** The signing authority. Without it, the certificate is self-signed. */
  readonly by?: Certified
  /** For a cross-signature: the authority with the same name and key. */
  readonly of?: Certified
  readonly algorithm?: keyof typeof algorithms
  readonly notAfter?: Date
}

/** A certificate of an authority: a root, an intermediate below `by`, or a cross-signature of `of` by `by`. */
export function authority(options: CertificateOptions): Promise<Certified> {
  return issue(options, [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
  ])
}

/** A certificate of a TLS server, for its name. */
export function server(options: CertificateOptions): Promise<Certified> {
  return issue(options, [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: options.name }]),
  ])
}

async function issue(options: CertificateOptions, extensions: x509.Extension[]): Promise<Certified> {
  const algorithm = options.of?.algorithm ?? options.algorithm ?? 'ecdsa'
  const keys = options.of?.keys ?? (await webcrypto.subtle.generateKey(algorithms[algorithm], true, ['sign', 'verify']))
  const subject = `CN=${options.name}`
  const signer = options.by ?? { keys, algorithm }
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex'),
    subject,
    issuer: options.by?.certificate.subject ?? subject,
    publicKey: keys.publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: algorithms[signer.algorithm],
    notBefore: new Date(Date.now() - 10 * day),
    notAfter: options.notAfter ?? new Date(Date.now() + 90 * day),
    extensions: [
      ...extensions,
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(signer.keys.publicKey),
    ],
  })
  return { certificate, keys, algorithm }
}

/** The key of a TLS server, and its certificates in the order in which it sends them. */
export function presentation([leaf, ...others]: readonly [Certified, ...Certified[]]): { key: string; cert: string } {
  return {
    key: KeyObject.from(leaf.keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: [leaf, ...others].map(pem).join(''),
  }
}

export function pem({ certificate }: Pick<Certified, 'certificate'>): string {
  return `${certificate.toString('pem')}\n`
}
