/** Rules that depend only on the version of Kubernetes, so that no real API server is needed. */
import { expect, it } from 'vitest'
import { writesTo } from '../../support/kubernetes/clusters.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { outputOf } from '../../support/webhook/webhook-setup.ts'

const clusters = webhookClusters()

it.each([
  ['csr on 1.22', '1.22.0', { certificate: 'csr' }, 'signs no certificate request'],
  ['csr with v0.4.0', '1.20.9', { certificate: 'csr', image: 'a/b:v0.4.0' }, 'v0.4.0 and newer'],
  [
    'EKS',
    '1.33.2',
    { issuerUrl: 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC' },
    'EKS runs the pod identity webhook itself',
  ],
  ['Fail where kube-system has no label', '1.20.9', { failurePolicy: 'Fail' }, 'would also apply to its pods'],
] as const)('refuses before the first write: %s', async (_name, version, request, words) => {
  const { cluster, deploy } = await clusters.emulate({ version })
  await expect(deploy(request)).rejects.toMatchObject({ name: 'Unsupported', reason: expect.stringContaining(words) })
  expect(writesTo(cluster)).toEqual([])
})

it('accepts failurePolicy Fail where a selector can exclude kube-system', async () => {
  const { deploy } = await clusters.emulate({ version: '1.21.14' })
  expect(outputOf(await deploy({ failurePolicy: 'Fail' }))).toMatchObject({ mode: 'csr' })
})
