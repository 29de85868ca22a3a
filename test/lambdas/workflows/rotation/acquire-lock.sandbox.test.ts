import { afterEach, expect, it, vi } from 'vitest'
import * as lock from '../../../../lambdas/operations/lock/lock.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { startExecution } from '../../../../lambdas/operations/start/start-recorded.ts'
import * as acquireLock from '../../../../lambdas/workflows/rotation/acquire-lock.ts'
import { apiAccount } from '../../../support/api/api.ts'
import { recordEndedSetup } from '../../../support/api/operations.ts'
import { recordedRotation } from '../../../support/api/recorded-operation.ts'
import { orderOfCalls } from '../../../support/aws/order-of-calls.ts'
import { publishedMetrics } from '../../../support/aws/published-metrics.ts'
import { stepContext } from '../../../support/steps/step-context.ts'

const { useWorkflow } = apiAccount()
afterEach(() => vi.restoreAllMocks())

// Not on moto, whose executions do not end.
it('takes over the lock of an ended operation on all clusters', async () => {
  const cluster = await recordEndedSetup()
  useWorkflow('failing')
  const rotation = await recordedRotation()
  await startExecution(rotation, {})
  await lock.acquireLock(cluster, rotation.operationId)
  await operations.endOperation(rotation, { status: 'failed' })
  const context = { ...stepContext(cluster), operationId: 'another' }
  const isTaken = async () => expect(await acquireLock.run({}, context)).toMatchObject({ output: { acquired: true } })
  await vi.waitFor(isTaken, { timeout: 20_000 })
  expect(await lock.readLock(cluster)).toMatchObject({ operationId: 'another' })
})

it('reads the record after it has the lock, so that it sees what the previous operation recorded', async () => {
  const cluster = await recordEndedSetup()
  const context = { ...stepContext(cluster), operationId: 'ordered' }
  const calls = await orderOfCalls(() => acquireLock.run({}, context))
  expect(calls.slice(0, 3)).toEqual(['UpdateItem sent', 'UpdateItem answered', 'Query sent'])
})

it('publishes the remaining days of the recorded webhook certificate', async () => {
  const notAfter = new Date(Date.now() + 20 * 24 * 3_600_000).toISOString()
  const certificate = { notBefore: '2026-01-01T00:00:00.000Z', notAfter }
  const installed = { mode: 'own-ca', namespace: 'n', replicas: 2, image: 'i', failurePolicy: 'Ignore' }
  const cluster = await recordEndedSetup({
    providerArn: 'arn:aws:iam::000000000000:oidc-provider/issuer.example',
    webhook: { ...installed, certificate },
  })
  const published = publishedMetrics()
  const context = { ...stepContext(cluster), operationId: 'rotation' }
  expect(await acquireLock.run({}, context)).toMatchObject({ output: { acquired: true } })
  const [line, ...others] = published()
  expect(line).toMatchObject({ cluster, operationId: 'rotation', CertificateDays: expect.closeTo(20, 2) })
  expect(others).toEqual([])
})
