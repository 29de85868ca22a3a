/** How a rotation reads and writes the record: locks, verifications, its end. */

import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import * as lock from '../../../../lambdas/operations/lock/lock.ts'
import * as clusters from '../../../../lambdas/operations/record/cluster-record.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import * as progress from '../../../../lambdas/operations/record/progress.ts'
import type { OperationItem } from '../../../../lambdas/operations/record/record.ts'
import { noStatus } from '../../../../lambdas/operations/record/record.ts'
import { recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import { startExecution } from '../../../../lambdas/operations/start/start-recorded.ts'
import * as acquireLock from '../../../../lambdas/workflows/rotation/acquire-lock.ts'
import * as beginVerification from '../../../../lambdas/workflows/rotation/begin-verification.ts'
import * as checkVerification from '../../../../lambdas/workflows/rotation/check-verification.ts'
import * as recordRotation from '../../../../lambdas/workflows/rotation/record-rotation.ts'
import * as releaseLock from '../../../../lambdas/workflows/rotation/release-lock.ts'
import { apiAccount } from '../../../support/api/api.ts'
import { newOperation, recordEndedSetup, recordNext, recordSetUpAs } from '../../../support/api/operations.ts'
import { recordedRotation } from '../../../support/api/recorded-operation.ts'
import { stepContext } from '../../../support/steps/step-context.ts'

apiAccount()

const providerArn = 'arn:aws:iam::000000000000:oidc-provider/issuer.example'
const webhook = { mode: 'none' }

/** An operation on all clusters, whose execution is running. */
async function startedRotation(): Promise<OperationItem> {
  const rotation = await recordedRotation()
  await startExecution(rotation, {})
  return rotation
}

const contextOf = ({ operationId }: Pick<OperationItem, 'operationId'>, cluster: string, dryRun = false) => ({
  ...stepContext(cluster, 20_000, dryRun),
  operationId,
})

function outputOf(result: { output: object } | { waiting: object }): object {
  return 'output' in result ? result.output : result
}

describe('acquire-lock', () => {
  it('takes the lock, also again for the same rotation, and returns the recorded status', async () => {
    const [cluster, rotation] = [await recordEndedSetup({ providerArn, webhook }), await startedRotation()]
    const output = {
      acquired: true,
      issuerUrl: 'https://issuer.example',
      providerArn,
      installed: webhook,
    }
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(outputOf(await acquireLock.run({}, contextOf(rotation, cluster)))).toMatchObject(output)
      expect(await lock.readLock(cluster)).toMatchObject({ operationId: rotation.operationId })
    }
  })

  it('waits for a cluster that another operation changes, and does not take its lock', async () => {
    const [cluster, rotation] = [await recordEndedSetup({ providerArn, webhook }), await startedRotation()]
    const { operation, ...rest } = newOperation({ cluster })
    await recordNext({ operation, ...rest })
    await startExecution(operation, {})
    expect(await acquireLock.run({}, contextOf(rotation, cluster))).toEqual({
      waiting: { reason: 'another operation is changing the cluster' },
    })
    expect(await lock.readLock(cluster)).toMatchObject({ operationId: operation.operationId })
    expect(await clusters.readClusterStatus(cluster)).not.toHaveProperty('rotatedAt')
  })

  it('takes no lock in a dry run, and does not record the rotation of the cluster', async () => {
    const [cluster, rotation] = [await recordEndedSetup({ providerArn, webhook }), await startedRotation()]
    expect(outputOf(await acquireLock.run({}, contextOf(rotation, cluster, true)))).toMatchObject({ acquired: true })
    expect(await lock.readLock(cluster)).toBeUndefined()
    expect(await clusters.readClusterStatus(cluster)).not.toHaveProperty('rotatedAt')
  })

  it('skips a cluster without a provider, and a removed one', async () => {
    const rotation = await startedRotation()
    const { operation, ...rest } = newOperation()
    await recordNext({ operation, ...rest })
    await operations.endOperation(operation, { status: 'failed' })
    for (const cluster of [operation.cluster, 'gone']) {
      const output = { acquired: false, skipped: 'no setup of the cluster has registered a provider' }
      expect(outputOf(await acquireLock.run({}, contextOf(rotation, cluster)))).toEqual(output)
      expect(await lock.readLock(cluster)).toBeUndefined()
    }
  })

  it('returns what a failed setup created, until a setup succeeds', async () => {
    const rotation = await startedRotation()
    const { operation, ...rest } = newOperation()
    const { cluster } = operation
    const activated = { mode: 'own-ca', image: 'image', namespace: 'webhook', replicas: 2 }
    await recordNext({ operation, ...rest })
    await clusters.recordProvider(cluster, providerArn, noStatus)
    await clusters.recordActivated(cluster, activated, noStatus)
    await operations.endOperation(operation, { status: 'failed' })
    const output = async () => outputOf(await acquireLock.run({}, contextOf(rotation, cluster)))
    const issuerUrl = 'https://issuer.example'
    expect(await output()).toMatchObject({ acquired: true, issuerUrl, providerArn, installed: activated })
    await recordSetUpAs(cluster, { providerArn, webhook })
    expect(await output()).toMatchObject({ acquired: true, installed: webhook })
  })
})

describe('release-lock', () => {
  it('releases the lock, and returns the failure of this cluster and not of another', async () => {
    const [cluster, rotation] = [await recordEndedSetup({ providerArn, webhook }), await startedRotation()]
    const { operationId } = rotation
    await lock.acquireLock(cluster, operationId)
    const reported = (object: string) => ({ name: 'Unreachable', object, reason: 'no answer', action: 'Check it' })
    for (const item of [cluster, 'another']) {
      const ref = { operationId, state: 'RotateThumbprints', item }
      await progress.recordStarted(ref, new Date())
      await progress.recordFailed(ref, reported(item), new Date())
    }
    const result = await releaseLock.run({ error: 'Unreachable', cause: '' }, contextOf(rotation, cluster))
    const failure = { ...reported(cluster), step: 'RotateThumbprints', item: cluster }
    expect(outputOf(result)).toEqual({ failure })
    expect(await lock.readLock(cluster)).toBeUndefined()
  })

  it('does not release the lock of another operation', async () => {
    const [cluster, rotation] = [await recordEndedSetup({ providerArn, webhook }), await startedRotation()]
    await lock.acquireLock(cluster, 'somebody')
    expect(outputOf(await releaseLock.run({}, contextOf(rotation, cluster)))).toEqual({})
    expect(await lock.readLock(cluster)).toMatchObject({ operationId: 'somebody' })
  })
})

describe('the verification of a rotated cluster', () => {
  it('does not start when no workload was set up successfully', async () => {
    const [cluster, rotation] = [await recordEndedSetup({ providerArn, webhook }), await startedRotation()]
    expect(outputOf(await beginVerification.run({}, contextOf(rotation, cluster)))).toEqual({
      notVerified: expect.stringContaining('No setup'),
    })
  })

  it('is the same in a second attempt', async () => {
    const workloads = [{ namespace: 'apps', serviceAccount: 'reader' }]
    const cluster = await recordEndedSetup({ providerArn, webhook, workloads })
    const rotation = await startedRotation()
    const begun = async () => outputOf(await beginVerification.run({}, contextOf(rotation, cluster)))
    const first = await begun()
    expect(first).toMatchObject({ verificationId: expect.any(String) })
    expect(await begun()).toEqual(first)
  })

  it('is another one for each cluster of the rotation', async () => {
    const workloads = [{ namespace: 'apps', serviceAccount: 'reader' }]
    const rotation = await startedRotation()
    const begun = async () => {
      const cluster = await recordEndedSetup({ providerArn, webhook, workloads })
      const output = outputOf(await beginVerification.run({}, contextOf(rotation, cluster)))
      const { verificationId } = z.object({ verificationId: z.string() }).parse(output)
      expect((await operations.readOperation(verificationId))?.operation).toMatchObject({ cluster })
    }
    await begun()
    await begun()
  })

  it('is a new one in the next rotation', async () => {
    const workloads = [{ namespace: 'apps', serviceAccount: 'reader' }]
    const cluster = await recordEndedSetup({ providerArn, webhook, workloads })
    const begun = async () => outputOf(await beginVerification.run({}, contextOf(await startedRotation(), cluster)))
    const first = z.object({ verificationId: z.string() }).parse(await begun())
    await operations.endOperation({ operationId: first.verificationId, cluster }, { status: 'succeeded' })
    expect(await begun()).not.toEqual(first)
  })

  it('is waited for while it is queued or runs, and its error becomes the failure of the step', async () => {
    const rotation = await startedRotation()
    const { operation, request } = newOperation({ kind: 'verification', status: 'queued' })
    await recordOperation({ operation, request })
    const observe = () =>
      checkVerification.run({ verificationId: operation.operationId }, contextOf(rotation, operation.cluster))
    expect(await observe()).toEqual({ waiting: { reason: `the verification ${operation.operationId} is queued` } })
    await operations.recordRunning(operation.operationId, new Date())
    expect(await observe()).toEqual({ waiting: { reason: `the verification ${operation.operationId} is running` } })
    const error = { name: 'NotYetConsistent', object: 'arn:role', reason: 'STS refuses', action: 'Correct it' }
    await operations.endOperation(operation, { status: 'failed', error })
    await expect(observe()).rejects.toMatchObject({
      name: 'VerificationFailed',
      object: 'arn:role',
      reason: expect.stringContaining('STS refuses'),
      action: 'Correct it',
    })
  })

  it('fails with the cluster as its object when its record no longer exists', async () => {
    const rotation = await startedRotation()
    const observing = checkVerification.run({ verificationId: 'gone' }, contextOf(rotation, 'prod'))
    await expect(observing).rejects.toMatchObject({ name: 'VerificationFailed', object: 'cluster prod' })
  })
})

describe('a rotation', () => {
  it('succeeds when no cluster failed, and otherwise names the failed clusters', async () => {
    const rotation = await startedRotation()
    const failed = Array.from({ length: 10 }, (_, index) => ({ cluster: `c${index}` }))
    await expect(recordRotation.run({ failed, count: 12 }, contextOf(rotation, ''))).rejects.toMatchObject({
      name: 'ClustersFailed',
      object: 'clusters c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more',
    })
    await recordRotation.run({ failed: [], count: 0 }, contextOf(rotation, ''))
    expect(await operations.readOperationItem(rotation.operationId)).toMatchObject({ status: 'succeeded' })
  })

  it('says why a cluster failed when no step could record it', async () => {
    const rotation = await startedRotation()
    const failed = [{ cluster: 'c0' }, { cluster: 'c1', error: 'Sandbox.Timedout', cause: 'planted cause' }]
    await expect(recordRotation.run({ failed, count: 2 }, contextOf(rotation, ''))).rejects.toMatchObject({
      object: 'clusters c0, c1',
      reason: expect.stringMatching(/other clusters; c1: [^;]+$/),
    })
  })
})
