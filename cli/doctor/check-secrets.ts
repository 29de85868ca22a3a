/** Checks a cluster's secrets, and whether its API server accepts their credentials. */
import type { Cluster } from '../../client/api.ts'
import { readSecret } from '../aws/secrets.ts'
import { awsSettings } from '../aws/settings.ts'
import { namedSecret, usualName } from '../connect/secret-ref.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { type ClusterAccess, ClusterUnreachable, clusterAccess } from '../kubernetes/cluster-access.ts'
import { ownTarget } from '../rights/target.ts'
import { secretPrefixOf } from '../secret-prefix.ts'
import { type ServerAnswer, secretFinding, serverFinding, unusedSecretFindings } from './decide.ts'
import type { Finding } from './finding-lines.ts'
import { storedCredentials } from './stored-credentials.ts'

export async function checkSecrets(
  context: Context,
  { name: cluster, connection, spec }: Pick<Cluster, 'name' | 'connection' | 'spec'>,
): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    connection === 'agent'
      ? checkUnusedSecret(context, cluster)
      : checkSecret(context, cluster, namedSecret(spec, false), undefined),
    checkSecret(context, cluster, namedSecret(spec, true), true),
  ])
  return findings.flat()
}

/** The secret of an earlier direct connection, by its usual name. A person who may not read it gets no finding. */
async function checkUnusedSecret(context: Context, cluster: string): Promise<readonly Finding[]> {
  const secret = usualName(await secretPrefixOf(context.api), cluster, false)
  try {
    const aws = awsSettings(context)
    return unusedSecretFindings({ secret, region: aws.region }, await readSecret(aws, secret))
  } catch (error) {
    // AWS credentials are optional here, and a secret that is scheduled for deletion cannot be read.
    if (error instanceof CommandError) return []
    throw error
  }
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
