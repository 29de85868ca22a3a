import { afterAll, beforeAll, expect, it } from 'vitest'
import * as renewCertificate from '../../../lambdas/webhook/renew-certificate.ts'
import { minorOf } from '../../support/kubernetes/clusters.ts'
import { bindReader } from '../../support/kubernetes/pod-load.ts'
import { type RightsWorld, startRightsWorld } from '../../support/kubernetes/rights-setup.ts'
import { ageCertificate, servingCertificate } from '../../support/webhook/aged-certificate.ts'
import { context } from '../../support/webhook/webhook-setup.ts'

let fixture: RightsWorld

beforeAll(async () => {
  fixture = await startRightsWorld()
})
afterAll(() => fixture.end())

it('the rights of setups are enough to renew the certificate of the webhook, and to remove its old CA', async () => {
  const name = 'renewing'
  const webhook = { mode: 'install', certificate: 'own-ca', namespace: 'workload-identity-webhook' }
  const setup = await fixture.start({ name, webhook, workloads: [{ namespace: 'apps', serviceAccount: 'reader' }] })
  for (const step of ['CheckCluster', 'DeployWebhook', 'CheckWebhook', 'ActivateWebhook'] as const) {
    await setup.done(step, 'admin')
  }
  const { installed } = setup
  if (!('image' in installed)) throw new Error('no webhook was installed')
  await bindReader(setup.admin)
  await ageCertificate({ cluster: setup.cluster, client: setup.admin, ...installed }, 270)
  const before = await servingCertificate(setup.cluster, installed.namespace)

  const target = { name, credentialsSecretArn: `workload-identity/${setup.cluster.name}/setup` }
  const renew = async () => {
    const { cluster } = setup
    const input = { target, issuerUrl: cluster.settings.issuer, installed }
    const result = await renewCertificate.run(input, context(false, { kubernetesMinor: minorOf(cluster) }))
    return 'output' in result && result.output.certificate
  }
  expect(await renew()).toBe('renewed')
  expect(await servingCertificate(setup.cluster, installed.namespace)).not.toEqual(before)
  await setup.untilReady()
  expect(await renew()).toBe('finished')
})
