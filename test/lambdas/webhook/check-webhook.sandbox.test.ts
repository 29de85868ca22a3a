import { expect, it } from 'vitest'
import { clientOf, writesTo } from '../../support/kubernetes/clusters.ts'
import { bindReader } from '../../support/kubernetes/pod-load.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { outputOf, waitingOf } from '../../support/webhook/webhook-setup.ts'

const clusters = webhookClusters()

it('reports why it waits even if it may not list pods and events', async () => {
  const { cluster, namespace, deploy, check } = await clusters.emulate()
  const image = 'registry.example/no-such/amazon-eks-pod-identity-webhook:v9.9.9'
  const installed = outputOf(await deploy({ image }))
  cluster.faults.add({ kind: 'refuse', operation: `GET /api/v1/namespaces/${namespace}/pods*`, times: 99 })
  expect(waitingOf(await check(installed))).toMatch(/^Deployment .*\/pod-identity-webhook: /)
})

it('tries the canary when the namespace of the account refuses pods', async () => {
  const { cluster, namespace, setUp, check } = await clusters.emulate()
  await bindReader(clientOf(cluster))
  await setUp()
  cluster.faults.add({ kind: 'refuse', operation: 'POST /api/v1/namespaces/default/pods', times: 99 })
  const installed = { mode: 'own-ca', image: 'a', namespace, replicas: 2 } as const
  await expect.poll(() => check(installed), { timeout: 10_000 }).toMatchObject({ output: {} })
})

it('a dry run reports unmutated pods, and the canary that a setup would try', async () => {
  const { cluster, setUp, plan } = await clusters.emulate()
  await bindReader(clientOf(cluster))
  await setUp()
  cluster.faults.add({ kind: 'refuse', operation: 'POST /api/v1/namespaces/default/pods', times: 99 })
  cluster.calls.clear()
  const { changes, waiting } = await plan()
  expect(waiting).toEqual(['the webhook runs, but pods of accounts with a role are not mutated'])
  const written = changes.filter(({ action }) => action !== 'unchanged')
  expect(written.map(({ action, temporary }) => [action, temporary])).toEqual([
    ['created', true],
    ['created', true],
    ['deleted', true],
    ['deleted', true],
  ])
  expect(writesTo(cluster)).toEqual([])
})

// A real API server would use its open connection, and the webhook would still mutate pods.
it('tries the canary on an active webhook that does not mutate, and reports its reason', async () => {
  const { cluster, namespace, setUp, check } = await clusters.emulate()
  await bindReader(clientOf(cluster))
  await setUp()
  await clientOf(cluster).delete({ apiVersion: 'v1', kind: 'Service', name: 'pod-identity-webhook', namespace })
  const installed = { mode: 'own-ca', image: 'a', namespace, replicas: 2 } as const
  expect(waitingOf(await check(installed))).toContain('its Service is not there')
})
