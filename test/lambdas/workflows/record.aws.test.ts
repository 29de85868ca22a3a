import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test, vi } from 'vitest'
import * as clusters from '../../../lambdas/operations/record/cluster-record.ts'
import { generationWrites, type NewGeneration } from '../../../lambdas/operations/record/generation.ts'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import * as progress from '../../../lambdas/operations/record/progress.ts'
import { writeStatus } from '../../../lambdas/operations/record/status-record.ts'
import { getItem, keys, table } from '../../../lambdas/operations/record/table.ts'
import { workloadKey } from '../../../lambdas/operations/record/workload-record.ts'
import { deleteIfExists } from '../../../lambdas/operations/record/writes.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import * as resultStep from '../../../lambdas/workflows/setup/record-result.ts'
import * as verificationStep from '../../../lambdas/workflows/verification/record-verification.ts'
import { lambdaContext } from '../../support/api/lambda-context.ts'
import { foundCluster, newOperation, recordNext, recordRole } from '../../support/api/operations.ts'
import { recordedOperation } from '../../support/api/recorded-operation.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'

const result = {
  facts: { clusterId: 'c-1', ...foundCluster, kubernetesVersion: '1.33.2' },
  providerArn: 'arn:aws:iam::000000000000:oidc-provider/issuer',
  webhook: { mode: 'own-ca', image: 'webhook:v0.6.17' },
}
const observed = { cluster: result.facts, providerArn: result.providerArn, webhook: result.webhook }

awsAccount()

test('the end of a successful setup is recorded with its operation and its cluster, and the lock is released', async () => {
  const operation = await recordedOperation()
  expect(await recordResult(operation)).toEqual({ ready: true, complete: true })
  const [after, cluster] = await both(operation)
  expect(after?.operation).toMatchObject({ status: 'succeeded', result })
  expect(cluster?.cluster.status.verifiedAt).toBeDefined()
  expect(cluster?.lock).toBeUndefined()
})

test('the step that records the end is not listed as a step of the setup', async () => {
  const operation = await recordedOperation()
  await recordResult(operation)
  expect((await operations.readOperation(operation.operationId))?.steps).toEqual([])
})

test('a result that is recorded twice is recorded once', async () => {
  const operation = await recordedOperation()
  await recordResult(operation)
  const [before] = await both(operation)
  expect(await recordResult(operation)).toEqual({ ready: true, complete: true })
  expect((await both(operation))[0]).toEqual(before)
})

test('a setup with failed steps does not succeed, and returns the error that the step recorded', async () => {
  const operation = await recordedOperation()
  const error = { name: 'OwnershipConflict', object: 'arn:x', reason: 'it is theirs', action: 'Choose another name' }
  const ref = { operationId: operation.operationId, state: 'CreateRole', item: 'default/a' }
  await progress.recordStarted(ref, new Date())
  await progress.recordFailed(ref, error, new Date())
  const failed = { state: 'CreateRole', item: 'default/a', error: 'OwnershipConflict', cause: '{"cut off' }
  const cause = JSON.stringify({ errorMessage: JSON.stringify({ ...error, step: 'CreateRole', item: 'default/a' }) })
  expect(await recordResult(operation, [failed])).toEqual({ ready: true, complete: false, error: error.name, cause })
  const [after, cluster] = await both(operation)
  expect(after?.operation.status).toBe('running')
  expect(cluster?.cluster.status.verifiedAt).toBeUndefined()
})

const ref = { namespace: 'default', serviceAccount: 'removed' }

test('the records of removed workloads are deleted, and the generation is applied', async () => {
  const operation = await recordedOperation()
  await recordRole(operation.cluster, ref)
  expect(await recordResult(operation, [], [ref])).toEqual({ ready: true, complete: true })
  const [, cluster] = await both(operation)
  expect(cluster?.workloads).toEqual([])
  expect(cluster?.cluster.status.observedGeneration).toBe(1)
})

test('more removed workloads than a transaction of DynamoDB takes are forgotten', async () => {
  const operation = await recordedOperation()
  const refs = Array.from({ length: 120 }, (_, index) => ({ namespace: 'default', serviceAccount: `removed-${index}` }))
  for (const one of refs) await recordRole(operation.cluster, one)
  expect(await recordResult(operation, [], refs)).toEqual({ ready: true, complete: true })
  expect((await both(operation))[1]?.workloads).toEqual([])
})

test('a setup does not bring about the spec of an operation that waits for its end', async () => {
  const first = await recordedOperation()
  const { cluster } = first
  const spec = (await clusters.readCluster(cluster))?.cluster.spec
  if (!spec) throw new Error('the first setup has recorded the cluster')
  const waiting = newOperation({ cluster, status: 'queued', waits: true })
  const webhook = { ...spec.webhook, failurePolicy: 'Fail' as const }
  const change = { generation: 2, spec: { ...spec, webhook }, workloads: [] }
  expect(await recordNext({ ...waiting, change, waiter: 'team' })).toBe('recorded')
  await recordResult(first)
  const { generation, status } = (await clusters.readCluster(cluster))?.cluster ?? {}
  expect([generation, status?.observedGeneration]).toEqual([2, undefined])
})

const role = { name: 'r', policyArns: [], maxSessionSeconds: 3600 }
const longer = { ...role, maxSessionSeconds: 7200 }
const alone = { namespace: 'default', serviceAccount: 'alone' }
const other = { namespace: 'default', serviceAccount: 'other' }
const another = { namespace: 'default', serviceAccount: 'another' }

test.each([
  ['and all others applies the generation', { sent: [alone, other], webhook: { failurePolicy: 'Fail' }, observed: 2 }],
  ['applies a generation without changes of other workloads', { observed: 2 }],
  ['does not apply a generation with a changed webhook', { webhook: { failurePolicy: 'Fail' }, observed: 1 }],
  [
    'does not apply a generation with a workload that has a changed role and no newer proof',
    { of: longer, observed: 1 },
  ],
  ['does not apply a generation with a changed role of one of two other workloads', { ofAnother: longer, observed: 1 }],
  ['does not apply a generation when the one that was applied is no longer stored', { stored: false, observed: 1 }],
] as const)('a setup of one workload %s', async (_, row) => {
  const {
    sent,
    webhook,
    of: roleOfOther,
    ofAnother,
    stored,
    observed,
  } = { sent: [alone], webhook: {}, of: role, ofAnother: undefined, stored: true, ...row }
  const { cluster, spec } = await clusterSetUp()
  const change = {
    generation: 2,
    spec: { ...spec, webhook: { ...spec.webhook, ...webhook } },
    workloads: [
      { ...alone, role, manager: 'api' },
      { ...other, role: roleOfOther, manager: 'api' },
      ...(ofAnother ? [{ ...another, role: ofAnother, manager: 'api' }] : []),
    ],
  }
  const workloads = [other, another].map((one) => ({ ...one, role, manager: 'api' }))
  if (stored) await writeGeneration(cluster, { ...change, generation: 1, spec, workloads })
  else expect(await deleteIfExists(keys.generation(cluster, 1))).toBe(true)
  await proven(other, cluster, roleOfOther)
  if (ofAnother) await proven(another, cluster, ofAnother)
  const second = newOperation({ cluster })
  expect(await recordNext({ ...second, request: { workloads: sent }, change })).toBe('recorded')
  for (const one of sent) await proven(one, cluster, one === other ? roleOfOther : role)
  expect(await recordResult(second.operation)).toMatchObject({ complete: true })
  expect((await clusters.readCluster(cluster))?.cluster.status.observedGeneration).toBe(observed)
})

test.each([
  ['did not apply', 'failed'],
  ['applied', 'succeeded'],
] as const)('a setup of one workload applies a generation after one that its setup %s', async (_, status) => {
  const { cluster, spec } = await clusterSetUp()
  const workloads = [alone, other].map((one) => ({ ...one, role, manager: 'api' }))
  await writeGeneration(cluster, { generation: 1, spec, workloads })
  for (const one of [alone, other]) await proven(one, cluster, role)
  const start = async (generation: number) => {
    const made = newOperation({ cluster })
    const change = { generation, spec, workloads }
    expect(await recordNext({ ...made, request: { workloads: [alone] }, change })).toBe('recorded')
    return made.operation
  }
  const second = await start(2)
  if (status === 'succeeded') await recordResult(second)
  else await operations.endOperation(second, { status })
  expect(await recordResult(await start(3))).toMatchObject({ complete: true })
  expect((await clusters.readCluster(cluster))?.cluster.status.observedGeneration).toBe(3)
})

/** A cluster whose first setup has ended. */
async function clusterSetUp() {
  const first = await recordedOperation()
  await recordResult(first)
  const recorded = await clusters.readCluster(first.cluster)
  if (!recorded) throw new Error('the first setup has not recorded the cluster')
  return { cluster: first.cluster, spec: recorded.cluster.spec }
}

async function proven(ref: typeof alone, cluster: string, applied: typeof role) {
  await recordRole(cluster, ref, { applied })
  const at = new Date().toISOString()
  const Verified = { status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: at } as const
  await writeStatus(workloadKey(cluster, ref), {}, { verifiedAt: at, conditions: { Verified } })
}

async function writeGeneration(cluster: string, generation: NewGeneration) {
  const written = { writtenBy: 'a', writtenAt: new Date().toISOString(), operationId: 'o' }
  await table.send(new TransactWriteCommand({ TransactItems: generationWrites(cluster, generation, written) }))
}

test('the record of a workload that is not completely removed stays, and the setup fails with the remaining object', async () => {
  const operation = await recordedOperation()
  await recordRole(operation.cluster, ref)
  const step = { operationId: operation.operationId, state: 'UnbindKsa', item: 'default/removed' }
  const remaining = [{ name: 'FieldConflict', object: 'ServiceAccount default/removed', reason: 'r', action: 'a' }]
  await progress.recordStarted(step, new Date())
  await progress.recordSucceeded(step, { changes: [], output: { remaining } }, new Date())
  expect(await recordResult(operation, [], [ref])).toMatchObject({ complete: false, error: 'FieldConflict' })
  const [after, cluster] = await both(operation)
  expect(after?.operation.status).toBe('running')
  expect(cluster?.workloads).toMatchObject([ref])
})

test('a setup that lost its lock deletes no record of a removed workload', async () => {
  const operation = await recordedOperation()
  await recordRole(operation.cluster, ref)
  await operations.endOperation(operation, { status: 'cancelled' })
  await recordedOperation({ cluster: operation.cluster })
  await expect(recordResult(operation, [], [ref])).rejects.toMatchObject({ name: 'OperationEnded' })
  expect((await both(operation))[1]?.workloads).toMatchObject([ref])
})

test('a setup whose lock was taken over changes nothing', async () => {
  const first = await recordedOperation()
  await operations.endOperation(first, { status: 'cancelled' })
  const second = await recordedOperation({ cluster: first.cluster })
  await expect(recordResult(first)).rejects.toMatchObject({ name: 'OperationEnded' })
  const [after, cluster] = await both(first)
  expect(after?.operation.status).toBe('cancelled')
  expect(cluster).toMatchObject({ lock: { operationId: second.operationId } })
  expect(cluster?.cluster.status.verifiedAt).toBeUndefined()
})

test('the result of a cancelled setup is not recorded, although the setup still holds its lock', async () => {
  const operation = await recordedOperation()
  const ref = { operationId: operation.operationId, state: 'Verify' }
  await progress.recordStarted(ref, new Date(), new Date(Date.now() + 60_000))
  await operations.endOperation(operation, { status: 'cancelled' })
  const [before] = await both(operation)
  await expect(recordResult(operation)).rejects.toMatchObject({ name: 'OperationEnded' })
  const [after, cluster] = await both(operation)
  expect(after).toEqual(before)
  expect(cluster).toMatchObject({ lock: { operationId: operation.operationId } })
  expect(cluster?.cluster.status.verifiedAt).toBeUndefined()
})

test('a verification ends with the status that it read, and one of all workloads is recorded for the cluster', async () => {
  const setup = await recordedOperation()
  await recordResult(setup)
  const before = (await clusters.readCluster(setup.cluster))?.cluster
  const [one, all] = [await startedVerification(setup.cluster), await startedVerification(setup.cluster)]
  expect(await recordVerification(one, false)).toEqual({ ready: true })
  expect((await both(one))[0]?.operation).toMatchObject({ kind: 'verification', status: 'succeeded', result })
  expect((await clusters.readCluster(setup.cluster))?.cluster).toEqual(before)
  await vi.waitFor(() => expect(new Date().toISOString()).not.toBe(before?.status.verifiedAt))
  await recordVerification(all, true)
  const after = (await clusters.readCluster(setup.cluster))?.cluster
  expect(after?.status.verifiedAt).not.toBe(before?.status.verifiedAt)
  expect(after).toMatchObject({ lastOperationId: setup.operationId })
})

test('a verification of a cluster that was removed meanwhile does not record the cluster', async () => {
  const verification = await startedVerification('torn-down')
  expect(await recordVerification(verification, true)).toEqual({ ready: true })
  expect(await getItem(keys.cluster('torn-down'))).toBeUndefined()
})

type Operation = Awaited<ReturnType<typeof recordedOperation>>

/** Records the status as the steps of the setup do, and calls RecordResult. */
async function recordResult(
  { operationId, cluster }: Operation,
  failures: readonly object[] = [],
  removed?: readonly object[],
) {
  await writeStatus(keys.cluster(cluster), {}, observed)
  const input = { failures, ...(removed && { removed }) }
  const event = { operationId, cluster, state: 'RecordResult', attempt: 0, input }
  return resultStep.handler(event, lambdaContext())
}

function recordVerification({ operationId, cluster }: Operation, all: boolean) {
  const event = { operationId, cluster, state: 'RecordVerification', attempt: 0, input: { all } }
  return verificationStep.handler(event, lambdaContext())
}

/** Records a verification as its start does, without a lock. */
async function startedVerification(cluster: string) {
  const { operation, request } = newOperation({ cluster, kind: 'verification' })
  expect(await recordOperation({ operation, request })).toBe('recorded')
  return operation
}

function both({ operationId, cluster }: Operation) {
  return Promise.all([operations.readOperation(operationId), clusters.readCluster(cluster)])
}
