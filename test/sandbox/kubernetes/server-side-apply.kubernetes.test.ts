import { beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { asObject, at, type JsonObject, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { apply, send } from '../../support/kubernetes/api-requests.ts'
import { minorOf } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()
let cluster: AnyCluster

beforeAll(async () => {
  cluster = await clusters.start('modern')
})

const mapPath = '/api/v1/namespaces/default/configmaps/reader'
const roleArn = 'eks.amazonaws.com/role-arn'
const configMap = (annotations: Record<string, string>): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'reader', namespace: 'default', annotations },
})
const version = (body: JsonObject) => at(body, 'metadata', 'resourceVersion')
const annotationsOf = (body: JsonObject) => at(body, 'metadata', 'annotations')

beforeEach(async () => {
  await send(cluster, `DELETE ${mapPath}`)
  await send(cluster, 'DELETE /apis/apps/v1/namespaces/default/deployments/web')
})

test('an apply creates the object, and its manager owns exactly the fields that it sets', async () => {
  const { code, body } = await apply(cluster, mapPath, configMap({ [roleArn]: 'arn:1' }))
  expect(code).toBe(201)
  expect(at(body, 'metadata', 'managedFields')).toEqual([
    {
      manager: 'tester',
      operation: 'Apply',
      apiVersion: 'v1',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:metadata': { 'f:annotations': { [`f:${roleArn}`]: {} } } },
    },
  ])
})

test('repeating an apply changes nothing, not even resourceVersion', async () => {
  const first = await apply(cluster, mapPath, configMap({ a: '1' }))
  const second = await apply(cluster, mapPath, configMap({ a: '1' }))
  expect(second.code).toBe(200)
  expect(second.body).toEqual(first.body)
})

test('a field that the manager no longer applies is removed, and fields of others stay', async () => {
  await apply(cluster, mapPath, configMap({ a: '1', b: '2' }))
  const patch = { metadata: { annotations: { c: '3' } } }
  await send(cluster, `PATCH ${mapPath}`, { body: patch, contentType: 'application/merge-patch+json' })
  const { body } = await apply(cluster, mapPath, configMap({ a: '1' }))
  expect(annotationsOf(body)).toEqual({ a: '1', c: '3' })
})

test('a field of another manager is a conflict, with the message of a real server', async () => {
  const body = configMap({ [roleArn]: 'arn:theirs' })
  await send(cluster, 'POST /api/v1/namespaces/default/configmaps?fieldManager=kubectl-client-side-apply', {
    body,
  })
  const refused = await apply(cluster, mapPath, configMap({ [roleArn]: 'arn:ours' }))
  expect(refused.body).toMatchObject({
    code: 409,
    reason: 'Conflict',
    message:
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .metadata.annotations.eks.amazonaws.com/role-arn',
    details: {
      causes: [
        {
          reason: 'FieldManagerConflict',
          message: 'conflict with "kubectl-client-side-apply" using v1',
          field: '.metadata.annotations.eks.amazonaws.com/role-arn',
        },
      ],
    },
  })
  const dry = await apply(cluster, mapPath, configMap({ [roleArn]: 'arn:ours' }), 'fieldManager=tester&dryRun=All')
  expect(dry.code).toBe(409)
})

test('conflicts with two managers are listed by manager', async () => {
  await apply(cluster, mapPath, configMap({ a: '1' }), 'fieldManager=first')
  await apply(cluster, mapPath, configMap({ b: '1' }), 'fieldManager=second')
  const { body } = await apply(cluster, mapPath, configMap({ a: '2', b: '2' }))
  expect(body.message).toBe(
    'Apply failed with 2 conflicts: conflicts with "first":\n- .metadata.annotations.a\nconflicts with "second":\n- .metadata.annotations.b',
  )
})

test('force takes the ownership of the field', async () => {
  await apply(cluster, mapPath, configMap({ a: '1' }), 'fieldManager=first')
  const forced = await apply(cluster, mapPath, configMap({ a: '2' }), 'fieldManager=tester&force=true')
  expect(annotationsOf(forced.body)).toEqual({ a: '2' })
  expect(objectsIn(at(forced.body, 'metadata', 'managedFields')).map(({ manager }) => manager)).toEqual(['tester'])
})

test('two managers that apply the same value share the field, and it stays until both drop it', async () => {
  await apply(cluster, mapPath, configMap({ a: '1' }), 'fieldManager=first')
  expect((await apply(cluster, mapPath, configMap({ a: '1' }))).code).toBe(200)
  const kept = await apply(cluster, mapPath, configMap({}), 'fieldManager=first')
  expect(annotationsOf(kept.body)).toEqual({ a: '1' })
  const gone = await apply(cluster, mapPath, configMap({}))
  expect(annotationsOf(gone.body) ?? {}).toEqual({})
})

test('an apply needs a field manager', async () => {
  expect((await apply(cluster, mapPath, configMap({}), '')).body).toMatchObject({
    code: 422,
    message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  })
})

test('an apply accepts YAML', async () => {
  const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: reader\n  annotations: {a: "1"}\n'
  const sent = { body, contentType: 'application/apply-patch+yaml' }
  expect((await send(cluster, `PATCH ${mapPath}?fieldManager=tester`, sent)).code).toBe(201)
})

test('an unknown field or a wrong type in an apply is an error with code 500 and without a reason', async () => {
  const of = minorOf(cluster) <= 21 ? '' : ' (default/reader; /v1, Kind=ConfigMap)'
  const unknown = await apply(cluster, mapPath, { ...configMap({}), secretz: [] })
  expect(unknown.body).toMatchObject({ code: 500, status: 'Failure' })
  expect(unknown.body.message).toBe(`failed to create typed patch object${of}: .secretz: field not declared in schema`)
  const typed = await apply(cluster, mapPath, { ...configMap({}), immutable: 'yes' })
  expect(typed.body).toMatchObject({ code: 500 })
})

const deploymentPath = '/apis/apps/v1/namespaces/default/deployments/web'
const container = (fields: JsonObject = {}): JsonObject => ({ name: 'web', image: 'example.com/web:1', ...fields })
const deployment = (containers: JsonObject[], spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers, ...spec } },
  },
})
const containersOf = (body: JsonObject) => objectsIn(at(body, 'spec', 'template', 'spec', 'containers'))

test('items of keyed lists are merged by their keys, and dropped items are removed', async () => {
  const env = [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
  ]
  await apply(cluster, deploymentPath, deployment([container({ env })]))
  const sidecar = { spec: { template: { spec: { containers: [{ name: 'sidecar', image: 'example.com/s:1' }] } } } }
  const patched = await send(cluster, `PATCH ${deploymentPath}?fieldManager=injector`, {
    body: sidecar,
    contentType: 'application/strategic-merge-patch+json',
  })
  expect(containersOf(patched.body).map(({ name }) => name)).toEqual(['sidecar', 'web'])

  const { body } = await apply(cluster, deploymentPath, deployment([container({ env: env.slice(1) })]))
  expect(containersOf(body)).toMatchObject([
    { name: 'sidecar' },
    { name: 'web', env: [{ name: 'B', value: '2' }], imagePullPolicy: 'IfNotPresent' },
  ])
})

test('dropping an object also removes its defaults', async () => {
  const readinessProbe = { tcpSocket: { port: 443 } }
  const made = await apply(cluster, deploymentPath, deployment([container({ readinessProbe })]))
  expect(containersOf(made.body)[0]?.readinessProbe).toEqual({
    tcpSocket: { port: 443 },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  })
  const { body } = await apply(cluster, deploymentPath, deployment([container()]))
  expect(containersOf(body)[0]).not.toHaveProperty('readinessProbe')
})

test('a Deployment gets the defaults of a real server, and a dry run of the same apply equals the live object', async () => {
  await apply(
    cluster,
    deploymentPath,
    deployment([container({ ports: [{ containerPort: 443 }] })], { volumes: [{ name: 'v' }] }),
  )
  const live = await send(cluster, `GET ${deploymentPath}`)
  expect(live.body.spec).toMatchObject({
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    template: {
      spec: {
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        schedulerName: 'default-scheduler',
        securityContext: {},
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          {
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            resources: {},
            ports: [{ containerPort: 443, protocol: 'TCP' }],
          },
        ],
      },
    },
  })
  const again = deployment([container({ ports: [{ containerPort: 443 }] })], { volumes: [{ name: 'v' }] })
  // Controllers write to the object for a moment.
  await vi.waitFor(
    async () => {
      const before = await send(cluster, `GET ${deploymentPath}`)
      const dry = await apply(cluster, deploymentPath, again, 'fieldManager=tester&dryRun=All')
      expect(dry.body).toEqual(before.body)
    },
    { timeout: 20_000 },
  )
})

test('generation counts changes of the spec only', async () => {
  await apply(cluster, deploymentPath, deployment([container()]))
  const labelled = { ...deployment([container()]), metadata: { name: 'web', labels: { a: 'b' } } }
  expect(at((await apply(cluster, deploymentPath, labelled)).body, 'metadata', 'generation')).toBe(1)
  const changed = { ...labelled, ...asObject(deployment([container({ image: 'example.com/web:2' })])) }
  expect(at((await apply(cluster, deploymentPath, changed)).body, 'metadata', 'generation')).toBe(2)
})

test('a selector that does not match the template, or that changes, is invalid', async () => {
  const other = { app: 'other' }
  const misfit = structuredClone(deployment([container()]))
  asObject(misfit.spec).selector = { matchLabels: other }
  expect((await apply(cluster, deploymentPath, misfit)).body).toMatchObject({
    code: 422,
    details: { causes: [{ field: 'spec.template.metadata.labels' }] },
  })
  await apply(cluster, deploymentPath, deployment([container()]))
  asObject(asObject(asObject(misfit.spec).template).metadata).labels = other
  const changed = await apply(cluster, deploymentPath, misfit)
  expect(changed.body).toMatchObject({ code: 422 })
  expect(changed.body.message).toContain('field is immutable')
})

test('an apply of the object does not write its status', async () => {
  const status = { availableReplicas: 7 }
  const { body } = await apply(cluster, deploymentPath, { ...deployment([container()]), status })
  expect(at(body, 'status', 'availableReplicas')).not.toBe(7)
  expect(version(body)).toBeDefined()
})

test('a Service gets an address, a target port and the defaults of its version', async () => {
  const path = '/api/v1/namespaces/default/services/web'
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 443 }] },
  }
  const { body } = await apply(cluster, path, service)
  expect(body.spec).toMatchObject({
    type: 'ClusterIP',
    clusterIP: expect.stringMatching(/^10\.96\./),
    sessionAffinity: 'None',
    ...(minorOf(cluster) > 21 && { internalTrafficPolicy: 'Cluster' }),
    ports: [{ port: 443, protocol: 'TCP', targetPort: 443 }],
  })
  expect((await apply(cluster, path, service)).body).toEqual(body)
})
