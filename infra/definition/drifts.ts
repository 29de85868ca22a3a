/**
 * Makes the state machine of scheduled drifts from the state machine of rotations, which iterates over all clusters in
 * the same way. The state machine of drifts starts one operation per cluster. It is not an operation itself, so it
 * records no end.
 */
import { expression } from './asl.ts'
import type { Workflow } from './source.ts'

/** A run that starts the drifts of all clusters. */
export function driftsOf({ States: { RecordRotation: _, ...rotation }, ...machine }: Workflow): Workflow {
  const { MoreClusters } = rotation
  if (MoreClusters?.Type !== 'Choice') throw new Error('rotate-thumbprints.asl.yaml needs the Choice MoreClusters')
  return {
    ...machine,
    Defaults: { OperationId: "''" },
    Comment:
      'Starts a drift of each cluster, and waits for its end. Input: { schedule, scheduledTime }, as EventBridge Scheduler fills it in.',
    States: {
      ...rotation,
      MoreClusters: { ...MoreClusters, Default: 'AllDone' },
      AllDone: {
        Type: 'Choice',
        Choices: [{ Condition: '$failures = 0', Next: 'Compared' }],
        Default: 'NotCompared',
      },
      Compared: { Type: 'Succeed' },
      NotCompared: {
        Type: 'Fail',
        Error: 'ClustersFailed',
        Cause: expression("'clusters that were not compared: ' & $failures & ', such as ' & $string($failed)"),
      },
    },
  }
}
