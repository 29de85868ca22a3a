/** The kubeconfig that the deployment connects with. It runs no programs and reads no files. */
import { readFile } from 'node:fs/promises'
import type { Cluster } from '@kubernetes/client-node'
import { stringify } from 'yaml'
import { CommandError } from '../errors.ts'

export interface ServerAddress {
  readonly server: string
  /** Base64 of the PEM. */
  readonly ca: string
  /** The name in the server's certificate, if it differs from the server's host. */
  readonly tlsServerName?: string
}

/** @throws {CommandError} when the deployment cannot reach or trust the server */
export async function addressOf(cluster: Cluster): Promise<ServerAddress> {
  const { server, skipTLSVerify, tlsServerName } = cluster
  if (isOfThisMachine(server)) {
    throw new CommandError(
      `${server} is an address of this machine, which the deployment cannot reach. Name a context with an address that other machines reach.`,
    )
  }
  const ca = cluster.caData ?? (cluster.caFile === undefined ? undefined : await authorityIn(cluster.caFile))
  if (ca !== undefined && !skipTLSVerify) return { server, ca, ...(tlsServerName !== undefined && { tlsServerName }) }
  throw new CommandError(
    `The kubeconfig has no certificate authority for ${server}, or skips the check of its certificate. Put the cluster's CA into certificate-authority-data, and remove insecure-skip-tls-verify.`,
  )
}

export interface AccountCredentials {
  /** Token of the setups' service account. */
  readonly token: string
  /**
   * Whether rotations renew the token. The flag is in the value of the secret. Whoever replaces the value also removes
   * the flag.
   */
  readonly wantsRenewal: boolean
}

/** The flag that rotations read (lambdas/clouds/kubernetes/credentials.ts). kubectl preserves extensions. */
const renewalMark = [{ name: 'workload-identity/renewal', extension: {} }]

export function kubeconfigText(
  name: string,
  { server, ca, tlsServerName }: ServerAddress,
  { token, wantsRenewal }: AccountCredentials,
): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: {
          server,
          'certificate-authority-data': ca,
          ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user: { token, ...(wantsRenewal && { extensions: renewalMark }) } }],
  })
}

function isOfThisMachine(server: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(server).hostname)
}

async function authorityIn(file: string): Promise<string> {
  const pem = await readFile(file).catch(() => {
    throw new CommandError(
      `The kubeconfig names the file ${file} as the certificate authority of the cluster. This file cannot be read.`,
    )
  })
  return pem.toString('base64')
}
