import { expect, test } from 'vitest'
import { getItem, keys } from '../../../../lambdas/operations/record/table.ts'
import { update, write } from '../../../../lambdas/operations/record/writes.ts'
import { changeWebhook } from '../../../support/webhook/webhook-change.ts'
import { webhookClusters } from '../../../support/webhook/webhook-clusters.ts'

const clusters = webhookClusters()

const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'

test('a candidate that could not be removed stays recorded, so that the next setup removes it', async () => {
  const webhook = await clusters.emulate()
  await webhook.setUp({ certificate: 'own-ca', image: `${repository}:v0.5.0` })
  await write(update(keys.cluster('prod'), { set: { status: { webhookCandidate: true } } }))
  const before = async (state: string) => {
    if (state !== 'RemoveCandidate') return
    webhook.cluster.faults.add({ kind: 'refuse', operation: 'DELETE */services/*candidate*', times: 9 })
  }
  const changed = await changeWebhook(webhook, { image: `${repository}:v0.6.17`, before })
  expect(changed).toMatchObject({ error: 'AccessDenied', failedIn: 'RemoveCandidate' })
  expect(await getItem(keys.cluster('prod'))).toMatchObject({ status: { webhookCandidate: true } })
})
