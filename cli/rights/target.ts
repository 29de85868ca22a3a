/** The user's cluster for the rights, and the rights for it. */
import type { Context } from '../context.ts'
import { ClusterAccess, type Manifest } from '../kubernetes/cluster-access.ts'
import { ownKubeconfig } from '../kubernetes/own-kubeconfig.ts'
import { queryOf, type RightsOptions, type RightsSubject, rightsObjects } from './read.ts'

export interface RightsTarget {
  readonly access: ClusterAccess
  /** The kubeconfig's names of the cluster and its server, for prompts. */
  readonly title: string
}

/** A sandbox's name for its management cluster. */
const management = 'management'

/** The cluster of the user's kubeconfig. In a sandbox, without --kubeconfig, the sandbox's cluster of this name. */
export function ownTarget({ sandbox }: Context, options: RightsOptions, cluster: string): RightsTarget {
  const file = options.kubeconfig ?? sandbox?.kubeconfigs[options.management ? management : cluster]
  const config = ownKubeconfig(file, options.context)
  const access = new ClusterAccess(config)
  return { access, title: `${config.getCurrentContext()} (${access.server})` }
}

/** The rights for the cluster's version, which its server reports. */
export async function rightsFor(
  context: Context,
  subject: RightsSubject,
  options: RightsOptions,
  { access }: RightsTarget,
): Promise<readonly Manifest[]> {
  // The rights on a management cluster do not depend on its version.
  const isKnown = options.kubernetes !== undefined || options.management
  const kubernetes = isKnown ? options.kubernetes : `1.${await access.minor()}`
  return rightsObjects(context, subject, queryOf({ ...options, kubernetes }))
}
