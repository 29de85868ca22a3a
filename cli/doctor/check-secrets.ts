/** Checks a cluster's secrets, and whether its API server accepts their credentials. */
import { readSecret } from '../aws/secrets.ts'
import { type AwsSettings, awsSettings } from '../aws/settings.ts'
import { namedSecret } from '../connect/secret-place.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import { type ClusterAccess, ClusterUnreachable, clusterAccess } from '../kubernetes/cluster-access.ts'
import { ownTarget } from '../rights/target.ts'
import { type ServerAnswer, secretFinding, serverFinding } from './decide.ts'
import type { Finding } from './finding-lines.ts'
import { type StoredCredentials, storedCredentials } from './stored-credentials.ts'

/** @param spec of the cluster's record */
export async function checkSecrets(context: Context, cluster: string, spec: unknown): Promise<readonly Finding[]> {
  const settings = awsSettings(context)
  const own = namedSecret(spec, false)
  const management = namedSecret(spec, true)
  const access = (stored: StoredCredentials, isManagement: true | undefined) =>
    accessWith(context, cluster, stored, isManagement)
  const [first, second] = await Promise.all([
    own === undefined
      ? []
      : checkSecret(settings, own, `wid connect ${cluster}`, (stored) => access(stored, undefined)),
    management === undefined
      ? []
      : checkSecret(settings, management, `wid connect ${cluster} --management`, (stored) => access(stored, true)),
  ])
  return [...first, ...second]
}

async function checkSecret(
  settings: AwsSettings,
  arn: string,
  renewal: string,
  accessOf: (stored: StoredCredentials) => ClusterAccess,
): Promise<readonly Finding[]> {
  const read = await readSecret(settings, arn)
  const stored = typeof read === 'string' ? read : storedCredentials(read.value)
  const secret = secretFinding({ arn, renewal, stored }, new Date())
  if (stored === undefined || typeof stored === 'string') return [secret]
  const access = accessOf(stored)
  return [secret, serverFinding(access.server, await answerTo(access), renewal)]
}

/** Connects as the secret says. In a sandbox, its own kubeconfigs reach the servers. */
function accessWith(
  context: Context,
  cluster: string,
  { cluster: place, user }: StoredCredentials,
  management: true | undefined,
): ClusterAccess {
  if (!context.sandbox) return clusterAccess(place, user)
  return ownTarget(context, { management }, cluster).access.withCredentials(user)
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
