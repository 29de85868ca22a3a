import 'reflect-metadata'
import { KeyObject, webcrypto } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'

export const day = 24 * 60 * 60 * 1000
export const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

export interface LeafOptions {
  /** Validity from now; 90 days when left out. */
  days?: number
  /** Takes the place of `days`; a date in the past gives an expired certificate. */
  notAfter?: Date
  /** Signed below a root that is not in `caPem`. */
  untrusted?: boolean
  /** Adds the root to the chain, as some servers do. */
  withRoot?: boolean
}

export interface Leaf {
  /** PKCS#8 in PEM. */
  key: string
  /** Leaf, then intermediate, then the root if asked for; in PEM. */
  chain: string
}

export interface Authority {
  /** The root's certificate as a file, for NODE_EXTRA_CA_CERTS. */
  caFile: string
  caPem: string
  /** A new key and certificate for these DNS names or IP addresses. */
  issue(names: string[], options?: LeafOptions): Promise<Leaf>
  /** Replaces the intermediate, as a public CA does from time to time: what is issued from now on has another chain. */
  rotate(): Promise<void>
}

interface Issuer {
  certificate: x509.X509Certificate
  key: webcrypto.CryptoKey
}

interface Authorities {
  root: Issuer
  intermediate: Issuer
}

/**
 * The sandbox's own certificate authority: a root and an intermediate, kept in `directory` and used again when they are
 * there, so that what was set to trust it once trusts it after a restart.
 */
export async function createAuthority(directory: string): Promise<Authority> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, 'authority.json')
  const caFile = join(directory, 'ca.pem')
  let trusted = await load(file)
  if (!trusted) {
    trusted = await createAuthorities('Sandbox')
    await save(file, trusted)
  }
  const caPem = pem(trusted.root)
  await writeFile(caFile, caPem)
  let untrusted: Authorities | undefined

  return {
    caFile,
    caPem,
    async issue(names, options = {}) {
      if (!options.untrusted) return issueLeaf(trusted, names, options)
      untrusted ??= await createAuthorities('Untrusted')
      return issueLeaf(untrusted, names, options)
    },
    async rotate() {
      trusted.intermediate = await createIntermediate('Sandbox', trusted.root)
      await save(file, trusted)
    },
  }
}

async function createAuthorities(label: string): Promise<Authorities> {
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `O=Workload Identity ${label}, CN=${label} Root`,
    keys,
    ...validFor(10 * 365 * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const root = { certificate, key: keys.privateKey }
  return { root, intermediate: await createIntermediate(label, root) }
}

async function createIntermediate(label: string, root: Issuer): Promise<Issuer> {
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `O=Workload Identity ${label}, CN=${label} CA ${serial().slice(0, 6)}`,
    issuer: root.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: root.key,
    signingAlgorithm: algorithm,
    ...validFor(5 * 365 * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(root.certificate.publicKey),
    ],
  })
  return { certificate, key: keys.privateKey }
}

async function issueLeaf(from: Authorities, names: string[], options: LeafOptions): Promise<Leaf> {
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${names[0]}`,
    issuer: from.intermediate.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: from.intermediate.key,
    signingAlgorithm: algorithm,
    ...(options.notAfter ? validUntil(options.notAfter) : validFor((options.days ?? 90) * day)),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      ...serverExtensions(names),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(from.intermediate.certificate.publicKey),
    ],
  })
  const chain = [certificate.toString('pem'), pem(from.intermediate)]
  if (options.withRoot) chain.push(pem(from.root))
  return { key: keyPem(keys.privateKey), chain: chain.map(withNewline).join('') }
}

/** Of a server's certificate for these DNS names or IP addresses. */
export function serverExtensions(names: readonly string[]): x509.Extension[] {
  return [
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(
      names.map((value) => (isIP(value) ? { type: 'ip', value } : { type: 'dns', value })),
    ),
  ]
}

/** A key of ECDSA P-256, as all certificates of the sandbox have and as the webhook uses. */
export function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

export function serial(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex')
}

/** Valid from an hour ago, so that a clock a little behind does not refuse it. */
export function validFor(milliseconds: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - day / 24), notAfter: new Date(Date.now() + milliseconds) }
}

function validUntil(notAfter: Date): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - day), notAfter }
}

function pem(issuer: Issuer): string {
  return withNewline(issuer.certificate.toString('pem'))
}

export function withNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}

/** PKCS#8 in PEM. */
export function keyPem(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Written beside and renamed, so that a crash half-way leaves the old file or none. */
async function save(file: string, authorities: Authorities): Promise<void> {
  const part = ({ certificate, key }: Issuer) => ({ certificate: certificate.toString('pem'), key: keyPem(key) })
  const text = JSON.stringify({ root: part(authorities.root), intermediate: part(authorities.intermediate) }, null, 2)
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

async function load(file: string): Promise<Authorities | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (!text) return undefined
  const stored: Record<'root' | 'intermediate', { certificate: string; key: string }> = JSON.parse(text)
  const part = async ({ certificate, key }: { certificate: string; key: string }): Promise<Issuer> => ({
    certificate: new x509.X509Certificate(certificate),
    key: await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(key), algorithm, true, ['sign']),
  })
  return { root: await part(stored.root), intermediate: await part(stored.intermediate) }
}
