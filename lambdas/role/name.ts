import { createHash } from 'node:crypto'
import type { WorkloadRef } from '../ownership/ownership.ts'
import { longestRoleName } from '../spec/names.ts'

const hashLength = 12

/** IAM ignores the case, as in comparedRoleName. */
const endOfDefault = new RegExp(`-[0-9a-f]{${hashLength}}$`, 'i')

/**
 * The default name of a workload's role: CLUSTER-NAMESPACE-ACCOUNT-HASH. The hash is 12 hexadecimal digits of a SHA-256
 * over the three names and the deployment. The hash distinguishes cluster `a` and namespace `b-c` from cluster `a-b`
 * and namespace `c`, and clusters of the same name in two deployments of one account. The text before the hash is
 * truncated to fit IAM's limit of 64 characters.
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
 * A role name as IAM compares it, without regard to case:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
export function comparedRoleName(name: string): string {
  return name.toLowerCase()
}

/**
 * Whether a name has the form of a default name. A request may not choose the default name of another workload, even of
 * another cluster or deployment. Role names are unique in an account, so that workload could not get its role.
 */
export function hasDefaultForm(name: string): boolean {
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
