/** The cluster of one's own on which rights are, and the rights for it. */
import type { Context } from '../context.ts'
import { ClusterAccess, type Manifest } from '../kubernetes/cluster-access.ts'
import { ownKubeconfig } from '../kubernetes/own-kubeconfig.ts'
import { queryOf, type RightsOptions } from './options.ts'
import { type RightsSubject, rightsObjects } from './read.ts'

export interface RightsTarget {
  readonly access: ClusterAccess
  /** How the kubeconfig calls the cluster and its server, for questions. */
  readonly title: string
}

/** What a sandbox calls its management cluster. */
const management = 'management'

/** The cluster by the person's own kubeconfig. In a sandbox that is the one of this name in the sandbox, unless a file is named. */
export function ownTarget({ sandbox }: Context, options: RightsOptions, cluster: string): RightsTarget {
  const file = options.kubeconfig ?? sandbox?.kubeconfigs[options.management ? management : cluster]
  const config = ownKubeconfig(file, options.context)
  const access = new ClusterAccess(config)
  return { access, title: `${config.getCurrentContext()} (${access.server})` }
}

/** The rights for the cluster as it is: its own server says its version. */
export async function rightsFor(
  context: Context,
  subject: RightsSubject,
  options: RightsOptions,
  { access }: RightsTarget,
): Promise<readonly Manifest[]> {
  // The version of a management cluster decides nothing.
  const isKnown = options.kubernetes !== undefined || options.management
  const kubernetes = isKnown ? options.kubernetes : `1.${await access.minor()}`
  return rightsObjects(context, subject, queryOf({ ...options, kubernetes }))
}
