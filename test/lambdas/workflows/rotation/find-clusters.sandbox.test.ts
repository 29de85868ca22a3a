import { expect, it } from 'vitest'
import * as z from 'zod'
import { recordOperation } from '../../../../lambdas/operations/record-operation.ts'
import { description } from '../../../../lambdas/workflows/rotation/find-clusters.step.ts'
import { run } from '../../../../lambdas/workflows/rotation/find-clusters.ts'
import { pageSize } from '../../../../lambdas/workflows/rotation/rotation.ts'
import { awsAccount } from '../../../support/aws-account.ts'
import { newOperation } from '../../../support/operations.ts'
import { stepContext } from '../../../support/step-context.ts'

awsAccount()

const found = z.object({ output: description.output })

async function find(after?: string): Promise<{ readonly names: string[]; readonly next: string | undefined }> {
  const { batches, next } = found.parse(await run({ after }, stepContext(''))).output
  return { names: batches.flatMap(({ clusters }) => clusters), next }
}

it('a page of clusters ends with where the next begins, and together they have every cluster once', async () => {
  const made = Array.from({ length: pageSize + 1 }, () => newOperation())
  for (let at = 0; at < made.length; at += 50) {
    await Promise.all(made.slice(at, at + 50).map((operation) => recordOperation(operation)))
  }
  const first = await find()
  const second = await find(first.next)
  expect([first.names.length, second.names.length, second.next]).toEqual([pageSize, 1, undefined])
  expect([...first.names, ...second.names].sort()).toEqual(made.map(({ operation }) => operation.cluster).sort())
})
