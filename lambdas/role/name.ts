import { createHash } from 'node:crypto'

const longestRoleName = 64

const hashLength = 12

/** IAM compares names of roles without regard to case. */
const endOfDefault = new RegExp(`-[0-9a-f]{${hashLength}}$`, 'i')

/**
 * The name of a workload's role when the request names none: CLUSTER-NAMESPACE-ACCOUNT-HASH. The hash is 12 hexadecimal
 * digits of a SHA-256 over the three names, because `a`, `b-c` and `a-b`, `c` have the same text. The text before the
 * hash is cut at IAM's limit of 64 characters.
 */
export function defaultRoleName(cluster: string, namespace: string, serviceAccount: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([cluster, namespace, serviceAccount]))
    .digest('hex')
  const text = `${cluster}-${namespace}-${serviceAccount}`.slice(0, longestRoleName - hashLength - 1)
  return `${text}-${hash.slice(0, hashLength)}`
}

/**
 * Whether a name has the form of a default name. Names of roles are unique in an account, whatever their paths, so a
 * request of one cluster could otherwise take the default name of another cluster's workload.
 */
export function looksLikeDefault(name: string): boolean {
  return endOfDefault.test(name)
}

/** The default name of earlier versions. Roles that were recorded with it keep it. */
export function earlierDefaultName(cluster: string, namespace: string, serviceAccount: string): string {
  return `${cluster}-${namespace}-${serviceAccount}`
}

/**
 * IAM path of the roles of one cluster's workloads.
 *
 * @param rolePath path of the deployment, with a slash at both ends
 */
export function clusterRolePath(rolePath: string, cluster: string): string {
  return `${rolePath}${cluster}/`
}
