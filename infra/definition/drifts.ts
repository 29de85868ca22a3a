/**
 * Makes the state machine of scheduled drifts from that of rotations: it takes all clusters in the same way. It is no operation, which would
 * have a record of its end, but starts one for each cluster.
 */
import { expression } from './asl.ts'
import type { Workflow } from './source.ts'

/** A run of drifts of all clusters. */
export function driftsOf({ States: { RecordRotation: _, ...rotation }, ...machine }: Workflow): Workflow {
  const { MoreClusters } = rotation
  if (MoreClusters?.Type !== 'Choice') throw new Error('a rotation has to end with the choice MoreClusters')
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
