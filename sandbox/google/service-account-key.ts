import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A service account key file: https://cloud.google.com/iam/docs/keys-create-delete. gsutil needs client_id, too. */
export type ServiceAccountKey = ReturnType<typeof newKey>

export const tokenUrl = 'https://oauth2.googleapis.com/token'

interface Owner {
  readonly project: string
  readonly email: string
}

/** The stored key, or a new one. */
export async function serviceAccountKey(file: string, owner: Owner): Promise<ServiceAccountKey> {
  const stored = await readFile(file, 'utf8').catch(() => undefined)
  if (stored) return JSON.parse(stored)
  const key = newKey(owner)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, JSON.stringify(key, null, 2), { mode: 0o600 })
  await rename(`${file}.new`, file)
  return key
}

function newKey({ project, email }: Owner) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    type: 'service_account',
    project_id: project,
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    private_key_id: publicKey.export({ type: 'spki', format: 'der' }).subarray(-20).toString('hex'),
    client_email: email,
    client_id: uniqueId(email),
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: tokenUrl,
    auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
    client_x509_cert_url: `https://www.googleapis.com/robot/v1/metadata/x509/${encodeURIComponent(email)}`,
    universe_domain: 'googleapis.com',
  }
}

/** An ID of 21 digits, like Google's. */
function uniqueId(email: string): string {
  const digest = createHash('sha256').update(email).digest('hex')
  return `1${String(BigInt(`0x${digest}`)).slice(0, 20)}`
}
