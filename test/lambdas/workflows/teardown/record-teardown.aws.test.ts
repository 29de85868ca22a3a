import { expect, test, vi } from 'vitest'
import * as agents from '../../../../lambdas/agent/agent-record.ts'
import { claimKey, listedClaim, type Resource, roleResource } from '../../../../lambdas/claims/claim.ts'
import { claimsOf, ownerOfEach } from '../../../../lambdas/claims/claims.ts'
import { listOperations } from '../../../../lambdas/operations/lists/operation-list.ts'
import * as lock from '../../../../lambdas/operations/lock/lock.ts'
import { endOf } from '../../../../lambdas/operations/reconcile/operation-end.ts'
import * as clusters from '../../../../lambdas/operations/record/cluster-record.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import * as progress from '../../../../lambdas/operations/record/progress.ts'
import { update, write } from '../../../../lambdas/operations/record/writes.ts'
import { recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import * as step from '../../../../lambdas/workflows/teardown/record-teardown.ts'
import { newOperation } from '../../../support/api/operations.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'
import { own } from '../../../support/steps/claims.ts'
import { record, started, writer } from '../../../support/steps/record-teardown.ts'
import { stepContext } from '../../../support/steps/step-context.ts'

awsAccount()

const denied = { name: 'AccessDenied', object: 'arn:role', reason: 'it may not be deleted', action: 'Allow it' }

test('only the operations of a removed cluster stay recorded', async () => {
  const teardown = await started()
  expect(await record(teardown)).toEqual({ ready: true, gone: true })
  expect(await clusters.readCluster(teardown.cluster)).toBeUndefined()
  expect((await operations.readOperation(teardown.operation.operationId))?.operation).toMatchObject({
    status: 'succeeded',
  })
  expect((await listOperations({ cluster: teardown.cluster }, { itemsToRead: 10 })).entries.length).toBe(2)
  // A new setup of the name finds no record, not even the lock.
  expect(await recordOperation(newOperation({ cluster: teardown.cluster }))).toBe('recorded')
  expect((await clusters.readCluster(teardown.cluster))?.workloads).toEqual([])
})

test('the agent of a removed cluster, and a code that enrols one, are not those of the next cluster with this name', async () => {
  const hash = 'hash-of-a-code'
  const code = { hash, createdBy: 'alice', renews: false, expiresAt: new Date(Date.now() + 60_000) }
  const time = new Date().toISOString()
  const facts = { version: '1.0.0', server: 'https://10.96.0.1:443', authorities: 'PEM', publicKey: 'x'.repeat(43) }
  const agent = { accountUid: 'a', keys: [], enrolledAt: time, enrolledBy: 'alice', calledAt: time, facts }
  const enrolled = async (cluster: string) => {
    await agents.storeCode(cluster, code)
    expect(await agents.enrol(cluster, agent, code)).toBe(true)
    await agents.storeCode(cluster, code)
    await agents.storeRequest(cluster, { id: 'id', publicKey: facts.publicKey, sealed: 'a' })
  }
  const [teardown, ofOne] = [await started(), await started({ whole: false })]
  await enrolled(teardown.cluster)
  await enrolled(ofOne.cluster)
  expect(await record(teardown)).toEqual({ ready: true, gone: true })
  expect(await record(ofOne)).toEqual({ ready: true, gone: true })
  expect(await agents.readAgent(teardown.cluster)).toBeUndefined()
  expect(await agents.readCode(teardown.cluster, hash)).toBeUndefined()
  expect((await agents.requestsTo(teardown.cluster, facts.publicKey)).requests).toEqual([])
  expect(await agents.readAgent(ofOne.cluster)).toEqual(expect.objectContaining(agent))
})

test('the record of a removed workload is deleted, and the others stay', async () => {
  const teardown = await started({ whole: false })
  expect(await record(teardown)).toEqual({ ready: true, gone: true })
  const after = await clusters.readCluster(teardown.cluster)
  expect(after?.workloads).toMatchObject([writer])
  expect(after?.lock).toBeUndefined()
})

test('a dry run deletes no record', async () => {
  const teardown = await started({ dryRun: true })
  const before = await clusters.readCluster(teardown.cluster)
  expect(await record(teardown)).toEqual({ ready: true, gone: true })
  expect(await clusters.readCluster(teardown.cluster)).toEqual(before)
})

test('an incomplete teardown returns the error for the end of the workflow, and its cluster stays recorded', async () => {
  const teardown = await started()
  const { operationId } = teardown.operation
  const ref = { operationId, state: 'DeleteRole', item: 'default/s3-reader' }
  await progress.recordStarted(ref, new Date())
  await progress.recordFailed(ref, denied, new Date())
  const answer = await record(teardown, [{ state: 'DeleteRole', item: 'default/s3-reader', error: 'AccessDenied' }])
  expect(answer).toMatchObject({ gone: false, error: 'AccessDenied' })
  expect((await operations.readOperation(operationId))?.operation.status).toBe('running')

  const { error, cause } = answer as { error: string; cause: string }
  const steps = (await operations.readOperation(operationId))?.steps ?? []
  expect(endOf({ status: 'FAILED', error, cause }, teardown.cluster, steps)).toMatchObject({
    status: 'failed',
    error: { ...denied, step: 'DeleteRole', item: 'default/s3-reader' },
  })
  expect((await clusters.readCluster(teardown.cluster))?.workloads).toHaveLength(2)
})

test('a claim that another cluster acquired since is not released, although the index still lists the former owner', async () => {
  const teardown = await started()
  const role = roleResource(`arn:aws:iam::000000000000:role/${teardown.cluster}`)
  await own('another', role)
  await listAs(role, teardown.cluster)

  await expect(record(teardown)).rejects.toMatchObject({ name: 'ConcurrentChange' })
  expect(await ownerOfEach([role])).toEqual(['another'])
  await listAs(role, 'another')
  expect(await record(teardown)).toEqual({ ready: true, gone: true })
  expect(await ownerOfEach([role])).toEqual(['another'])
})

test('a second run after a crash at the end returns the same', async () => {
  const teardown = await started()
  expect(await record(teardown)).toEqual({ ready: true, gone: true })
  expect(await record(teardown)).toEqual({ ready: true, gone: true })
})

test('a teardown that lost its lock, or was cancelled, deletes no record', async () => {
  const cancelled = await started()
  await operations.endOperation(cancelled.operation, { status: 'cancelled' })
  await expect(record(cancelled)).rejects.toMatchObject({ name: 'OperationEnded' })
  expect((await clusters.readCluster(cancelled.cluster))?.workloads).toHaveLength(2)

  const lost = await started()
  await lock.releaseLock(lost.cluster, lost.operation.operationId)
  await expect(record(lost)).rejects.toMatchObject({ name: 'OperationEnded' })
  expect((await clusters.readCluster(lost.cluster))?.workloads).toHaveLength(2)

  const ofOne = await started({ whole: false })
  await lock.releaseLock(ofOne.cluster, ofOne.operation.operationId)
  await expect(record(ofOne)).rejects.toMatchObject({ name: 'OperationEnded' })
  expect((await clusters.readCluster(ofOne.cluster))?.workloads).toHaveLength(2)
})

test('a cancelled teardown of one workload deletes no record while one of its steps holds the lock', async () => {
  const { operation, request, cluster } = await started({ whole: false })
  const { operationId } = operation
  await progress.recordStarted({ operationId, state: 'DeleteRole' }, new Date(), new Date(Date.now() + 60_000))
  await operations.endOperation(operation, { status: 'cancelled' })
  expect(await lock.readLock(cluster)).toMatchObject({ operationId })
  const input = { failures: [], workloads: request.workloads, whole: false }
  // The cancellation came after the step had started.
  const end = step.run(input, { ...stepContext(cluster), operationId })
  await expect(end).rejects.toMatchObject({ name: 'OperationEnded' })
  expect((await clusters.readCluster(cluster))?.workloads).toHaveLength(2)
})

test('an operation with an unchanged spec is not recorded for a removed cluster', async () => {
  const { operation, request } = newOperation({ kind: 'teardown' })
  expect(await recordOperation({ operation, request, change: 'same spec' })).toBe('record changed')
  expect(await clusters.readCluster(operation.cluster)).toBeUndefined()
})

/** Makes the index list the claim for this cluster, as an index that is not consistent yet does. */
async function listAs(resource: Resource, cluster: string): Promise<void> {
  await write(update(claimKey(resource), { set: listedClaim(cluster, resource) }))
  await vi.waitFor(async () => expect(await claimsOf(cluster)).toContainEqual(claimKey(resource)))
}
