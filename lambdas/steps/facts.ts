import type { OperationKind } from '../operations/record/kinds.ts'
import type { ClusterFacts } from '../operations/record/record.ts'

/**
 * The facts to record after a step has observed a cluster; undefined when the status does not change. A setup records
 * its observation. A verification and a teardown may observe another cluster of the same name, and do not record its
 * facts. If a cluster was never ready, a teardown records its observation before it deletes the cluster.
 */
export function factsToRecord(
  kind: OperationKind,
  observed: ClusterFacts,
  recorded: ClusterFacts | undefined,
): ClusterFacts | undefined {
  const isSame = recorded?.issuerUrl === observed.issuerUrl
  switch (kind) {
    case 'setup':
      return observed
    case 'verification':
      return isSame ? observed : undefined
    case 'teardown':
      if (recorded?.kubernetesVersion === undefined) return observed
      return isSame ? { ...observed, ...recorded, ...(observed.foundAt && { foundAt: observed.foundAt }) } : undefined
    default:
      return undefined
  }
}
