import type { AnySystem } from '../system.ts'
import { observed } from './observed.ts'

/**
 * All objects at AWS, Google and in the management cluster that contain a name, and all objects in the cluster of that name, one
 * in a line. UIDs and versions show whether an object was deleted and created again.
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
