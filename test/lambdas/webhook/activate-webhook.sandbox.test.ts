import { expect, it } from 'vitest'
import { readCluster } from '../../../lambdas/operations/record/cluster-record.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { newOperation } from '../../support/api/operations.ts'
import { writesTo } from '../../support/kubernetes/clusters.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { outputOf } from '../../support/webhook/webhook-setup.ts'

const clusters = webhookClusters()

it('refuses failurePolicy Fail without a write where no selector can exclude kube-system', async () => {
  const { cluster, deploy, activate } = await clusters.emulate({ version: '1.20.9' })
  const installed = outputOf(await deploy({ certificate: 'own-ca' }))
  cluster.calls.clear()
  await expect(activate(installed, { failurePolicy: 'Fail' })).rejects.toMatchObject({
    name: 'Unsupported',
    object: 'Namespace kube-system',
  })
  expect(writesTo(cluster)).toEqual([])
})

// Rotations renew only the certificates of recorded webhooks.
it('records the webhook before it sends pods to it', async () => {
  const { cluster, deploy, setUp, plan } = await clusters.emulate()
  expect(await recordOperation(newOperation({ cluster: 'prod' }))).toBe('recorded')
  const recorded = async () => (await readCluster('prod'))?.cluster.status

  await plan({ certificate: 'own-ca' })
  const installed = outputOf(await deploy({ certificate: 'own-ca' }))
  expect(await recorded()).not.toHaveProperty('webhook')
  const operation = 'PATCH */mutatingwebhookconfigurations/pod-identity-webhook'
  cluster.faults.add({ kind: 'refuse', operation, times: 10 })
  await expect(setUp({ certificate: 'own-ca' })).rejects.toMatchObject({ name: 'AccessDenied' })
  expect(await recorded()).toMatchObject({ webhook: installed })
})
