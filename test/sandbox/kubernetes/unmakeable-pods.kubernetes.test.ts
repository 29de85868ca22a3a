/** The events and conditions of a Deployment whose pods the API server refuses. */
import { beforeAll, expect, it } from 'vitest'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { send, until } from '../../support/kubernetes/api-requests.ts'
import { objectIn } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()
let cluster: AnyCluster

beforeAll(async () => {
  cluster = await clusters.start('prod')
})

it('repeats one event at each retry, and sets the condition of the Deployment', async () => {
  const labels = { app: 'homeless' }
  const containers = [{ name: 'main', image: 'busybox:1.36' }]
  const template = { metadata: { labels }, spec: { serviceAccountName: 'gone', containers } }
  const body = { metadata: { name: 'homeless' }, spec: { replicas: 1, selector: { matchLabels: labels }, template } }
  const { code } = await send(cluster, 'POST /apis/apps/v1/namespaces/default/deployments', { body })
  expect(code).toBe(201)

  const failedEvents = async () =>
    (await cluster.objects('Event', 'default')).filter(({ reason }) => reason === 'FailedCreate')
  const tries = async () => (await failedEvents()).reduce((sum, event) => sum + Number(event.count ?? 1), 0)
  await until(async () => (await tries()) >= 2, 'a second try', 60_000)

  const [event, ...others] = await failedEvents()
  expect(others).toEqual([])
  expect(event?.message).toMatch(
    /^Error creating: pods "homeless-[a-z0-9]+-" is forbidden: error looking up service account default\/gone: /,
  )
  // The Deployment takes the condition from its ReplicaSet, a moment after the event.
  const failures = await until(async () => {
    const deployment = await objectIn(cluster, 'Deployment', { name: 'homeless', namespace: 'default' })
    const found = objectsIn(at(deployment, 'status', 'conditions')).filter(({ type }) => type === 'ReplicaFailure')
    return found.length > 0 && found
  }, 'the condition of the Deployment')
  expect(failures).toMatchObject([{ status: 'True', reason: 'FailedCreate' }])
})
