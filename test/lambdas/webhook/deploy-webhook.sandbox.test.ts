/** What depends on the version of Kubernetes alone, whoever plays it. */
import { expect, it } from 'vitest'
import { writesTo } from '../../support/kubernetes/clusters.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { outputOf } from '../../support/webhook/webhook-setup.ts'

const world = webhookClusters()

it.each([
  ['csr on 1.22', '1.22.0', { certificate: 'csr' }, 'signs no request'],
  ['csr with v0.4.0', '1.20.9', { certificate: 'csr', image: 'a/b:v0.4.0' }, 'v0.4.0 and newer'],
  [
    'EKS',
    '1.33.2',
    { issuerUrl: 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC' },
    'EKS runs the pod identity webhook itself',
  ],
  ['Fail where kube-system has no label', '1.20.9', { failurePolicy: 'Fail' }, 'would hold up its pods'],
] as const)('what cannot work is refused before anything is written: %s', async (_name, version, ask, words) => {
  const { cluster, deploy } = await world.emulate({ version })
  await expect(deploy(ask)).rejects.toMatchObject({ name: 'Unsupported', reason: expect.stringContaining(words) })
  expect(writesTo(cluster)).toEqual([])
})

it('Fail is taken where kube-system can be left out', async () => {
  const { deploy } = await world.emulate({ version: '1.21.14' })
  expect(outputOf(await deploy({ failurePolicy: 'Fail' }))).toMatchObject({ mode: 'csr' })
})
