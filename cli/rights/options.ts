import type { KubeconfigOptions } from '../kubernetes/own-kubeconfig.ts'
import type { RightsQuery } from './read.ts'

/** Which rights, and for which cluster. */
export interface RightsOptions extends KubeconfigOptions {
  readonly file?: string | undefined
  /** Whether they suffice for a teardown. By default not on the management cluster, where it deletes the cluster. */
  readonly teardown?: boolean | undefined
  /** Whether the rights name each service account, instead of covering all accounts of the namespaces. */
  readonly namedAccounts?: true | undefined
  readonly management?: true | undefined
  /** Whether rotations renew the token. */
  readonly renew?: true | undefined
  /** Kubernetes version of the cluster: 1.21. */
  readonly kubernetes?: string | undefined
}

export function queryOf(options: RightsOptions): RightsQuery {
  const { teardown, namedAccounts, management, renew, kubernetes } = options
  return {
    ...(teardown !== undefined && { teardown: teardown ? 'true' : 'false' }),
    ...(namedAccounts && { namedAccounts: 'true' }),
    ...(management && { management: 'true' }),
    ...(renew && { renewal: 'true' }),
    ...(kubernetes !== undefined && { kubernetes }),
  }
}
