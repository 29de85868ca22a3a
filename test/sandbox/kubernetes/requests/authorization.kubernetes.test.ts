/** Refusals of a user who is not an administrator, with the messages of kube-apiserver. */
import { beforeAll, expect, test } from 'vitest'
import type { AnyCluster } from '../../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { authenticated, untilDecided } from '../../../support/kubernetes/access-reviews.ts'
import { apply, type Sent, send } from '../../../support/kubernetes/api-requests.ts'
import { minorOf } from '../../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()
let cluster: AnyCluster

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const apiVersion = 'rbac.authorization.k8s.io/v1'
const readers = { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list'] }
const otto = { headers: { 'impersonate-user': 'otto' } }
const rulesWriter = {
  apiGroups: ['rbac.authorization.k8s.io'],
  resources: ['clusterroles', 'clusterrolebindings'],
  verbs: ['get', 'create', 'patch'],
}

beforeAll(async () => {
  cluster = await clusters.start('modern')
  await apply(cluster, `${rbac}/clusterrolebindings/otto`, {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'otto' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'otto' },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'otto' }],
  })
})

let generation = 0

/** Replaces otto's rights, and waits until the API server knows the last of them, and therefore all. */
async function allow(...rules: readonly object[]): Promise<void> {
  generation += 1
  const last = { group: 'tests.example', resource: `generation-${generation}`, verb: 'get' }
  await apply(cluster, `${rbac}/clusterroles/otto`, {
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name: 'otto' },
    rules: [...rules, { apiGroups: [last.group], resources: [last.resource], verbs: [last.verb] }],
  })
  await untilDecided(cluster, [{ user: 'otto', groups: [authenticated], access: last, allowed: true }])
}

const applyAsOtto = (path: string, body: object) => {
  const sent: Sent = { ...otto, body, contentType: 'application/apply-patch+yaml' }
  return send(cluster, `PATCH ${path}?fieldManager=otto`, sent)
}

const giveReaders = () =>
  applyAsOtto(`${rbac}/clusterroles/readers`, {
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name: 'readers' },
    rules: [readers],
  })
const bindReaders = () =>
  applyAsOtto(`${rbac}/clusterrolebindings/readers`, {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'readers' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'readers' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
  })

test('an apply of a missing object needs create in addition to patch', async () => {
  await allow({ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['patch'] })
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'new', namespace: 'default' } }
  const refused = await applyAsOtto('/api/v1/namespaces/default/serviceaccounts/new', account)
  expect(refused.code).toBe(403)
  expect(refused.body.message).toBe(
    minorOf(cluster) <= 21
      ? 'serviceaccounts "new" is forbidden: '
      : 'serviceaccounts "new" is forbidden: User "otto" cannot create resource "serviceaccounts" in API group "" in the namespace "default"',
  )
  const existing = { ...account, metadata: { ...account.metadata, name: 'default' } }
  expect((await applyAsOtto('/api/v1/namespaces/default/serviceaccounts/default', existing)).code).toBe(200)
})

test('a binding to a missing role gets 404, also for a user who may not create the binding', async () => {
  await allow({ ...rulesWriter, verbs: ['patch'] })
  expect((await bindReaders()).code).toBe(404)
})

test('a user cannot grant rights that he does not have, unless he may escalate', async () => {
  await allow(rulesWriter)
  const refused = await giveReaders()
  expect(refused.code).toBe(403)
  expect(refused.body.message).toMatch(
    /^clusterroles\.rbac\.authorization\.k8s\.io "readers" is forbidden: user "otto" \(groups=.*\) is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["serviceaccounts"\], Verbs:\["get" "list"\]\}$/,
  )
  await allow(rulesWriter, { ...rulesWriter, resources: ['clusterroles'], verbs: ['escalate'] })
  expect((await giveReaders()).code).toBe(201)
  await allow(rulesWriter)
  expect((await giveReaders()).code).toBe(200)
})

test('a binding needs an existing role, and its rights or the verb bind', async () => {
  await send(cluster, `DELETE ${rbac}/clusterroles/readers`)
  await allow(rulesWriter, readers)
  const early = await bindReaders()
  expect(early.code).toBe(404)
  const plural = minorOf(cluster) <= 21 ? 'clusterroles' : 'clusterrolebindings'
  expect(early.body.message).toBe(`${plural}.rbac.authorization.k8s.io "readers" not found`)

  expect((await giveReaders()).code).toBe(201)
  await allow(rulesWriter)
  expect((await bindReaders()).body.message).toContain('attempting to grant RBAC permissions not currently held')
  await allow(rulesWriter, { ...rulesWriter, resources: ['clusterroles'], resourceNames: ['readers'], verbs: ['bind'] })
  expect((await bindReaders()).code).toBe(201)
})

test('the refusal for a Namespace names it as its own namespace', async () => {
  await allow()
  const refused = await send(cluster, 'GET /api/v1/namespaces/default', otto)
  expect(refused.body.message).toBe(
    'namespaces "default" is forbidden: User "otto" cannot get resource "namespaces" in API group "" in the namespace "default"',
  )
})
