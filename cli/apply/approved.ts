import { WrongUse } from '../errors.ts'

/**
 * The generation that each cluster must have, by cluster name, from `--if-generation`: `12` for a single request, and
 * `prod-eu=12` for one of several.
 *
 * @param clusters of all requests
 * @throws {WrongUse} when a value has another form, or a cluster has no value
 */
export function approvedGenerations(
  values: readonly string[],
  clusters: readonly string[],
): ReadonlyMap<string, number> {
  const [only, ...others] = clusters
  const approved = new Map(values.map((value) => approvedIn(value, others.length === 0 ? only : undefined)))
  const missing = clusters.filter((cluster) => !approved.has(cluster))
  if (missing.length === 0) return approved
  throw new WrongUse(
    `--if-generation has no generation for ${missing.join(', ')}: give one for each cluster, as in "--if-generation ${missing[0]}=12".`,
  )
}

function approvedIn(value: string, only: string | undefined): readonly [cluster: string, generation: number] {
  const [, cluster = only, generation] = /^(?:([a-z0-9-]+)=)?(\d{1,10})$/.exec(value) ?? []
  if (cluster !== undefined && generation !== undefined) return [cluster, Number(generation)]
  throw new WrongUse(
    `--if-generation takes a generation, such as 12, or with several requests CLUSTER=12 for each. This value is "${value}".`,
  )
}
