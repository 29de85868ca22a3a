/** Checks a cluster's secrets, and whether its API server accepts their credentials. */
import { readSecret } from '../aws/secrets.ts'
import { awsSettings } from '../aws/settings.ts'
import { namedSecret } from '../connect/secret-ref.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { type ClusterAccess, ClusterUnreachable, clusterAccess } from '../kubernetes/cluster-access.ts'
import { ownTarget } from '../rights/target.ts'
import { type ServerAnswer, secretFinding, serverFinding } from './decide.ts'
import type { Finding } from './finding-lines.ts'
import { storedCredentials } from './stored-credentials.ts'

/** @param spec of the cluster's record */
export async function checkSecrets(context: Context, cluster: string, spec: unknown): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    checkSecret(context, cluster, namedSecret(spec, false), undefined),
    checkSecret(context, cluster, namedSecret(spec, true), true),
  ])
  return findings.flat()
}

/** In a sandbox, the server's address comes from the sandbox's kubeconfig. Elsewhere it comes from the secret. */
async function checkSecret(
  context: Context,
  cluster: string,
  arn: string | undefined,
  management: true | undefined,
): Promise<readonly Finding[]> {
  if (arn === undefined) return []
  const renewal = `wid connect ${cluster}${management ? ' --management' : ''}`
  const read = await readSecret(awsSettings(context), arn)
  const stored = typeof read === 'string' ? read : storedCredentials(read.value)
  const secret = secretFinding({ arn, renewal, stored }, new Date())
  if (stored === undefined || typeof stored === 'string') return [secret]
  const access = context.sandbox
    ? ownTarget(context, { management }, cluster).access.withCredentials(stored.user)
    : clusterAccess(stored.cluster, stored.user)
  return [secret, serverFinding(access.server, await answerTo(access), renewal)]
}

async function answerTo(access: ClusterAccess): Promise<ServerAnswer> {
  try {
    return { minor: await access.minor() }
  } catch (error) {
    if (error instanceof ClusterUnreachable) return { unreachable: error.message }
    if (error instanceof CommandError) return 'refused'
    throw error
  }
}
