import type { KubeconfigOptions } from '../kubernetes/own-kubeconfig.ts'
import type { RightsQuery } from './read.ts'

/** Of which rights, and where. */
export interface RightsOptions extends KubeconfigOptions {
  readonly file?: string | undefined
  /** Whether they are enough for a teardown. Left out: not on the management cluster, where it deletes the cluster. */
  readonly teardown?: boolean | undefined
  /** Whether they are on each account by its name, and not on all accounts of the namespaces. */
  readonly namedAccounts?: true | undefined
  readonly management?: true | undefined
  /** Whether rotations are to renew the token. */
  readonly renew?: true | undefined
  /** Version of the cluster: 1.21. */
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
