import type { Workload } from '../../../client/api.ts'

/** A workload that has left the spec has no manager. */
type Managed = Pick<Workload, 'manager'>

/** Returns the manager of the workloads, or undefined when they have no manager or several managers. */
export function onlyManager(workloads: readonly Managed[]): string | undefined {
  const [manager, ...others] = managersOf(workloads)
  return others.length === 0 ? manager : undefined
}

/** Clusters whose workloads have several managers. Their rows show the manager. */
export function sharedClusters<Row extends Managed & { readonly cluster?: string }>(
  rows: readonly Row[],
): ReadonlySet<string | undefined> {
  const byCluster = Map.groupBy(rows, ({ cluster }) => cluster)
  return new Set([...byCluster].filter(([, own]) => managersOf(own).size > 1).map(([cluster]) => cluster))
}

function managersOf(workloads: readonly Managed[]): ReadonlySet<string> {
  return new Set(workloads.flatMap(({ manager }) => manager ?? []))
}
