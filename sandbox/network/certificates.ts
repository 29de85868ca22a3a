import 'reflect-metadata'
import { KeyObject, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

export const day = 24 * 60 * 60 * 1000
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** A key in PKCS#8 and its certificate, both PEM. */
export interface KeyPair {
  readonly key: string
  readonly certificate: string
}

/** A certificate authority. */
export interface Issuer {
  readonly certificate: x509.X509Certificate
  readonly key: webcrypto.CryptoKey
}

interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

interface Leaf extends Validity {
  readonly subject: string
  readonly publicKey: x509.PublicKeyType
  readonly extensions: readonly x509.Extension[]
}

/** A root authority, valid for ten years. */
export async function createRoot(name: string, usages: x509.KeyUsageFlags): Promise<Issuer> {
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    ...validFor(10 * 365 * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | usages, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate, key: keys.privateKey }
}

/** An authority below the root, valid for five years. */
export async function createIntermediate(subject: string, root: Issuer): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeys()
  const extensions = [
    new x509.BasicConstraintsExtension(true, 0, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
  ]
  const certificate = await signCertificate(root, { subject, publicKey, extensions, ...validFor(5 * 365 * day) })
  return { certificate, key: privateKey }
}

export function issueCertificate(issuer: Issuer, leaf: Leaf): Promise<x509.X509Certificate> {
  const extensions = [new x509.BasicConstraintsExtension(false, undefined, true), ...leaf.extensions]
  return signCertificate(issuer, { ...leaf, extensions })
}

async function signCertificate(issuer: Issuer, leaf: Leaf): Promise<x509.X509Certificate> {
  return x509.X509CertificateGenerator.create({
    ...leaf,
    serialNumber: serial(),
    issuer: issuer.certificate.subject,
    signingKey: issuer.key,
    signingAlgorithm: algorithm,
    extensions: [
      ...leaf.extensions,
      await x509.SubjectKeyIdentifierExtension.create(leaf.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate.publicKey),
    ],
  })
}

/** The extensions of a server's certificate for these DNS names or IP addresses. */
export function serverExtensions(names: readonly string[]): x509.Extension[] {
  return [
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(
      names.map((value) => (isIP(value) ? { type: 'ip', value } : { type: 'dns', value })),
    ),
  ]
}

/** Generates a key of ECDSA P-256, the type of all certificates of the sandbox and of the webhook. */
export function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

export function serial(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex')
}

/** The validity starts an hour ago, so that a client whose clock is behind accepts the certificate. */
export function validFor(milliseconds: number): Validity {
  return { notBefore: new Date(Date.now() - day / 24), notAfter: new Date(Date.now() + milliseconds) }
}

export function certificatePem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem').trimEnd()}\n`
}

export function keyPem(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString()
}

export function exportIssuer({ certificate, key }: Issuer): KeyPair {
  return { certificate: certificatePem(certificate), key: keyPem(key) }
}

export async function loadIssuer({ certificate, key }: KeyPair): Promise<Issuer> {
  const raw = x509.PemConverter.decodeFirst(key)
  return {
    certificate: new x509.X509Certificate(certificate),
    key: await webcrypto.subtle.importKey('pkcs8', raw, algorithm, true, ['sign']),
  }
}
