import { expect, it } from 'vitest'
import * as z from 'zod'
import { recordOperation } from '../../../../lambdas/operations/record-operation.ts'
import { run } from '../../../../lambdas/workflows/rotation/find-clusters.ts'
import { maxClusters } from '../../../../lambdas/workflows/rotation/rotation.ts'
import { awsAccount } from '../../../support/aws-account.ts'
import { newOperation } from '../../../support/operations.ts'
import { stepContext } from '../../../support/step-context.ts'

awsAccount()

const found = z.object({ output: z.object({ clusters: z.array(z.string()), remaining: z.array(z.string()) }) })

it('a rotation takes no more clusters than one run has room for, and names the others', async () => {
  const made = Array.from({ length: maxClusters + 1 }, () => newOperation())
  await Promise.all(made.map((operation) => recordOperation(operation)))
  const { clusters, remaining } = found.parse(await run({}, stepContext(''))).output
  expect([clusters.length, remaining.length]).toEqual([maxClusters, 1])
  expect([...clusters, ...remaining].sort()).toEqual(made.map(({ operation }) => operation.cluster).sort())
})
