/** The rights that a setup needs are enough to renew the certificate of the webhook that it has installed. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as renewCertificate from '../../../lambdas/webhook/renew-certificate.ts'
import { minorOf } from '../../support/kubernetes/clusters.ts'
import { bindReader } from '../../support/kubernetes/pod-load.ts'
import { type RightsWorld, startRightsWorld } from '../../support/kubernetes/rights-setup.ts'
import { ageCertificate, servingCertificate } from '../../support/webhook/aged-certificate.ts'
import { context } from '../../support/webhook/webhook-setup.ts'

let world: RightsWorld

beforeAll(async () => {
  world = await startRightsWorld()
})
afterAll(() => world.end())

it('a certificate is renewed, and its old authority dropped, with the rights of the manifests alone', async () => {
  const name = 'renewing'
  const webhook = { mode: 'install', certificate: 'own-ca', namespace: 'workload-identity-webhook' }
  const made = await world.start({ name, webhook, workloads: [{ namespace: 'apps', serviceAccount: 'reader' }] })
  for (const step of ['CheckCluster', 'DeployWebhook', 'CheckWebhook', 'ActivateWebhook'] as const) {
    await made.done(step, 'admin')
  }
  const { installed } = made
  if (!('image' in installed)) throw new Error('no webhook was installed')
  await bindReader(made.admin)
  await ageCertificate({ cluster: made.cluster, client: made.admin, ...installed }, 270)
  const before = await servingCertificate(made.cluster, installed.namespace)

  const target = { name, credentialsSecretArn: `workload-identity/${made.cluster.name}/setup` }
  const renew = async () => {
    const { cluster } = made
    const input = { target, issuerUrl: cluster.settings.issuer, installed }
    const result = await renewCertificate.run(input, context(false, { kubernetesMinor: minorOf(cluster) }))
    return 'output' in result && result.output.certificate
  }
  expect(await renew()).toBe('renewed')
  expect(await servingCertificate(made.cluster, installed.namespace)).not.toEqual(before)
  await made.untilReady()
  expect(await renew()).toBe('finished')
})
