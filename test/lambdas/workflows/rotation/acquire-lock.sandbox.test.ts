import { expect, it, vi } from 'vitest'
import * as executions from '../../../../lambdas/operations/executions.ts'
import * as lock from '../../../../lambdas/operations/lock.ts'
import * as operations from '../../../../lambdas/operations/operations.ts'
import * as acquireLock from '../../../../lambdas/workflows/rotation/acquire-lock.ts'
import { apiAccount } from '../../../support/api.ts'
import { newOperation, recordEndedSetup } from '../../../support/operations.ts'
import { stepContext } from '../../../support/step-context.ts'

const { useWorkflow } = apiAccount()

// Not on moto, whose executions do not end.
it('takes a lock over that an operation on all clusters has left which has ended', async () => {
  const cluster = await recordEndedSetup()
  useWorkflow('failing')
  const { cluster: _, ...remaining } = newOperation({ kind: 'rotation' }).operation
  await operations.recordOperation({ operation: remaining, request: { dryRun: false } })
  await executions.startExecution(remaining, {})
  await lock.acquireLock(cluster, remaining.operationId)
  await operations.endOperation(remaining, { status: 'failed' })
  const context = { ...stepContext(cluster), operationId: 'another' }
  const isTaken = async () => expect(await acquireLock.run({}, context)).toMatchObject({ output: { acquired: true } })
  await vi.waitFor(isTaken, { timeout: 20_000 })
  expect(await lock.readLock(cluster)).toMatchObject({ operationId: 'another' })
})
