import { createHash } from 'node:crypto'
import type { WorkloadRef } from '../ownership/ownership.ts'

const longestRoleName = 64

const hashLength = 12

/** IAM compares names of roles without regard to case. */
const endOfDefault = new RegExp(`-[0-9a-f]{${hashLength}}$`, 'i')

/**
 * The name of a workload's role when the request names none: CLUSTER-NAMESPACE-ACCOUNT-HASH. The hash is 12 hexadecimal
 * digits of a SHA-256 over the three names and the deployment. `a`, `b-c` and `a-b`, `c` have the same text, and two
 * deployments of one account may have clusters of the same name. The text before the hash is cut at IAM's limit of 64
 * characters.
 *
 * @param deployment ACCOUNT/REGION/STACK
 */
export function defaultRoleName(deployment: string, cluster: string, workload: WorkloadRef): string {
  const { namespace, serviceAccount } = workload
  const text = `${cluster}-${namespace}-${serviceAccount}`
  const parts = [deployment, cluster, namespace, serviceAccount]
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  return `${text.slice(0, longestRoleName - hashLength - 1)}-${hash.slice(0, hashLength)}`
}

/**
 * Whether a name has the form of a default name. Names of roles are unique in an account, whatever their paths, so a
 * request of one cluster could otherwise take the default name of a workload of another cluster or deployment.
 */
export function looksLikeDefault(name: string): boolean {
  return endOfDefault.test(name)
}

/**
 * IAM path of the roles of one cluster's workloads.
 *
 * @param rolePath path of the deployment, with a slash at both ends
 */
export function clusterRolePath(rolePath: string, cluster: string): string {
  return `${rolePath}${cluster}/`
}
