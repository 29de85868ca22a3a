import { expect, it } from 'vitest'
import { description } from '../../../lambdas/cluster/apply-cluster.step.ts'
import { run } from '../../../lambdas/cluster/apply-cluster.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { startProxy } from '../../../sandbox/network/proxy.ts'
import { newOperation } from '../../support/api/operations.ts'
import { exampleRequest } from '../../support/api/requests.ts'
import { appliedClusters } from '../../support/steps/apply-cluster.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const example = exampleRequest('setup').cluster
const fixture = appliedClusters((clusters) => clusters.emulate('management', { management: true, behindBastion: true }))

it('applies a cluster although a request of another one has named its management cluster and its node pool', async () => {
  const { name, management, clusters, secrets } = fixture
  for (const cluster of ['team-evil', name]) await recordOperation(newOperation({ cluster }))

  // team-evil owns the API server and the proxy. Its kubeconfig has the address of the other management cluster.
  const evil = await clusters.emulate('evil', { management: true })
  const { host } = management.settings
  const address = `${host}:443\n      tls-server-name: ${evil.settings.host}`
  const kubeconfig = evil.kubeconfig().replace(`${evil.settings.host}:443`, address)
  const proxy = await startProxy()
  proxy.route(`${host}:443`, evil.port)
  clusters.internet.proxy.route('proxy.evil.example:3128', Number(new URL(proxy.url).port))
  const request = description.input.parse({
    clusterName: 'team-evil',
    management: {
      credentialsSecretArn: await secrets.keep('team-evil/management', kubeconfig),
      namespace: 'default',
      proxyUrl: 'http://proxy.evil.example:3128',
    },
    spec: example.spec,
    nodePools: [{ name: `${name}-pool-0`, spec: example.nodePools?.[0]?.spec }],
    bucket: 'evil-oidc',
    adopt: false,
  })
  expect(await run(request, stepContext('team-evil'))).toHaveProperty('output')
  await proxy.close()

  expect((await fixture.apply()).changes).toEqual(fixture.applied('created'))
})
