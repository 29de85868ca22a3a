import { expect, it } from 'vitest'
import { description } from '../../../lambdas/webhook/remove-webhook.step.ts'
import { run } from '../../../lambdas/webhook/remove-webhook.ts'
import { stepContext } from '../../support/steps/step-context.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'

const clusters = webhookClusters()

it.for([
  ['the Deployment', 'DELETE */deployments/*', /^Deployment /],
  ['the ClusterRole', 'DELETE */clusterroles/*', /^ClusterRole /],
  ['the certificate requests', 'GET */certificatesigningrequests*', /CertificateSigningRequest/],
  ['the namespace', 'GET /api/v1/namespaces/workload-identity-webhook', /^Namespace /],
] as const)('a teardown that may not remove %s names it, and so does not succeed', async ([_, operation, object]) => {
  const { cluster, namespace, target, deploy } = await clusters.emulate()
  await deploy({ certificate: 'own-ca' })
  cluster.faults.add({ kind: 'refuse', operation, times: 1 })
  const request = description.input.parse({ target, namespaces: [namespace], mayHaveRequests: true, first: false })
  expect(await run(request, stepContext('prod'))).toMatchObject({
    output: { remaining: [{ name: 'AccessDenied', object: expect.stringMatching(object) }] },
  })
})
