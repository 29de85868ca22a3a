import { X509Certificate } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { asObject, asString, at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { authenticated, untilDecided } from '../../support/kubernetes/access-reviews.ts'
import { send, until } from '../../support/kubernetes/api-requests.ts'
import { isLegacy, versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'
import { requestText } from './manifests.ts'

const clusters = reachableClusters()

const group = 'certificates.k8s.io'
const resource = 'certificatesigningrequests'
const csrs = `/apis/${group}/v1/${resource}`
const legacy = 'kubernetes.io/legacy-unknown'

async function createRequest(cluster: AnyCluster, version: string, spec: object, headers = {}) {
  return send(cluster, `POST /apis/certificates.k8s.io/${version}/certificatesigningrequests`, {
    body: {
      apiVersion: `certificates.k8s.io/${version}`,
      kind: 'CertificateSigningRequest',
      metadata: { generateName: 'csr-' },
      spec: { request: await requestText(), usages: ['digital signature', 'server auth'], ...spec },
    },
    headers,
  })
}

async function decide(cluster: AnyCluster, name: string, type: string, headers = {}) {
  const path = `${csrs}/${name}`
  const { body } = await send(cluster, `GET ${path}`)
  const status = { conditions: [{ type, status: 'True', reason: 'Test', message: 'decided by the test' }] }
  return send(cluster, `PUT ${path}/approval`, { body: { ...body, status }, headers })
}

const nameOf = (body: object) => asString(at(body, 'metadata', 'name'))
const statusOf = async (cluster: AnyCluster, name: string) => (await send(cluster, `GET ${csrs}/${name}`)).body.status
const certificateOf = async (cluster: AnyCluster, name: string) =>
  asString(at(await statusOf(cluster, name), 'certificate'))

async function failureOf(cluster: AnyCluster, name: string) {
  const { conditions } = asObject(await statusOf(cluster, name))
  return objectsIn(conditions).find(({ type }) => type === 'Failed')
}

const rbac = '/apis/rbac.authorization.k8s.io/v1'

function bind(cluster: AnyCluster, name: string, subject: object) {
  const roleRef = { kind: 'ClusterRole', name }
  return send(cluster, `POST ${rbac}/clusterrolebindings`, {
    body: { metadata: { name }, subjects: [subject], roleRef },
  })
}

describe.each(versionsHere('1.21.14', '1.33.2'))('Kubernetes %s', (version) => {
  let cluster: AnyCluster
  beforeAll(async () => {
    cluster = await clusters.start(isLegacy(version) ? 'old' : 'modern', { version })
  })

  test('v1 refuses legacy-unknown, and a request without signer', async () => {
    const { body } = await createRequest(cluster, 'v1', { signerName: legacy })
    expect(body).toMatchObject({ code: 422, details: { causes: [{ field: 'spec.signerName' }] } })
    expect(body.message).toContain('the legacy signerName is not allowed via this API version')
    expect((await createRequest(cluster, 'v1', {})).code).toBe(422)
  })

  test('a request that is not PEM is refused', async () => {
    const { body } = await createRequest(cluster, 'v1', { request: 'bm9uc2Vuc2U=', signerName: 'example.com/other' })
    expect(body).toMatchObject({ code: 422, details: { causes: [{ field: 'spec.request' }] } })
  })

  test('the user of a request is its creator, whatever the body says', async () => {
    const rules = [{ apiGroups: [group], resources: [resource], verbs: ['create'] }]
    await send(cluster, `POST ${rbac}/clusterroles`, { body: { metadata: { name: 'creator' }, rules } })
    await bind(cluster, 'creator', { kind: 'Group', name: authenticated })
    const asked = { signerName: 'example.com/other', username: 'admin', groups: ['system:masters'] }
    const user = 'system:serviceaccount:other:thief'
    const thief = { 'impersonate-user': user }
    const access = { group, resource, verb: 'create' }
    await untilDecided(cluster, [{ user, groups: [authenticated], access, allowed: true }])
    expect((await createRequest(cluster, 'v1', asked, thief)).body.spec).toMatchObject({
      username: 'system:serviceaccount:other:thief',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:other', 'system:authenticated'],
    })
    const grouped = { ...thief, 'impersonate-group': ['extra'] }
    expect((await createRequest(cluster, 'v1', asked, grouped)).body.spec).toMatchObject({
      username: 'system:serviceaccount:other:thief',
      groups: ['extra', 'system:authenticated'],
    })
  })

  test('a request whose usages its signer does not allow becomes Failed', async () => {
    const usages = ['digital signature', 'client auth', 'server auth']
    const { body } = await createRequest(cluster, 'v1', { signerName: 'kubernetes.io/kube-apiserver-client', usages })
    await decide(cluster, nameOf(body), 'Approved')
    const failed = await until(() => failureOf(cluster, nameOf(body)))
    expect(failed).toMatchObject({
      reason: 'SignerValidationFailure',
      message: 'invalid usage for client certificate: server auth',
    })
  })

  test('a request for a node’s certificate whose subject is not a node becomes Failed', async () => {
    const requested = { signerName: 'kubernetes.io/kubelet-serving', usages: ['digital signature', 'server auth'] }
    const { body } = await createRequest(cluster, 'v1', requested)
    await decide(cluster, nameOf(body), 'Approved')
    expect(await until(() => failureOf(cluster, nameOf(body)))).toMatchObject({
      message: 'subject organization is not system:nodes',
    })
  })

  test('only the subresource writes an approval', async () => {
    const { body } = await createRequest(cluster, 'v1', { signerName: 'example.com/other' })
    const status = { conditions: [{ type: 'Approved', status: 'True', reason: 'Trick', message: '' }] }
    for (const subresource of ['', '/status']) {
      const { body: current } = await send(cluster, `GET ${csrs}/${nameOf(body)}`)
      await send(cluster, `PUT ${csrs}/${nameOf(body)}${subresource}`, { body: { ...current, status } })
    }
    expect(at(await statusOf(cluster, nameOf(body)), 'conditions')).toBeUndefined()
  })

  test('an approval needs the verb approve on the signer', async () => {
    const signer = 'example.com/other'
    const { body } = await createRequest(cluster, 'v1', { signerName: signer })
    const rules = [
      { apiGroups: [group], resources: [`${resource}/approval`], verbs: ['update'] },
      { apiGroups: [group], resources: [resource], verbs: ['get'] },
    ]
    const role = (...more: object[]) => ({ body: { metadata: { name: 'approver' }, rules: [...rules, ...more] } })
    await send(cluster, `POST ${rbac}/clusterroles`, role())
    await bind(cluster, 'approver', { kind: 'User', name: 'anna' })
    const anna = { 'impersonate-user': 'anna' }
    const access = { group, resource, subresource: 'approval', verb: 'update' }
    await untilDecided(cluster, [{ user: 'anna', access, allowed: true }])
    const refused = await decide(cluster, nameOf(body), 'Approved', anna)
    expect(refused.body).toMatchObject({
      code: 403,
      message: `certificatesigningrequests.certificates.k8s.io "${nameOf(body)}" is forbidden: user not permitted to approve requests with signerName "${signer}"`,
    })
    const signers = { apiGroups: [group], resources: ['signers'], verbs: ['approve'], resourceNames: [signer] }
    await send(cluster, `PUT ${rbac}/clusterroles/approver`, role(signers))
    await expect
      .poll(() => decide(cluster, nameOf(body), 'Approved', anna), { timeout: 20_000 })
      .toMatchObject({ code: 200 })
  })

  if (isLegacy(version)) {
    test('v1beta1 accepts legacy-unknown, and uses it for a request without signer', async () => {
      const { body } = await createRequest(cluster, 'v1beta1', {})
      expect(body.spec).toMatchObject({ signerName: legacy })
      expect(body).not.toHaveProperty('status.conditions')
    })

    test('an approved request of v1beta1 is signed with its usages; a denied one, and one of another signer, are not', async () => {
      const approved = nameOf((await createRequest(cluster, 'v1beta1', {})).body)
      const denied = nameOf((await createRequest(cluster, 'v1beta1', {})).body)
      const foreign = nameOf((await createRequest(cluster, 'v1beta1', { signerName: 'example.com/other' })).body)
      await decide(cluster, denied, 'Denied')
      await decide(cluster, foreign, 'Approved')
      expect((await decide(cluster, approved, 'Approved')).code).toBe(200)
      const pem = await until(() => certificateOf(cluster, approved))
      const certificate = new X509Certificate(Buffer.from(pem, 'base64'))
      expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
      expect(certificate.verify(new X509Certificate(cluster.caPem).publicKey)).toBe(true)
      expect(await Promise.all([denied, foreign].map((one) => certificateOf(cluster, one)))).toEqual(['', ''])
    })
  } else {
    test('v1beta1 does not exist', async () => {
      expect((await createRequest(cluster, 'v1beta1', {})).code).toBe(404)
    })
  }
})
