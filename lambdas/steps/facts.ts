import type { OperationKind } from '../operations/kinds.ts'
import type { ClusterFacts } from '../operations/record.ts'

/**
 * What the record is to have of a cluster after a step has found it; undefined when it stays as it is. A setup and an upgrade
 * go by what they find. A verification and a teardown may see another cluster than the one that was set up, one of the same
 * name: of that nothing is recorded. A cluster that never was ready is recorded as a teardown has seen it, before it goes.
 */
export function factsToRecord(
  kind: OperationKind,
  found: ClusterFacts,
  recorded: ClusterFacts | undefined,
): ClusterFacts | undefined {
  const isSame = recorded?.issuerUrl === found.issuerUrl
  switch (kind) {
    case 'setup':
    case 'webhook-upgrade':
      return found
    case 'verification':
      return isSame ? found : undefined
    case 'teardown':
      if (recorded?.kubernetesVersion === undefined) return found
      return isSame ? { ...found, ...recorded, ...(found.foundAt && { foundAt: found.foundAt }) } : undefined
    default:
      return undefined
  }
}
