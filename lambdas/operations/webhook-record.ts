import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { explained } from '../clouds/aws/errors.ts'
import { allDone } from '../errors/attempts.ts'
import { setting } from '../settings.ts'
import type { Webhook } from '../spec/parts.ts'
import { readCluster } from './cluster-record.ts'
import { declaredWorkloads, generationWrites, newGeneration } from './generation.ts'
import { endedMeanwhile } from './operation-end.ts'
import { readOperationItem } from './operations.ts'
import type { ClusterStatus } from './record.ts'
import { keys, table, tableCall } from './table.ts'

/**
 * Records the webhook that is requested for a cluster from now on (spec), and the webhook that it has (status). Another webhook
 * makes a new generation of the spec.
 *
 * @param operationId of the operation that holds the lock of the cluster
 * @throws {OperationEnded} when the operation or the cluster is no longer recorded
 */
export async function recordWebhook(
  name: string,
  webhook: { readonly spec: Webhook; readonly status: NonNullable<ClusterStatus['webhook']> },
  operationId: string,
): Promise<void> {
  const [recorded, operation] = await allDone([readCluster(name), readOperationItem(operationId)])
  if (!recorded || !operation) throw endedMeanwhile(name)
  const { cluster } = recorded
  const spec = { ...cluster.spec, workloads: declaredWorkloads(recorded), webhook: webhook.spec }
  const change = newGeneration(spec, recorded)
  const writtenAt = new Date().toISOString()
  const { generation } = change === 'same spec' ? cluster : change
  const Update = {
    TableName: setting('TABLE_NAME'),
    Key: keys.cluster(name),
    UpdateExpression: 'SET spec.webhook = :spec, #status.webhook = :status, generation = :generation, updatedAt = :at',
    ConditionExpression: 'generation = :read',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ':spec': webhook.spec,
      ':status': webhook.status,
      ':generation': generation,
      ':read': cluster.generation,
      ':at': writtenAt,
    },
  }
  const made = { writtenBy: operation.requestedBy, writtenAt, operationId }
  const others = change === 'same spec' ? [] : generationWrites(name, change, made)
  const command = new TransactWriteCommand({ TransactItems: [{ Update }, ...others] })
  await explained(tableCall('TransactWriteItems'), table.send(command))
}
