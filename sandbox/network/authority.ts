import 'reflect-metadata'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KeyUsageFlags } from '@peculiar/x509'
import {
  certificatePem,
  createIntermediate,
  createRoot,
  day,
  exportIssuer,
  generateKeys,
  type Issuer,
  issueCertificate,
  type KeyPair,
  keyPem,
  loadIssuer,
  serial,
  serverExtensions,
  validFor,
} from './certificates.ts'

export interface LeafOptions {
  /** Days of validity from now. Default: 90. */
  days?: number
  /** Overrides `days`. A date in the past gives an expired certificate. */
  notAfter?: Date
  /** Signs the certificate below another root, which is not in `caPem`. */
  untrusted?: boolean
  /** Adds the root to the chain, as some servers do. */
  withRoot?: boolean
}

export interface Leaf {
  key: string
  /** Leaf, then intermediate, then the root if requested; in PEM. */
  chain: string
}

export interface Authority {
  /** The root's certificate as a file, for NODE_EXTRA_CA_CERTS. */
  caFile: string
  caPem: string
  issue(names: string[], options?: LeafOptions): Promise<Leaf>
  /** Replaces the intermediate, as a public CA does from time to time. New certificates then have another chain. */
  rotate(): Promise<void>
}

interface Authorities {
  root: Issuer
  intermediate: Issuer
}

/**
 * The sandbox's certificate authority: a root and an intermediate. They are stored in `directory`, so that clients
 * still trust them after a restart.
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
  const caPem = certificatePem(trusted.root.certificate)
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
      trusted.intermediate = await intermediateOf('Sandbox', trusted.root)
      await save(file, trusted)
    },
  }
}

async function createAuthorities(label: string): Promise<Authorities> {
  const root = await createRoot(`O=Workload Identity ${label}, CN=${label} Root`, KeyUsageFlags.cRLSign)
  return { root, intermediate: await intermediateOf(label, root) }
}

function intermediateOf(label: string, root: Issuer): Promise<Issuer> {
  return createIntermediate(`O=Workload Identity ${label}, CN=${label} CA ${serial().slice(0, 6)}`, root)
}

async function issueLeaf({ root, intermediate }: Authorities, names: string[], options: LeafOptions): Promise<Leaf> {
  const { publicKey, privateKey } = await generateKeys()
  const validity = options.notAfter ? validUntil(options.notAfter) : validFor((options.days ?? 90) * day)
  const extensions = serverExtensions(names)
  const certificate = await issueCertificate(intermediate, {
    subject: `CN=${names[0]}`,
    publicKey,
    extensions,
    ...validity,
  })
  const chain = [certificate, intermediate.certificate, ...(options.withRoot ? [root.certificate] : [])]
  return { key: keyPem(privateKey), chain: chain.map(certificatePem).join('') }
}

function validUntil(notAfter: Date): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - day), notAfter }
}

/** Writes a new file and renames it, so that a crash leaves the old file or none. */
async function save(file: string, { root, intermediate }: Authorities): Promise<void> {
  const text = JSON.stringify({ root: exportIssuer(root), intermediate: exportIssuer(intermediate) }, null, 2)
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

async function load(file: string): Promise<Authorities | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (!text) return undefined
  const stored: Record<keyof Authorities, KeyPair> = JSON.parse(text)
  return { root: await loadIssuer(stored.root), intermediate: await loadIssuer(stored.intermediate) }
}
