import type { OperationKind } from '../operations/record/kinds.ts'
import type { ClusterFacts } from '../operations/record/record.ts'

/**
 * The facts for the status after a step has observed a cluster; undefined when the status does not change. A setup
 * records its observation. A verification and a teardown may observe another cluster of the same name, whose facts they
 * do not record. For a cluster that was never ready, a teardown records its observation before the cluster is deleted.
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
