import { beforeAll, expect, test } from 'vitest'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { at } from '../../../sandbox/kubernetes/objects.ts'
import { send, testKubernetes, until } from './support.ts'

const sandbox = testKubernetes()
let cluster: Cluster

beforeAll(async () => {
  cluster = await sandbox.kubernetes.addUserCluster({
    name: 'sized',
    version: '1.33.2',
    issuer: { host: 's.example.com' },
  })
  await send(cluster, `POST ${deployments}`, { body: deployment })
})

const deployments = '/apis/apps/v1/namespaces/default/deployments'
const labels = { app: 'web' }
const deployment = {
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] } },
  },
}
const web = `${deployments}/web`

const stored = () => cluster.objects('Deployment', 'default')[0]
const pods = () => cluster.objects('Pod', 'default')
const merge = (path: string, body: object) =>
  send(cluster, `PATCH ${path}`, { body, contentType: 'application/merge-patch+json' })
const replaceImage = (image: string) => {
  const operation = { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }
  return send(cluster, `PATCH ${web}`, { body: [operation], contentType: 'application/json-patch+json' })
}
const events = (reason: string) =>
  cluster
    .objects('Event', 'default')
    .filter((event) => event.reason === reason)
    .map(({ message }) => String(message).replaceAll(/web-[0-9a-f]{10}/g, 'SET'))

test('the size of a deployment is read and changed on its own', async () => {
  await until(() => pods().length === 2)
  const { body } = await send(cluster, `GET ${web}/scale`)
  expect(body).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 2 } })
  expect(body.status).toEqual({ replicas: 2, selector: 'app=web' })

  expect((await merge(`${web}/scale`, { spec: { replicas: 1 } })).body).toMatchObject({ spec: { replicas: 1 } })
  await until(() => pods().length === 1)
  expect(at(stored(), 'spec', 'template')).toMatchObject(deployment.spec.template)
  expect(stored()?.metadata.managedFields).toContainEqual(
    expect.objectContaining({ subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }),
  )
})

test('a size that another client has changed in the meantime, or below zero, is refused', async () => {
  const { body } = await send(cluster, `GET ${web}/scale`)
  await merge(`${web}/scale`, { spec: { replicas: 2 } })
  expect((await send(cluster, `PUT ${web}/scale`, { body })).code).toBe(409)
  expect((await merge(`${web}/scale`, { spec: { replicas: -1 } })).body).toMatchObject({
    code: 422,
    message: expect.stringContaining('must be greater than or equal to 0'),
  })
})

test('each template has a ReplicaSet with the labels and the revision by which kubectl finds it', async () => {
  const revisions = () =>
    cluster.objects('ReplicaSet', 'default').map(({ metadata }) => ({
      labels: { ...metadata.labels, 'pod-template-hash': undefined },
      revision: metadata.annotations?.['deployment.kubernetes.io/revision'],
    }))
  await replaceImage('registry.example/web:2')
  await until(() => revisions().length === 2)
  expect(revisions()).toEqual(
    expect.arrayContaining([
      { labels, revision: '1' },
      { labels, revision: '2' },
    ]),
  )
  // Back to the first template, its fields in another order.
  const containers = [{ image: 'registry.example/web:1', name: 'web' }]
  await merge(web, { spec: { template: { spec: { containers } } } })
  await until(() => revisions().some(({ revision }) => revision === '3'))
  expect(
    revisions()
      .map(({ revision }) => revision)
      .sort(),
  ).toEqual(['2', '3'])
})

test('events tell how ReplicaSets grow and shrink, and of their pods', async () => {
  await until(() => events('ScalingReplicaSet').length >= 4)
  expect(events('ScalingReplicaSet')).toEqual(
    expect.arrayContaining([
      'Scaled up replica set SET from 0 to 2',
      'Scaled down replica set SET from 2 to 1',
      'Scaled up replica set SET from 1 to 2',
    ]),
  )
  expect(events('SuccessfulCreate').length).toBeGreaterThan(2)
  expect(events('SuccessfulDelete').length).toBeGreaterThan(0)
})
