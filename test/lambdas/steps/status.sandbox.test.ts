/** How steps read and write the status of their cluster. */

import { describe, expect, it, vi } from 'vitest'
import * as z from 'zod/mini'
import { CloudUnavailable, OwnershipConflict } from '../../../lambdas/errors/step-errors.ts'
import * as clusters from '../../../lambdas/operations/record/cluster-record.ts'
import type { OperationKind } from '../../../lambdas/operations/record/kinds.ts'
import { readOperation } from '../../../lambdas/operations/record/operations.ts'
import * as progress from '../../../lambdas/operations/record/progress.ts'
import type { ClusterFacts } from '../../../lambdas/operations/record/record.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import type { StepCondition } from '../../../lambdas/steps/condition.ts'
import type { StepContext, StepResult } from '../../../lambdas/steps/contract.ts'
import { describeStep } from '../../../lambdas/steps/description.ts'
import * as steps from '../../../lambdas/steps/step.ts'
import { lambdaContext } from '../../support/api/lambda-context.ts'
import { foundCluster, newOperation, recordRole, recordSetUpAs } from '../../support/api/operations.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'

const aws = awsAccount()

type Result = StepResult<Record<string, unknown>>
type Operation = Awaited<ReturnType<typeof started>>

const reader = { namespace: 'default', serviceAccount: 's3-reader' }
const done: Result = { output: {}, changes: [] }
const ready: StepCondition = { type: 'ProviderRegistered', role: 'establishes' }
const time = expect.stringMatching(/^\d{4}-.*Z$/)

/** Records a running operation on a recorded cluster. */
async function started(kind: OperationKind = 'setup', cluster?: string) {
  const made = newOperation({ kind, ...(cluster !== undefined && { cluster }) })
  const { operation, request, change } = made
  const takesLock = kind !== 'verification' && cluster === undefined
  expect(await recordOperation({ operation, request, ...(takesLock && change && { change }) })).toBe('recorded')
  return operation
}

/** Runs a step with this condition and this result. */
async function run(
  operation: Operation,
  condition: StepCondition | undefined,
  act: (context: StepContext) => Promise<Result>,
  dryRun = false,
) {
  const description = describeStep({
    state: 'AnyStep',
    does: 'Does what the test says.',
    input: z.object({}),
    output: z.record(z.string(), z.unknown()),
    ...(condition && { condition }),
    client: 'aws',
    timeoutSeconds: 60,
  })
  const { operationId, cluster } = operation
  const item = 'default/s3-reader'
  const event = { operationId, cluster, state: 'AnyStep', item, attempt: 0, dryRun, input: {} }
  return steps.step(description, (_, context) => act(context))(event, lambdaContext())
}

const statusOf = async ({ cluster }: Operation) => (await clusters.readCluster(cluster))?.cluster.status
const conditionsOf = async (operation: Operation) => (await statusOf(operation))?.conditions
const workloadOf = async ({ cluster }: Operation) => (await clusters.readCluster(cluster))?.workloads[0]

describe('the credentials that a step read', () => {
  const read = { endsAt: '2027-01-01T00:00:00.000Z', renewed: true } as const
  const reading: Result = { ...done, observed: { credentials: read } }

  it('are in the status with their expiry, and only the newest', async () => {
    const operation = await started()
    await run(operation, undefined, async () => ({
      ...reading,
      observed: { managementCredentials: read, credentials: read },
    }))
    expect(await statusOf(operation)).toMatchObject({ credentials: read, managementCredentials: read })
    await run(operation, undefined, async () => ({ waiting: { reason: 'x' }, observed: { credentials: {} } }))
    expect(await statusOf(operation)).toMatchObject({ credentials: {}, managementCredentials: read })
    expect((await statusOf(operation))?.credentials).toEqual({})
  })

  it('are recorded by a verification, and not by a dry run, whose request may name other credentials', async () => {
    const operation = await started()
    await run(operation, undefined, async () => reading, true)
    expect(await statusOf(operation)).not.toHaveProperty('credentials')
    await run(await started('verification', operation.cluster), undefined, async () => reading)
    expect(await statusOf(operation)).toMatchObject({ credentials: read })
  })

  it('are recorded by a verification that finds the cluster unchanged', async () => {
    const operation = await started()
    await recordSetUpAs(operation.cluster, { facts: foundCluster })
    const observed = { cluster: foundCluster, credentials: read }
    await run(await started('verification', operation.cluster), undefined, async () => ({ ...done, observed }))
    expect(await statusOf(operation)).toMatchObject(observed)
  })
})

it('the dates of a certificate that a step read are in the status, except in a dry run', async () => {
  const webhookCertificate = { notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2027-01-01T00:00:00.000Z' }
  const operation = await started()
  const reading = async () => ({ ...done, observed: { webhookCertificate } })
  await run(operation, undefined, reading, true)
  expect(await statusOf(operation)).not.toHaveProperty('webhookCertificate')
  await run(operation, undefined, reading)
  expect(await statusOf(operation)).toMatchObject({ webhookCertificate })
  await run(operation, undefined, async () => ({ ...done, observed: {} }))
  expect(await statusOf(operation)).toMatchObject({ webhookCertificate })
})

describe('the condition of a step', () => {
  it('is False with the reason while the step waits, and True when it has succeeded', async () => {
    const operation = await started()
    await run(operation, ready, async () => ({ waiting: { reason: 'no answer yet' } }))
    expect(await conditionsOf(operation)).toEqual({
      ProviderRegistered: { status: 'False', reason: 'Waiting', message: 'no answer yet', lastTransitionTime: time },
    })
    await run(operation, ready, async () => done)
    expect(await conditionsOf(operation)).toMatchObject({ ProviderRegistered: { status: 'True', reason: 'Succeeded' } })
  })

  it('is False with the error of a failed step, and Unknown when the cloud is unavailable', async () => {
    const operation = await started()
    const reported = { object: 'arn:x', reason: 'it is theirs', action: 'Choose another name' }
    await run(operation, ready, () => Promise.reject(new OwnershipConflict(reported))).catch(() => undefined)
    const message = 'arn:x: it is theirs. Choose another name.'
    expect(await conditionsOf(operation)).toMatchObject({
      ProviderRegistered: { status: 'False', reason: 'OwnershipConflict', message },
    })
    await run(operation, ready, () => Promise.reject(new CloudUnavailable(reported))).catch(() => undefined)
    expect(await conditionsOf(operation)).toMatchObject({
      ProviderRegistered: { status: 'Unknown', reason: 'CloudUnavailable' },
    })
  })

  it('keeps the time of its transition while its status stays, and is not written again when nothing has changed', async () => {
    const operation = await started()
    const waits = (reason: string) => run(operation, ready, async () => ({ waiting: { reason } }))
    await waits('one')
    const first = await conditionsOf(operation)
    await vi.waitFor(() => expect(new Date().toISOString()).not.toBe(first?.ProviderRegistered?.lastTransitionTime))
    await waits('two')
    expect(await conditionsOf(operation)).toEqual({
      ProviderRegistered: { ...first?.ProviderRegistered, message: 'two' },
    })
    await aws.calls.clear()
    await waits('two')
    // The progress of the step: its start, and that it waits.
    expect((await aws.calls.all()).filter(({ write }) => write)).toHaveLength(2)
  })

  it('is recorded with the end of the step in one transaction, so that a crash leaves both or none', async () => {
    const operation = await started()
    await aws.calls.clear()
    await run(operation, ready, async () => done)
    expect((await aws.calls.all()).map((call) => call.operation)).toEqual([
      'dynamodb:UpdateItem',
      'dynamodb:BatchGetItem',
      'dynamodb:TransactWriteItems',
    ])
  })

  it('is not set by a step that only contributes to it, unless that waits or fails', async () => {
    const operation = await started()
    const part: StepCondition = { type: 'WebhookReady', role: 'contributes' }
    await run(operation, part, async () => done)
    expect(await conditionsOf(operation)).toEqual({})
    await run(operation, part, async () => ({ waiting: { reason: 'no pod is ready' } }))
    expect(await conditionsOf(operation)).toMatchObject({ WebhookReady: { status: 'False' } })
  })

  it('is False after a removal, and does not change when objects remain', async () => {
    const operation = await started('teardown')
    const removal: StepCondition = { type: 'WebhookReady', role: 'removes' }
    await run(operation, removal, async () => ({ output: { remaining: [{}] }, changes: [] }))
    expect(await conditionsOf(operation)).toEqual({})
    await run(operation, removal, async () => ({ output: { remaining: [] }, changes: [] }))
    expect(await conditionsOf(operation)).toMatchObject({ WebhookReady: { status: 'False', reason: 'Removed' } })
  })

  it('of a workload is in the status of that workload, with the time of its last proof', async () => {
    const operation = await started()
    await recordRole(operation.cluster, reader)
    const verifiedAt = new Date().toISOString()
    const proved = async () => ({ ...done, observed: { verifiedAt } })
    await run(operation, { type: 'Verified', role: 'establishes' }, proved)
    expect(await workloadOf(operation)).toMatchObject({
      // The proof is the last step of a setup, so that the workload is then in sync.
      status: { verifiedAt, conditions: { Verified: { status: 'True' }, InSync: { status: 'True' } } },
    })
    expect(await conditionsOf(operation)).toEqual({})
  })

  it('is written together with the role that the step reports', async () => {
    const operation = await started()
    const before = { roleName: 'r', roleArn: 'arn:r', policyArns: [] }
    await recordRole(operation.cluster, reader, before)
    await aws.calls.clear()
    await run(operation, { type: 'RoleReady', role: 'establishes' }, async ({ workload: { role } }) => {
      await recordRole(operation.cluster, reader, { ...before, policyArns: ['arn:p'] })
      return { ...done, observed: { role } }
    })
    expect((await workloadOf(operation))?.status).toMatchObject({ role: before, conditions: { RoleReady: {} } })
    expect((await workloadOf(operation))?.status.role?.policyArns).toEqual([])
  })

  it('is not set by a dry run or a rotation, and a verification sets only ClusterReady and Verified', async () => {
    const setup = await started()
    await recordRole(setup.cluster, reader)
    await run(setup, ready, async () => done, true)
    const rotation = await started('rotation', setup.cluster)
    await run(rotation, ready, async () => done)
    const verification = await started('verification', setup.cluster)
    await run(verification, { type: 'ClusterReady', role: 'establishes' }, async () => done)
    expect(await conditionsOf(setup)).toMatchObject({ ClusterReady: { status: 'True' } })
    await run(verification, { type: 'WebhookReady', role: 'establishes' }, async () => done)
    expect(await conditionsOf(setup)).not.toHaveProperty('WebhookReady')
    await run(verification, { type: 'Verified', role: 'establishes' }, async () => done)
    expect(await workloadOf(setup)).toMatchObject({ status: { conditions: { Verified: { status: 'True' } } } })
    expect(await workloadOf(setup)).not.toHaveProperty('status.conditions.InSync')
  })

  it('of a removed cluster is not written, and the end of the step is', async () => {
    const { operation, request } = newOperation({ kind: 'teardown' })
    expect(await recordOperation({ operation, request })).toBe('recorded')
    await run(operation, ready, async () => done)
    expect(await clusters.readCluster(operation.cluster)).toBeUndefined()
    const { steps } = (await readOperation(operation.operationId)) ?? {}
    expect(steps).toMatchObject([{ state: 'AnyStep', status: 'succeeded' }])
  })
})

describe('the facts that a step observes of its cluster', () => {
  const facts: ClusterFacts = { ...foundCluster, kubernetesVersion: '1.33.2', kubernetesMinor: 33 }
  const finds = (observed: ClusterFacts) => async () => ({ ...done, observed: { cluster: observed } })
  const newer = { ...facts, kubernetesVersion: '1.34.0', kubernetesMinor: 34 }
  const other = { ...newer, issuerUrl: 'https://other.example' }

  it('are read by later steps', async () => {
    const operation = await started()
    await run(operation, undefined, finds(facts))
    let reported: StepContext['status'] | undefined
    await run(operation, undefined, async ({ status }) => {
      reported = status
      return done
    })
    expect(reported).toMatchObject({ cluster: facts })
  })

  it('are recorded by a waiting step, too', async () => {
    const operation = await started('teardown')
    await recordSetUpAs(operation.cluster, {})
    const observed = { cluster: facts }
    await run(operation, undefined, async () => ({ waiting: { reason: 'it is being deleted' }, observed }))
    expect(await statusOf(operation)).toMatchObject(observed)
  })

  it('are recorded by a setup of any cluster, and by a verification only of the cluster that was set up', async () => {
    const setup = await started()
    await recordSetUpAs(setup.cluster, { facts })
    const verification = await started('verification', setup.cluster)
    await run(verification, undefined, finds(other))
    expect(await statusOf(setup)).toMatchObject({ cluster: facts })
    await run(verification, undefined, finds(newer))
    expect(await statusOf(setup)).toMatchObject({ cluster: newer })
    await run(setup, undefined, finds(other))
    expect(await statusOf(setup)).toMatchObject({ cluster: other })
  })

  it('do not replace newer facts when the operation does not hold the lock', async () => {
    const setup = await started()
    await recordSetUpAs(setup.cluster, { facts })
    const verification = await started('verification', setup.cluster)
    await run(verification, undefined, async () => {
      await run(setup, undefined, finds(other))
      return finds(newer)()
    })
    expect(await statusOf(setup)).toMatchObject({ cluster: other })
  })

  it('are used only by the plan that observes them', async () => {
    const setup = await started()
    await recordSetUpAs(setup.cluster, { facts })
    const plan = await started('plan', setup.cluster)
    const { operationId, cluster } = plan
    const observed = (context: StepContext) => {
      expect(context.status.cluster).toEqual(other)
      return Promise.resolve(done)
    }
    await progress.recordStarted({ operationId, state: 'CheckCluster' }, new Date())
    await progress.recordSucceeded({ operationId, state: 'CheckCluster' }, { output: other, changes: [] }, new Date())
    await run({ ...plan, cluster }, undefined, observed, true)
    expect(await statusOf(setup)).toMatchObject({ cluster: facts })
  })
})
