import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { v7 as uuidv7 } from 'uuid'
import { expect, test, vi } from 'vitest'
import type { RecordedCluster } from '../../../../lambdas/operations/record/cluster-record.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { keys, table } from '../../../../lambdas/operations/record/table.ts'
import { recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import type { RequestedOperation } from '../../../../lambdas/operations/start/start-operation.ts'
import * as start from '../../../../lambdas/operations/start/start-operation.ts'
import { alice } from '../../../support/api/alice.ts'
import { apiAccount } from '../../../support/api/api.ts'
import { recordedCluster } from '../../../support/api/cluster-record.ts'
import { firstGeneration, newOperation } from '../../../support/api/operations.ts'
import { recordedOperation } from '../../../support/api/recorded-operation.ts'
import { exampleRequest } from '../../../support/api/requests.ts'
import { settings } from '../../../support/aws/aws-account.ts'

apiAccount()

const call = { requestHash: 'hash', requestedBy: alice }
const webhook = { ...exampleRequest('setup').webhook, image: 'registry/webhook:v0.6.17' }

test('an operation that was prepared from an outdated record is prepared again, and the newer change stays', async () => {
  const operation = await recordedOperation()
  const { cluster } = operation
  await operations.endOperation(operation, { status: 'succeeded' })
  const { prepare, made } = preparedFrom(await recordedCluster(cluster))
  await changed(cluster)
  const started = await start.startOperation(call, prepare)
  expect(started).toMatchObject({ outcome: 'started' })
  expect(made()).toBe(2)
  expect((await recordedCluster(cluster)).cluster.spec.webhook).toEqual(webhook)
})

test('an operation that was prepared while another one held the lock is prepared again after the end of that one', async () => {
  const operation = await recordedOperation()
  const { cluster } = operation
  await changed(cluster)
  const { prepare, made } = preparedFrom(await recordedCluster(cluster))
  await operations.endOperation(operation, { status: 'succeeded' })
  expect(await start.startOperation(call, prepare)).toMatchObject({ outcome: 'started' })
  expect(made()).toBe(2)
})

test('an operation that was prepared for a cluster without a record is prepared again when the record exists', async () => {
  const operation = await recordedOperation()
  const { cluster } = operation
  await operations.endOperation(operation, { status: 'succeeded' })
  const { prepare, made } = preparedFrom(await recordedCluster(cluster))
  const withoutRecord = async () => ({ ...(await prepare()), ...(made() === 1 && { basedOn: undefined }) })
  expect(await start.startOperation(call, withoutRecord)).toMatchObject({ outcome: 'started' })
  expect(made()).toBe(2)
})

test('the log says which operation was started, once, beside the trace of the request', async () => {
  const operation = await recordedOperation()
  const { cluster } = operation
  await operations.endOperation(operation, { status: 'succeeded' })
  const { prepare } = preparedFrom(await recordedCluster(cluster))
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const started = await start.startOperation(call, prepare)
  const lines = write.mock.calls.map(([line]) => JSON.parse(String(line)))
  write.mockRestore()
  if (!('operation' in started)) throw new Error('no operation was started')
  const { operationId, kind } = started.operation
  expect(lines).toEqual([expect.objectContaining({ message: 'operation started', operationId, kind, cluster })])
})

test('an idempotency key belongs to one operation until it expires', async () => {
  const keyHash = uuidv7()
  const recordAt = async (createdAt: number) => {
    const { operation, ...rest } = newOperation({ createdAt: new Date(createdAt * 1000).toISOString() })
    const item = { operationId: operation.operationId, requestHash: 'hash', expiresAt: createdAt + 60 }
    return recordOperation({ operation, ...rest, idempotency: { keyHash, item } })
  }
  const seconds = Math.floor(Date.now() / 1000)
  expect([await recordAt(seconds), await recordAt(seconds + 59)]).toEqual(['recorded', 'key claimed'])
  expect(await recordAt(seconds + 60)).toBe('recorded')
})

/** Records another spec, of another operation. */
async function changed(cluster: string): Promise<void> {
  const { generation } = (await recordedCluster(cluster)).cluster
  const command = new UpdateCommand({
    TableName: settings.TABLE_NAME,
    Key: keys.cluster(cluster),
    UpdateExpression: 'SET spec.webhook = :webhook, generation = :generation, lastOperationId = :id',
    ExpressionAttributeValues: {
      ':webhook': webhook,
      ':generation': generation + 1,
      ':id': uuidv7(),
    },
  })
  await table.send(command)
}

/** Prepares an operation from `first`, and from the second time on from the current record. */
function preparedFrom(first: RecordedCluster) {
  let times = 0
  const prepare = async (): Promise<RequestedOperation> => {
    const basedOn = times++ === 0 ? first : await recordedCluster(first.cluster.cluster)
    const { cluster, spec } = basedOn.cluster
    return {
      kind: 'setup',
      cluster,
      request: { ...spec, workloads: [] },
      change: { ...firstGeneration(spec), generation: basedOn.cluster.generation + 1 },
      basedOn,
    }
  }
  return { prepare, made: () => times }
}
