import { createHash } from 'node:crypto'

const longestRoleName = 64

const hashLength = 12

/**
 * The name of a workload's role when the request names none: CLUSTER-NAMESPACE-ACCOUNT. A name beyond IAM's 64
 * characters is cut, and ends in 12 hexadecimal digits of a SHA-256 over the three names, so that two long names with
 * the same start stay different.
 */
export function defaultRoleName(cluster: string, namespace: string, serviceAccount: string): string {
  const name = `${cluster}-${namespace}-${serviceAccount}`
  if (name.length <= longestRoleName) return name
  const hash = createHash('sha256')
    .update(JSON.stringify([cluster, namespace, serviceAccount]))
    .digest('hex')
  return `${name.slice(0, longestRoleName - hashLength - 1)}-${hash.slice(0, hashLength)}`
}
