import { clusterRolePath, defaultRoleName } from '../../../lambdas/role/name.ts'
import { account } from '../../../sandbox/account.ts'
import { deployment } from '../steps/deployment.ts'

/** The name that the role of a workload in the namespace `default` has by default. */
export function roleNameOf(cluster: string, serviceAccount = 's3-reader'): string {
  return defaultRoleName(deployment, cluster, { namespace: 'default', serviceAccount })
}

/** The ARN of a role of this name, of a workload of this cluster. */
export function roleArnOf(cluster: string, name = roleNameOf(cluster)): string {
  return `arn:aws:iam::${account.id}:role${clusterRolePath('/workload-identity/', cluster)}${name}`
}
