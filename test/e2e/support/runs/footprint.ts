import type { AnySystem } from '../system.ts'
import { observed } from './observed.ts'

/**
 * All that is at AWS, Google and Kubernetes, line by line, of what the text of a name is in, and all that is in the cluster of
 * that name: as it is, with identities and versions, so that what was deleted and made again is not the same.
 */
export async function footprint(system: AnySystem, name: string): Promise<string[]> {
  const { roles, providers, buckets, objects } = await observed(system, name)
  return [
    ...roles.map((role) => `Role ${JSON.stringify(role)}`),
    ...providers.map((provider) => `Provider ${JSON.stringify(provider)}`),
    ...buckets.map((bucket) => `Bucket ${JSON.stringify(bucket)}`),
    ...objects.map(({ kind, ...object }) => `${kind} ${JSON.stringify(object)}`),
  ].sort()
}
