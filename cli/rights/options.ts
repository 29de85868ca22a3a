import type { KubeconfigOptions } from '../kubernetes/own-kubeconfig.ts'
import type { RightsQuery } from './read.ts'

/** Of which rights, and where. */
export interface RightsOptions extends KubeconfigOptions {
  readonly file?: string | undefined
  readonly upgrade?: true | undefined
  readonly teardown?: true | undefined
  readonly management?: true | undefined
  /** Whether rotations are to renew the token. */
  readonly renew?: true | undefined
  /** Version of the cluster: 1.21. */
  readonly kubernetes?: string | undefined
}

export function queryOf({ upgrade, teardown, management, renew, kubernetes }: RightsOptions): RightsQuery {
  return {
    ...(upgrade && { upgrade: 'true' }),
    ...(teardown && { teardown: 'true' }),
    ...(management && { management: 'true' }),
    ...(renew && { renewal: 'true' }),
    ...(kubernetes !== undefined && { kubernetes }),
  }
}
