import { expect, it } from 'vitest'
import { readCluster } from '../../../lambdas/operations/record/cluster-record.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { newOperation } from '../../support/api/operations.ts'
import { writesTo } from '../../support/kubernetes/clusters.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { outputOf } from '../../support/webhook/webhook-setup.ts'

const world = webhookClusters()

it('with Fail, is refused where kube-system cannot be left out, and writes nothing', async () => {
  const { cluster, deploy, activate } = await world.emulate({ version: '1.20.9' })
  const installed = outputOf(await deploy({ certificate: 'own-ca' }))
  cluster.calls.clear()
  await expect(activate(installed, { failurePolicy: 'Fail' })).rejects.toMatchObject({
    name: 'Unsupported',
    object: 'Namespace kube-system',
  })
  expect(writesTo(cluster)).toEqual([])
})

it('records the webhook before it sends pods to it: nobody would renew the certificate of one that is not recorded', async () => {
  const { cluster, deploy, setUp, plan } = await world.emulate()
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
