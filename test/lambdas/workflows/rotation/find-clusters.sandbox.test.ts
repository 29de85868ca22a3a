import { expect, it } from 'vitest'
import * as z from 'zod'
import { writeStatus } from '../../../../lambdas/operations/record/status-record.ts'
import { keys } from '../../../../lambdas/operations/record/table.ts'
import { recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import { startExecution } from '../../../../lambdas/operations/start/start-recorded.ts'
import * as acquireLock from '../../../../lambdas/workflows/rotation/acquire-lock.ts'
import { description } from '../../../../lambdas/workflows/rotation/find-clusters.step.ts'
import { run } from '../../../../lambdas/workflows/rotation/find-clusters.ts'
import { pageSize } from '../../../../lambdas/workflows/rotation/rotation.ts'
import { apiAccount } from '../../../support/api/api.ts'
import { newOperation, recordEndedSetup, recordNext } from '../../../support/api/operations.ts'
import { stepContext } from '../../../support/steps/step-context.ts'

apiAccount()

type Input = z.output<typeof description.input>
const found = z.object({ output: description.output })

async function find(oldestBy: Input['oldestBy'], place?: Input['place']) {
  const { batches, next } = found.parse(await run({ oldestBy, place }, stepContext(''))).output
  return { names: batches.flatMap(({ clusters }) => clusters), next }
}

it('a cluster that a rotation skipped is first in the next one, and drifts have a separate order', async () => {
  const providerArn = 'arn:aws:iam::000000000000:oidc-provider/issuer.example'
  const one = await recordEndedSetup({ providerArn })
  const busy = await recordEndedSetup({ providerArn })
  const three = await recordEndedSetup({ providerArn })
  await writeStatus(keys.cluster(one), {}, { comparedAt: '2026-11-25T04:00:00.000Z' })
  expect((await find('rotatedAt')).names).toEqual([one, busy, three])
  const { operation, ...rest } = newOperation({ cluster: busy })
  expect(await recordNext({ operation, ...rest })).toBe('recorded')
  await startExecution(operation, {})
  for (const cluster of [three, busy, one]) {
    await acquireLock.run({}, { ...stepContext(cluster), operationId: 'rotation' })
  }
  expect((await find('rotatedAt')).names).toEqual([busy, three, one])
  expect((await find('comparedAt')).names).toEqual([busy, three, one])
})

it('a page of clusters ends with the start of the next, and together they have every cluster once', async () => {
  const made = Array.from({ length: pageSize + 1 }, () => newOperation())
  for (let at = 0; at < made.length; at += 50) {
    await Promise.all(made.slice(at, at + 50).map((operation) => recordOperation(operation)))
  }
  const first = await find('comparedAt')
  const second = await find('comparedAt', first.next)
  expect([first.names.length, second.names.length, second.next]).toEqual([pageSize, 4, undefined])
  const all = [...first.names, ...second.names]
  expect(new Set(all).size).toBe(pageSize + 4)
  expect(all).toEqual(expect.arrayContaining(made.map(({ operation }) => operation.cluster)))
})
