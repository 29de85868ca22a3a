import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { startApiAccount } from '../../../support/api.ts'
import { newOperation, recordSetUpAs } from '../../../support/operations.ts'
import { stepContext } from '../../../support/step-context.ts'

let aws: Awaited<ReturnType<typeof startApiAccount>>

beforeAll(async () => {
  aws = await startApiAccount()
})
afterAll(() => aws?.end())
beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true))

// Not on moto, whose executions do not end.
it('takes a lock over that an operation on all clusters has left which has ended', async () => {
  const operations = await import('../../../../lambdas/operations/operations.ts')
  const lock = await import('../../../../lambdas/operations/lock.ts')
  const executions = await import('../../../../lambdas/operations/executions.ts')
  const acquireLock = await import('../../../../lambdas/workflows/rotation/acquire-lock.ts')

  const { operation: setup, ...rest } = newOperation()
  await operations.recordOperation({ operation: setup, ...rest })
  await recordSetUpAs(setup.cluster)
  await operations.endOperation(setup, { status: 'succeeded' })

  aws.useWorkflow('failing')
  const { cluster: _, ...remaining } = newOperation({ kind: 'rotation' }).operation
  await operations.recordOperation({ operation: remaining, request: { dryRun: false } })
  await executions.startExecution(remaining, {})
  await lock.acquireLock(setup.cluster, remaining.operationId)
  await operations.endOperation(remaining, { status: 'failed' })
  const context = { ...stepContext(setup.cluster), operationId: 'another' }
  const isTaken = async () => expect(await acquireLock.run({}, context)).toMatchObject({ output: { acquired: true } })
  await vi.waitFor(isTaken, { timeout: 20_000 })
  expect(await lock.readLock(setup.cluster)).toMatchObject({ operationId: 'another' })
})
