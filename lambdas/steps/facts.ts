import type { OperationKind } from '../operations/kinds.ts'
import type { ClusterFacts } from '../operations/record.ts'

/**
 * What the record is to have of a cluster after a step has found it; undefined when it stays as it is. A setup and an upgrade
 * go by what they find. A verification and a teardown may see another cluster than the one that was set up, one of the same
 * name: of that nothing is recorded. A cluster that never was ready is recorded as a teardown has seen it, before it goes.
 */
export function factsToRecord(
  kind: OperationKind,
  observed: ClusterFacts,
  recorded: ClusterFacts | undefined,
): ClusterFacts | undefined {
  const isSame = recorded?.issuerUrl === observed.issuerUrl
  switch (kind) {
    case 'setup':
    case 'webhook-upgrade':
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
