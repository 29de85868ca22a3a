import { createHash, generateKeyPair } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

/** A service account key file: https://cloud.google.com/iam/docs/keys-create-delete. gsutil asks for client_id, too. */
export interface ServiceAccountKey {
  type: 'service_account'
  project_id: string
  private_key_id: string
  private_key: string
  client_email: string
  client_id: string
  auth_uri: string
  token_uri: string
  auth_provider_x509_cert_url: string
  client_x509_cert_url: string
  universe_domain: string
}

export const tokenUrl = 'https://oauth2.googleapis.com/token'

interface Owner {
  readonly project: string
  readonly email: string
}

/** The key that is kept in the file, or a new one. */
export async function serviceAccountKey(file: string, owner: Owner): Promise<ServiceAccountKey> {
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept) return JSON.parse(kept)
  const key = keyFile(await newPair(), owner)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, JSON.stringify(key, null, 2), { mode: 0o600 })
  await rename(`${file}.new`, file)
  return key
}

type Pair = Pick<ServiceAccountKey, 'private_key' | 'private_key_id'>

async function newPair(): Promise<Pair> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return {
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    private_key_id: publicKey.export({ type: 'spki', format: 'der' }).subarray(-20).toString('hex'),
  }
}

function keyFile(pair: Pair, { project, email }: Owner): ServiceAccountKey {
  return {
    type: 'service_account',
    project_id: project,
    ...pair,
    client_email: email,
    client_id: uniqueId(email),
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: tokenUrl,
    auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
    client_x509_cert_url: `https://www.googleapis.com/robot/v1/metadata/x509/${encodeURIComponent(email)}`,
    universe_domain: 'googleapis.com',
  }
}

/** 21 digits, as Google's are. */
function uniqueId(email: string): string {
  const digest = createHash('sha256').update(email).digest('hex')
  return `1${String(BigInt(`0x${digest}`)).slice(0, 20)}`
}
