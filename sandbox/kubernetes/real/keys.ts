import { generateKeyPair, randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { ClusterAuthority } from '../certificates.ts'

/** The first address of --service-cluster-ip-range. Pods reach the API server there, so its certificate contains it. */
const kubernetesServiceAddress = '10.96.0.1'

/** Files in the cluster's directory, all of mode 0600. */
export const pki = {
  ca: 'pki/ca.crt',
  caKey: 'pki/ca.key',
  serving: 'pki/apiserver.crt',
  servingKey: 'pki/apiserver.key',
  serviceAccounts: 'pki/service-accounts.key',
} as const

export async function createServiceAccountKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Writes a new key, and returns its path relative to the directory. */
export async function addServiceAccountKey(directory: string): Promise<string> {
  const file = `pki/service-accounts-${randomUUID()}.key`
  await writeFile(path.join(directory, file), await createServiceAccountKey(), { mode: 0o600 })
  return file
}

/** Writes the keys and certificates of the programs. Each start issues a new serving certificate. */
export async function writeKeys(
  directory: string,
  { authority, serviceAccountKey, host }: { authority: ClusterAuthority; serviceAccountKey: string; host: string },
): Promise<void> {
  const serving = await authority.issueServer([host, 'kubernetes.default.svc', '127.0.0.1', kubernetesServiceAddress])
  const { certificate, key } = authority.export()
  await mkdir(path.join(directory, 'pki'), { recursive: true, mode: 0o700 })
  const files: readonly [string, string][] = [
    [pki.ca, certificate],
    [pki.caKey, key],
    [pki.serving, serving.certificate],
    [pki.servingKey, serving.key],
    [pki.serviceAccounts, serviceAccountKey],
  ]
  await Promise.all(files.map(([name, pem]) => writeFile(path.join(directory, name), pem, { mode: 0o600 })))
}
