/** A setup, a candidate, a change and a renewal each make the Deployment again: none may lose what the request set. */
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

const world = webhookClusters()
const name = 'pod-identity-webhook'
const candidateName = `${name}-candidate`

const deployment = z.object({ spec: z.object({ template: z.looseObject({ metadata: z.looseObject({}) }) }) })

/** Without its names and the digest of its certificate, in which the Deployments of the makers differ. */
async function madeOf({ cluster, namespace }: WebhookCluster, of = name): Promise<unknown> {
  const { template, ...spec } = deployment.parse(await objectIn(cluster, 'Deployment', { name: of, namespace })).spec
  const { annotations: _, ...metadata } = template.metadata
  return JSON.parse(JSON.stringify({ ...spec, template: { ...template, metadata } }).replaceAll(candidateName, name))
}

it('every maker of the Deployment makes the same one of what a request sets', async () => {
  const made = await world.start()
  const { namespace } = made
  const request = { ...allSettings, namespace, certificate: 'own-ca' } as const
  await bindReader(made.client)
  await made.setUp({ namespace, certificate: 'own-ca' })
  let ofCandidate: unknown
  const before = async (state: string) => {
    if (state === 'SwitchToCandidate') ofCandidate = await madeOf(made, candidateName)
  }
  const { status, recorded } = await changeWebhook(made, { ...request, before })
  expect({ status, recorded }).toMatchObject({ status: 'SUCCEEDED', recorded: { ...allSettings, namespace } })
  const ofSetup = await madeOf(made)
  expect(ofCandidate).toEqual(ofSetup)

  await ageCertificate({ ...made, image: request.image }, 270)
  const { target, cluster, minor } = made
  if (!recorded) throw new Error('the change has recorded no webhook')
  const renewal = { target, issuerUrl: cluster.settings.issuer, installed: recorded }
  const renewed = await renewCertificate.run(renewal, context(false, { kubernetesMinor: minor }))
  expect(outputOf(renewed)).toEqual({ certificate: 'renewed' })
  expect(await madeOf(made)).toEqual(ofSetup)
})
