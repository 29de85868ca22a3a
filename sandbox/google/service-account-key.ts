import { generateKeyPair } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

/** The part of a service-account key file that is used (https://cloud.google.com/iam/docs/keys-create-delete). */
export interface ServiceAccountKey {
  type: 'service_account'
  project_id: string
  private_key_id: string
  private_key: string
  client_email: string
  token_uri: string
}

export const tokenUrl = 'https://oauth2.googleapis.com/token'

/** The key that is kept in the file, or a new one. */
export async function serviceAccountKey(
  file: string,
  owner: { project: string; email: string },
): Promise<ServiceAccountKey> {
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept) {
    const key: ServiceAccountKey = JSON.parse(kept)
    return key
  }
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const id = publicKey.export({ type: 'spki', format: 'der' }).subarray(-20).toString('hex')
  const key: ServiceAccountKey = {
    type: 'service_account',
    project_id: owner.project,
    private_key_id: id,
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    client_email: owner.email,
    token_uri: tokenUrl,
  }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, JSON.stringify(key, null, 2), { mode: 0o600 })
  await rename(`${file}.new`, file)
  return key
}
