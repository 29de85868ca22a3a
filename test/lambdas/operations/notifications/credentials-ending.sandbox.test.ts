import { expect, test } from 'vitest'
import { notifyOfEnding } from '../../../../lambdas/operations/notifications/credentials-ending.ts'
import { readClusterStatus } from '../../../../lambdas/operations/record/cluster-record.ts'
import { noStatus } from '../../../../lambdas/operations/record/record.ts'
import { recordEndedSetup } from '../../../support/api/operations.ts'
import { notifiedAccount } from '../../../support/aws/notified-account.ts'

const aws = notifiedAccount()

test('credentials of a cluster and of its management cluster that both end cause one notification each', async () => {
  const cluster = await recordEndedSetup()
  const ending = ['2026-12-10T00:00:00.000Z', '2026-12-12T00:00:00.000Z'].map((endsAt) => {
    return { secretArn: `secret that ends ${endsAt}`, endsAt, why: 'they are not marked', command: 'wid connect prod' }
  })
  const notify = async (count: number) => {
    const status = (await readClusterStatus(cluster)) ?? noStatus
    await notifyOfEnding(ending.slice(0, count), { operationId: 'rotation', cluster, status })
    return (await aws.taken()).map(({ message }) => message)
  }
  expect(await notify(1)).toMatchObject([{ error: { object: ending[0]?.secretArn } }])
  expect(await notify(2)).toMatchObject([{ error: { object: ending[1]?.secretArn } }])
  expect(await notify(2)).toEqual([])
})
