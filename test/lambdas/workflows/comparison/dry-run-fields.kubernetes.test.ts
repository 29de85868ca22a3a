/**
 * Each field that the steps write is changed from outside and taken away, one after the other: what is told is that field
 * and no other. Which fields these are, the API server says itself.
 */

import { isDeepStrictEqual } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import type { ClusterClient } from '../../../../lambdas/clouds/kubernetes/cluster-client.ts'
import type { Manifest } from '../../../../lambdas/clouds/kubernetes/object.ts'
import { awsCluster, awsNodePool } from '../../../../lambdas/cluster/aws-cluster.ts'
import { apply } from '../../../../lambdas/objects/apply.ts'
import { compare } from '../../../../lambdas/objects/compare.ts'
import { boundServiceAccount } from '../../../../lambdas/service-account/service-account.ts'
import { makeCertificate } from '../../../../lambdas/webhook/certificate/make.ts'
import { realConfiguration } from '../../../../lambdas/webhook/desired/configuration.ts'
import {
  certificateSecretManifest,
  clusterRoleBindingManifest,
  clusterRoleManifest,
  deploymentManifest,
  disruptionBudgetManifest,
  namespaceManifest,
  roleBindingManifest,
  roleManifest,
  serviceManifest,
} from '../../../../lambdas/webhook/desired/manifest.ts'
import type { AnyCluster } from '../../../../sandbox/kubernetes/any-cluster.ts'
import { asObject, at, isObject, type JsonObject, type KubeObject } from '../../../../sandbox/kubernetes/objects.ts'
import { type Received, send } from '../../../support/api-requests.ts'
import { clientOf, minorOf, objectIn } from '../../../support/clusters.ts'
import { peer } from '../../../support/kubernetes-peer.ts'
import { type OwnedField, ownedFields } from '../../../support/owned-fields.ts'
import { reachableClusters } from '../../../support/reachable-clusters.ts'
import { exampleRequest } from '../../../support/requests.ts'

const clusters = reachableClusters()
let cluster: AnyCluster
let client: ClusterClient

const namespace = 'fields'

/** Real API servers are asked about each field; of the sandbox's own, which `npm test` asks, every fifth tells enough. */
const sample = 5

beforeAll(async () => {
  // It plays the cluster of the webhook too.
  cluster = await clusters.start('management', { management: true })
  client = clientOf(cluster)
  await apply(client, namespaceManifest(namespace), { adopt: false })
})

const example = exampleRequest('setup').cluster
const owner = { name: 'fields', namespace }

/** As the steps apply them, but for the pods, which would only take time. */
const manifests: Readonly<Record<string, (served: string) => Manifest | Promise<Manifest>>> = {
  namespaces: () => namespaceManifest(namespace),
  serviceaccounts: () =>
    boundServiceAccount({ namespace, name: 'reader', roleArn: 'arn:aws:iam::1:role/r', regionalSts: true }),
  'rbac.authorization.k8s.io/v1 clusterroles': () => clusterRoleManifest('csr'),
  'rbac.authorization.k8s.io/v1 clusterrolebindings': () => clusterRoleBindingManifest(namespace),
  'rbac.authorization.k8s.io/v1 roles': () => roleManifest(namespace, 'csr'),
  'rbac.authorization.k8s.io/v1 rolebindings': () => roleBindingManifest(namespace),
  services: () => serviceManifest(namespace),
  'policy/v1 poddisruptionbudgets': () => disruptionBudgetManifest(namespace, 'policy/v1'),
  secrets: async () => certificateSecretManifest(namespace, await makeCertificate(namespace, new Date())),
  'apps/v1 deployments': () =>
    deploymentManifest({
      namespace,
      mode: 'own-ca',
      image: 'a/b:v0.6.17',
      replicas: 0,
      region: 'eu-west-1',
      kubernetesMinor: minorOf(cluster),
      certificateDigest: 'c',
    }),
  'admissionregistration.k8s.io/v1 mutatingwebhookconfigurations': () =>
    realConfiguration({ namespace, authorities: cluster.caPem }, 'Ignore'),
  'multicloud.cluster.gke.io/v1 awsclusters': () => awsCluster(owner, example.spec ?? {}, 'bucket'),
  'multicloud.cluster.gke.io/v1 awsnodepools': () => {
    const spec = { ...example.nodePools?.[0]?.spec, version: '1.33.2-gke.100', region: 'eu-west-1' }
    return awsNodePool(owner, { name: 'pool', spec })
  },
}

/** What the API lets nobody change by itself. */
const immutable = [
  'metadata.labels.kubernetes.io/metadata.name',
  'roleRef',
  'spec.selector',
  // Without others that go with them they are wrong.
  'spec.strategy.type',
  'spec.template.spec.containers[pod-identity-webhook].volumeMounts[serving-certificate].name',
  'spec.template.metadata.labels.app',
  'type',
]

it.each(Object.keys(manifests))('%s', async (resource) => {
  const manifest = (await manifests[resource]?.(resource)) ?? namespaceManifest(namespace)
  await apply(client, manifest, { adopt: false })
  const { name, namespace: of } = manifest.metadata
  const object = await objectIn(cluster, manifest.kind, { name, ...(of !== undefined && { namespace: of }) })
  if (!object) throw new Error(`${resource} ${name} is not there`)
  const path = pathOf(resource, manifest)
  const all = ownedFields(object, 'workload-identity')
  const fields = peer ? all : all.filter((_, index) => index % sample === 0)
  const refused: string[] = []
  for (const field of fields) {
    if (await changeSomehow(path, object, field)) {
      expect(await wronglyTold(manifest, field), `changed: ${field.name}`).toEqual([])
    } else refused.push(field.name)
    await put(path, object)
    // What the server sets to the same when it is left out is not missing.
    await put(
      path,
      field.changed(() => undefined),
    )
    const reported = await reportedFields(manifest)
    expect(
      reported.filter((one) => !isAbout(field.name, one)),
      `removed: ${field.name}`,
    ).toEqual([])
    await put(path, object)
  }
  expect(await reportedFields(manifest)).toEqual([])
  expect(refused.filter((field) => !immutable.some((start) => field.startsWith(start)))).toEqual([])
})

/** Whether it is the field, what it is in when that is told as a whole, or something in it; a list where an item was renamed. */
function isAbout(field: string, reported: string): boolean {
  const renamed = /^(.*)\[[^\]]*\]\.name$/.exec(field)?.[1]
  return (
    reported === field || isInside(field, reported) || isInside(reported, field) || isInside(reported, renamed ?? field)
  )
}

function isInside(field: string, whole: string): boolean {
  return field.startsWith(`${whole}.`) || field.startsWith(`${whole}[`)
}

/** What is told beside the field; or that it is not told. */
async function wronglyTold(manifest: Manifest, { name }: OwnedField): Promise<string[]> {
  const reported = await reportedFields(manifest)
  return reported.length === 0 ? ['nothing'] : reported.filter((one) => !isAbout(name, one))
}

async function reportedFields(manifest: Manifest): Promise<string[]> {
  const { differences = [] } = await compare(client, manifest, { adopt: false })
  return differences.map(({ field }) => field)
}

/** Whether the server takes any other value, and keeps it. */
async function changeSomehow(path: string, object: KubeObject, field: OwnedField): Promise<boolean> {
  for (const other of otherValues) {
    const changed = field.changed((value) => other(value) ?? value)
    if (isDeepStrictEqual(changed, object)) continue
    const { code, body } = await put(path, changed)
    if (code === 200 && !isDeepStrictEqual(essence(body), essence(object))) return true
  }
  return false
}

function essence({ metadata, status: _, ...rest }: JsonObject): JsonObject {
  const { managedFields: __, resourceVersion: ___, generation: ____, ...kept } = asObject(metadata)
  return { ...rest, metadata: kept }
}

const ofText = (other: (text: string) => unknown) => (value: unknown) =>
  typeof value === 'string' ? other(value) : undefined
const oneOf = (...values: readonly string[]) => values.map((value) => ofText(() => value))

/** Values that a server may take for a field, the likeliest first; undefined is none. */
const otherValues: readonly ((value: unknown) => unknown)[] = [
  ofText((text) => `${text}-x`),
  ofText((text) => Buffer.from(text).toString('base64')),
  (value) => (typeof value === 'number' ? value + 1 : undefined),
  (value) => (typeof value === 'boolean' ? !value : undefined),
  (value) => (Array.isArray(value) ? value.slice(1) : undefined),
  (value) => (Array.isArray(value) ? [...value, 'x'] : undefined),
  (value) => (isObject(value) ? {} : undefined),
  ...oneOf(
    'Always',
    'Fail',
    'Exact',
    'Never',
    'Some',
    'Cluster',
    'Unconfined',
    'DoNotSchedule',
    '64Mi',
    'UDP',
    'NoneOnDryRun',
    'io1',
  ),
]

/** As kubectl edit does; again when a controller has written meanwhile. */
async function put(path: string, object: KubeObject, triesLeft = 10): Promise<Received> {
  const { managedFields: _, ...kept } = object.metadata
  const now = await send(cluster, `GET ${path}`)
  const resourceVersion = at(now.body, 'metadata', 'resourceVersion')
  const body = { ...object, metadata: { ...kept, resourceVersion } }
  const answer = await send(cluster, `PUT ${path}?fieldManager=kubectl-edit`, { body })
  return answer.code === 409 && triesLeft > 1 ? put(path, object, triesLeft - 1) : answer
}

function pathOf(resource: string, { metadata }: Manifest): string {
  const [group, plural = resource] = resource.split(' ')
  const root = plural === resource ? '/api/v1' : `/apis/${group}`
  const within = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`
  return `${root}${within}/${plural}/${metadata.name}`
}
