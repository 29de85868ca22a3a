import { beforeAll, expect, test } from 'vitest'
import type { Cluster } from '../../../../sandbox/kubernetes/index.ts'
import { at, objectsIn } from '../../../../sandbox/kubernetes/objects/objects.ts'
import { send, testKubernetes } from '../support.ts'

const sandbox = testKubernetes()
let cluster: Cluster

beforeAll(async () => {
  cluster = await sandbox.kubernetes.addUserCluster({
    name: 'asked',
    version: '1.33.2',
    issuer: { host: 'a.example.com' },
  })
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
  await send(cluster, `POST ${rbac}/roles`, { body: { metadata: { name: 'reader' }, rules } })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }
  const subjects = [{ kind: 'User', name: 'anna', apiGroup: 'rbac.authorization.k8s.io' }]
  await send(cluster, `POST ${rbac}/rolebindings`, { body: { metadata: { name: 'anna' }, roleRef, subjects } })
})

const asAnna = { 'impersonate-user': 'anna' }
const authorization = 'POST /apis/authorization.k8s.io/v1'

async function isAllowedForAnna(spec: object): Promise<unknown> {
  const { body } = await send(cluster, `${authorization}/selfsubjectaccessreviews`, { body: { spec }, headers: asAnna })
  return at(body, 'status', 'allowed')
}

test('a SelfSubjectAccessReview answers any authenticated user by verb, resource and namespace', async () => {
  const attributes = { namespace: 'default', verb: 'get', resource: 'pods' }
  expect(await isAllowedForAnna({ resourceAttributes: attributes })).toBe(true)
  expect(await isAllowedForAnna({ resourceAttributes: { ...attributes, subresource: 'log' } })).toBe(false)
  expect(await isAllowedForAnna({ resourceAttributes: { ...attributes, namespace: 'kube-system' } })).toBe(false)
  expect(await isAllowedForAnna({ resourceAttributes: { ...attributes, group: 'apps' } })).toBe(false)
  expect(await isAllowedForAnna({ nonResourceAttributes: { path: '/api', verb: 'get' } })).toBe(true)
  expect(await isAllowedForAnna({ nonResourceAttributes: { path: '/metrics', verb: 'get' } })).toBe(false)
})

test('a SelfSubjectRulesReview includes the role bindings of the namespace', async () => {
  const resourcesIn = async (namespace: string) => {
    const sent = { body: { spec: { namespace } }, headers: asAnna }
    const { body } = await send(cluster, `${authorization}/selfsubjectrulesreviews`, sent)
    return objectsIn(at(body, 'status', 'resourceRules')).flatMap(({ resources }) => resources)
  }
  expect(await resourcesIn('default')).toContain('pods')
  expect(await resourcesIn('kube-system')).not.toContain('pods')
})
