import { describe, expect, it } from 'vitest'
import { validityOf } from '../../../lambdas/webhook/certificate/certificate.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { authenticated, untilDecided } from '../../support/kubernetes/access-reviews.ts'
import { send } from '../../support/kubernetes/api-requests.ts'
import { dnsExtension, pkcs10, rightNamesIn } from '../../support/kubernetes/certificate-requests.ts'
import { callsTo, objectIn, writesTo } from '../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import { outputOf, waitingOf } from '../../support/webhook/webhook-setup.ts'

const clusters = webhookClusters()

/** For polling until the pods of a webhook have started. */
const patience = { timeout: 30_000, interval: 100 }

const csrs = '/apis/certificates.k8s.io/v1beta1/certificatesigningrequests'
const rbac = '/apis/rbac.authorization.k8s.io/v1'

const installedIn = (namespace: string) => ({ mode: 'csr', image: 'a/b:v0.3.0', namespace, replicas: 2 }) as const

const accountIn = (namespace: string) => `system:serviceaccount:${namespace}:pod-identity-webhook`

/** Lets every user create requests, so that the tests can create look-alikes. */
async function letAllCreateRequests(cluster: AnyCluster): Promise<void> {
  const access = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', verb: 'create' }
  const rules = [{ apiGroups: [access.group], resources: [access.resource], verbs: [access.verb] }]
  const metadata = { name: 'asking' }
  await send(cluster, `POST ${rbac}/clusterroles`, { body: { metadata, rules } })
  const subjects = [{ kind: 'Group', name: authenticated }]
  const roleRef = { kind: 'ClusterRole', name: 'asking' }
  await send(cluster, `POST ${rbac}/clusterrolebindings`, { body: { metadata, roleRef, subjects } })
  await untilDecided(cluster, [{ user: 'anybody', groups: [authenticated], access, allowed: true }])
}

interface RequestParts {
  readonly user: string
  readonly groups?: string[]
  readonly spec?: object
}

/** Creates the request as this user. */
async function createRequest(
  cluster: AnyCluster,
  name: string,
  { user, groups = [], spec: changes }: RequestParts,
): Promise<void> {
  const headers = { 'impersonate-user': user, ...(groups.length > 0 && { 'impersonate-group': groups }) }
  const spec = {
    signerName: 'kubernetes.io/legacy-unknown',
    usages: ['digital signature', 'key encipherment', 'server auth'],
    ...changes,
  }
  const { code, body } = await send(cluster, `POST ${csrs}`, { body: { metadata: { name }, spec }, headers })
  expect(code, JSON.stringify(body)).toBe(201)
}

/** Creates a request as the webhook does. */
async function createValidRequest(cluster: AnyCluster, namespace: string, name: string): Promise<void> {
  await createRequest(cluster, name, { user: accountIn(namespace), spec: { request: await pkcs10({}, namespace) } })
}

async function conditionsOf(cluster: AnyCluster, name: string): Promise<unknown[]> {
  const request = await objectIn(cluster, 'CertificateSigningRequest', { name })
  return objectsIn(at(request, 'status', 'conditions')).map(({ type }) => type)
}

describe.each(versionsHere('1.20.9'))('on Kubernetes %s', (version) => {
  it('approves the two valid requests, leaves ten look-alikes pending, and names each with what differs', async () => {
    const { cluster, namespace, approve } = await clusters.start({ version })
    await letAllCreateRequests(cluster)
    const user = accountIn(namespace)
    const request = await pkcs10({}, namespace)
    const right = { user, spec: { request } }
    await createRequest(cluster, 'right-1', right)
    await createValidRequest(cluster, namespace, 'right-2')
    const with_ = (spec: object) => ({ user, spec: { request, ...spec } })
    const names = rightNamesIn(namespace)
    const lookAlikes: Readonly<Record<string, RequestParts>> = {
      'by-admin': { ...right, user: 'kubernetes-admin' },
      'by-neighbour': { ...right, user: 'system:serviceaccount:default:pod-identity-webhook' },
      'more-groups': { ...right, groups: ['system:masters'] },
      'client-auth': with_({ usages: ['digital signature', 'client auth'] }),
      'client-signer': with_({ signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] }),
      masters: with_({ request: await pkcs10({ name: [{ CN: ['admin'] }, { O: ['system:masters'] }] }, namespace) }),
      'more-names': with_({
        request: await pkcs10({ extensions: [dnsExtension([...names, 'kubernetes.default'])] }, namespace),
      }),
      'no-names': with_({ request: await pkcs10({ extensions: [] }, namespace) }),
      'other-key': with_({ request: await pkcs10({ key: { name: 'ECDSA', namedCurve: 'P-384' } }, namespace) }),
      'other-namespace': with_({ request: await pkcs10({}, 'elsewhere') }),
    }
    for (const [name, parts] of Object.entries(lookAlikes)) await createRequest(cluster, name, parts)
    cluster.calls.clear()

    const result = await approve(installedIn(namespace))
    for (const name of Object.keys(lookAlikes)) {
      expect(await conditionsOf(cluster, name), name).toEqual([])
      expect(waitingOf(result)).toMatch(new RegExp(`CertificateSigningRequest ${name} is left pending: \\w`))
    }
    expect(await conditionsOf(cluster, 'right-1')).toContain('Approved')
    expect(await conditionsOf(cluster, 'right-2')).toContain('Approved')
    expect(writesTo(cluster)).toHaveLength(2)
    expect(result.changes?.filter(({ action }) => action === 'updated')).toHaveLength(2)
    const signed = async () => {
      const right1 = await objectIn(cluster, 'CertificateSigningRequest', { name: 'right-1' })
      return at(right1, 'status', 'certificate')
    }
    await expect.poll(signed, { timeout: 10_000 }).toBeDefined()
  })

  it('approves nothing when the credentials lead to a cluster of another issuer', async () => {
    const { cluster, namespace, target, approve } = await clusters.start({ version })
    await letAllCreateRequests(cluster)
    await createValidRequest(cluster, namespace, 'of-this-one')
    cluster.calls.clear()
    await expect(approve(installedIn(namespace), 'https://issuer.example/another')).rejects.toMatchObject({
      name: 'InvalidCredentials',
      object: target.credentialsSecretArn,
    })
    expect(writesTo(cluster)).toEqual([])
    await approve(installedIn(namespace), cluster.settings.issuer)
    expect(await conditionsOf(cluster, 'of-this-one')).toContain('Approved')
  })

  it('reads no pods and no events while a request that it has approved is not signed yet', async () => {
    const { cluster, namespace, approve } = await clusters.start({ version })
    await letAllCreateRequests(cluster)
    await createValidRequest(cluster, namespace, 'asked')
    cluster.calls.clear()

    expect(waitingOf(await approve(installedIn(namespace)))).toContain('are being signed')
    const read = callsTo(cluster).filter(({ operation }) => /(pods|events)$/.test(operation))
    expect(read).toEqual([])
  })

  it('waits for the request of the webhook, and reports why its pods are not ready', async () => {
    const { namespace, approve } = await clusters.start({ version })
    expect(waitingOf(await approve(installedIn(namespace)))).toBe(
      `Secret ${namespace}/pod-identity-webhook: it holds no certificate yet; Deployment ${namespace}/pod-identity-webhook: it does not exist`,
    )
  })

  it('reports the validity of the signed certificate, and nothing else of its Secret', async () => {
    const { client, namespace, setUp, deploy, approve } = await clusters.start({ version })
    await setUp({ certificate: 'csr' })
    const result = await approve(outputOf(await deploy({ certificate: 'csr' })))
    const secret = await client.get({ apiVersion: 'v1', kind: 'Secret', name: 'pod-identity-webhook', namespace })
    const pem = Buffer.from(secret?.data?.['tls.crt'] ?? '', 'base64').toString()
    expect(result.observed).toEqual({ webhookCertificate: validityOf(pem) })
  })

  it('waits for a replica without a certificate, although another one has stored its certificate in the Secret', async () => {
    const { cluster, namespace, deploy, approve } = await clusters.start({ version })
    const installed = outputOf(await deploy({ certificate: 'csr' }))
    const user = accountIn(namespace)
    const requests = async () =>
      (await cluster.objects('CertificateSigningRequest')).filter((request) => at(request, 'spec', 'username') === user)
    const unready = async () => {
      const pods = await cluster.objects('Pod', namespace)
      return pods.filter((pod) => at(objectsIn(at(pod, 'status', 'containerStatuses'))[0], 'ready') !== true)
    }
    await expect.poll(async () => (await requests()).length, patience).toBe(2)
    const [approved, deleted] = (await requests()).map(({ metadata }) => metadata.name)
    await send(cluster, `DELETE ${csrs}/${deleted}`)
    const conditions = [{ type: 'Approved', status: 'True', reason: 'Test', message: '' }]
    const { body } = await send(cluster, `GET ${csrs}/${approved}`)
    await send(cluster, `PUT ${csrs}/${approved}/approval`, { body: { ...body, status: { conditions } } })
    await expect.poll(async () => (await unready()).length, patience).toBe(1)

    expect(waitingOf(await approve(installed))).toMatch(/^Deployment .*: 1 of 2 pods are available/)
    const [pod] = await unready()
    await send(cluster, `DELETE /api/v1/namespaces/${namespace}/pods/${pod?.metadata.name}`)
    await expect.poll(async () => 'output' in (await approve(installed)), patience).toBe(true)
    expect(await unready()).toEqual([])
  })

  it('approves the request of a replica after another one has stored its certificate', async () => {
    const { cluster, namespace, deploy, approve } = await clusters.start({ version })
    await letAllCreateRequests(cluster)
    const installed = outputOf(await deploy({ certificate: 'csr' }))
    await expect.poll(async () => 'output' in (await approve(installed)), patience).toBe(true)
    await createValidRequest(cluster, namespace, 'late')
    expect((await approve(installed)).changes).toContainEqual(
      expect.objectContaining({ object: 'CertificateSigningRequest late', action: 'updated' }),
    )
    expect(await conditionsOf(cluster, 'late')).toContain('Approved')
  })

  it('fails for a denied request, and names it', async () => {
    const { cluster, namespace, approve } = await clusters.start({ version })
    await letAllCreateRequests(cluster)
    await createValidRequest(cluster, namespace, 'csr-denied')
    const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests/csr-denied'
    const { body } = await send(cluster, `GET ${path}`)
    const conditions = [{ type: 'Denied', status: 'True', reason: 'Test', message: '' }]
    await send(cluster, `PUT ${path}/approval`, { body: { ...body, status: { conditions } } })
    await expect(approve(installedIn(namespace))).rejects.toMatchObject({
      name: 'CertificateRequestRefused',
      object: 'CertificateSigningRequest csr-denied',
    })
  })
})

it.each(versionsHere('1.20.9'))(
  'a plan shows no difference after a setup, although each of two replicas has requested a certificate, on Kubernetes %s',
  async (version) => {
    const { cluster, namespace, setUp, plan } = await clusters.start({ version })
    await setUp({ certificate: 'csr' })
    await letAllCreateRequests(cluster)
    for (const name of ['of-replica-1', 'of-replica-2']) await createValidRequest(cluster, namespace, name)
    const { changes, waiting } = await plan({ certificate: 'csr' })
    const differing = changes.filter(({ action, temporary }) => action !== 'unchanged' && !temporary)
    expect({ differing, waiting }).toEqual({ differing: [], waiting: [] })
  },
)

it('sends the cluster no request in mode own-ca, and in mode none', async () => {
  const { cluster, namespace, approve } = await clusters.start()
  cluster.calls.clear()
  expect(outputOf(await approve({ ...installedIn(namespace), mode: 'own-ca' }))).toEqual({})
  expect(outputOf(await approve({ mode: 'none' }))).toEqual({})
  expect(callsTo(cluster)).toEqual([])
})
