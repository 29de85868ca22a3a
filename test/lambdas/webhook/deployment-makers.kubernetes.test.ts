/** A setup, a candidate, a change and a renewal each build the Deployment again: none may lose a setting of the request. */
import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import * as renewCertificate from '../../../lambdas/webhook/renew-certificate.ts'
import { objectIn } from '../../support/kubernetes/clusters.ts'
import { bindReader } from '../../support/kubernetes/pod-load.ts'
import { ageCertificate } from '../../support/webhook/aged-certificate.ts'
import { allSettings } from '../../support/webhook/deployment-settings.ts'
import { changeWebhook } from '../../support/webhook/webhook-change.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { context, outputOf, type WebhookCluster } from '../../support/webhook/webhook-setup.ts'

const clusters = webhookClusters()
const name = 'pod-identity-webhook'
const candidateName = `${name}-candidate`

const deployment = z.object({ spec: z.object({ template: z.looseObject({ metadata: z.looseObject({}) }) }) })

/** The spec of the Deployment without its name and the digest of its certificate, which differ. */
async function comparableSpec({ cluster, namespace }: WebhookCluster, of = name): Promise<unknown> {
  const { template, ...spec } = deployment.parse(await objectIn(cluster, 'Deployment', { name: of, namespace })).spec
  const { annotations: _, ...metadata } = template.metadata
  return JSON.parse(JSON.stringify({ ...spec, template: { ...template, metadata } }).replaceAll(candidateName, name))
}

it('a setup, a candidate and a renewal build the same Deployment from a request', async () => {
  const webhook = await clusters.start()
  const { namespace } = webhook
  const request = { ...allSettings, namespace, certificate: 'own-ca' } as const
  await bindReader(webhook.client)
  await webhook.setUp({ namespace, certificate: 'own-ca' })
  let ofCandidate: unknown
  const before = async (state: string) => {
    if (state === 'SwitchToCandidate') ofCandidate = await comparableSpec(webhook, candidateName)
  }
  const { status, recorded } = await changeWebhook(webhook, { ...request, before })
  expect({ status, recorded }).toMatchObject({ status: 'SUCCEEDED', recorded: { ...allSettings, namespace } })
  const ofSetup = await comparableSpec(webhook)
  expect(ofCandidate).toEqual(ofSetup)

  await ageCertificate({ ...webhook, image: request.image }, 270)
  const { target, cluster, minor } = webhook
  if (!recorded) throw new Error('the change has recorded no webhook')
  const renewal = { target, issuerUrl: cluster.settings.issuer, installed: recorded }
  const renewed = await renewCertificate.run(renewal, context(false, { kubernetesMinor: minor }))
  expect(outputOf(renewed)).toEqual({ certificate: 'renewed' })
  expect(await comparableSpec(webhook)).toEqual(ofSetup)
})
