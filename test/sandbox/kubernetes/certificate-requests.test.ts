import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { asString, at, type KubeObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import {
  activate,
  annotate,
  dryRunPod,
  environmentOf,
  installAccount,
  installWebhook,
  isAvailable,
  name,
  namespace,
  newImage,
  oldImage,
  requestText,
} from './manifests.ts'
import { send, testKubernetes, until } from './support.ts'

const sandbox = testKubernetes()
let old: Cluster

beforeAll(async () => {
  const issuer = { host: 'old.example.com' }
  old = await sandbox.kubernetes.addUserCluster({ name: 'old', version: '1.20.9-gke.300', issuer })
})

const csrs = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const legacy = 'kubernetes.io/legacy-unknown'
const args = ['--in-cluster', `--namespace=${namespace}`, `--service-name=${name}`, `--tls-secret=${name}`]
const emptyDir = { volumes: [{ name: 'certs', emptyDir: {} }] }

async function decide(cluster: Cluster, request: KubeObject | string, type: string, token?: string) {
  const path = `${csrs}/${typeof request === 'string' ? request : request.metadata.name}`
  const { body } = await send(cluster, `GET ${path}`)
  const status = { conditions: [{ type, status: 'True', reason: 'Test', message: 'decided by the test' }] }
  return send(cluster, `PUT ${path}/approval`, { body: { ...body, status }, ...(token ? { token } : {}) })
}

const requests = () => old.objects('CertificateSigningRequest')

beforeEach(async () => {
  await send(old, `DELETE /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`)
  await send(old, `DELETE /api/v1/namespaces/${namespace}`)
  await send(old, `DELETE ${csrs}`)
})

test('each replica of the old webhook requests a certificate like the real one, and works once it is approved', async () => {
  await installAccount(old)
  await annotate(old, { 'role-arn': 'arn:1' })
  await installWebhook(old, { image: oldImage, args, replicas: 2, pod: emptyDir })
  await until(() => requests().length === 2, 'both requests')
  for (const request of requests()) {
    expect(request.metadata.name).toMatch(/^csr-[a-z0-9]{5}$/)
    expect(request.spec).toMatchObject({
      signerName: legacy,
      usages: ['digital signature', 'key encipherment', 'server auth'],
      username: `system:serviceaccount:${namespace}:${name}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      uid: old.store.get('ServiceAccount', name, namespace)?.metadata.uid,
    })
    const pem = Buffer.from(asString(at(request, 'spec', 'request')), 'base64').toString()
    const csr = new x509.Pkcs10CertificateRequest(pem)
    expect(csr.subject).toBe(`CN=${name}.${namespace}.svc`)
    const names = csr.extensions.find((one) => one instanceof x509.SubjectAlternativeNameExtension)
    expect(names?.names.items.map(({ value }) => value)).toEqual([
      name,
      `${name}.${namespace}`,
      `${name}.${namespace}.svc`,
      `${name}.${namespace}.svc.cluster.local`,
    ])
  }

  await until(() => isAvailable(old), 'readiness before approval')
  await activate(old, old.caPem, { failurePolicy: 'Ignore', namespaceSelector: {} })
  expect(environmentOf((await dryRunPod(old)).body)).toEqual({})

  for (const request of requests()) expect((await decide(old, request, 'Approved')).code).toBe(200)
  const secret = await until(() => old.store.get('Secret', name, namespace), 'the Secret')
  expect(secret.type).toBe('kubernetes.io/tls')
  const certificate = new X509Certificate(Buffer.from(asString(at(secret, 'data', 'tls.crt')), 'base64'))
  expect(certificate.verify(new X509Certificate(old.caPem).publicKey)).toBe(true)
  expect(certificate.checkHost(`${name}.${namespace}.svc`)).toBeDefined()
  await until(async () => 'AWS_ROLE_ARN' in environmentOf((await dryRunPod(old)).body), 'the mutation')
})

test('a restarted replica uses the stored certificate and requests none', async () => {
  await installAccount(old)
  await installWebhook(old, { image: oldImage, args, pod: emptyDir })
  const request = await until(() => requests()[0])
  await decide(old, request, 'Approved')
  await until(() => old.store.get('Secret', name, namespace))
  const [pod] = old.objects('Pod', namespace)
  await send(old, `DELETE /api/v1/namespaces/${namespace}/pods/${pod?.metadata.name}`)
  await until(() => isAvailable(old) && old.objects('Pod', namespace)[0]?.metadata.uid !== pod?.metadata.uid)
  await activate(old, old.caPem)
  await annotate(old, { 'role-arn': 'arn:1' })
  await until(async () => 'AWS_ROLE_ARN' in environmentOf((await dryRunPod(old)).body))
  expect(requests()).toHaveLength(1)
})

test('the webhook gets no certificate from v0.4.0 on, because v1 refuses the signer', async () => {
  await installAccount(old)
  await installWebhook(old, { image: newImage, args, pod: emptyDir })
  const refused = () =>
    old.calls.all().some(({ operation, actor }) => operation === `POST ${csrs}` && actor.includes(namespace))
  await until(refused, 'the attempt')
  expect(requests()).toEqual([])
})

test('a replica whose pod was deleted cannot request a certificate, because its token is refused', async () => {
  await installAccount(old)
  const container = { name: 'main', image: 'busybox:1' }
  const made = await send(old, `POST /api/v1/namespaces/${namespace}/pods`, {
    body: { metadata: { name: 'replica' }, spec: { serviceAccountName: name, containers: [container] } },
  })
  const { uid } = (made.body as KubeObject).metadata
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'replica', uid }
  const { body } = await send(old, `POST /api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    body: { spec: { boundObjectRef } },
  })
  const token = asString(at(body, 'status', 'token'))
  expect((await send(old, `GET ${csrs}`, { token })).code).toBe(200)
  await send(old, `DELETE /api/v1/namespaces/${namespace}/pods/replica`)
  expect((await send(old, `GET ${csrs}`, { token })).code).toBe(401)
})

test('a test can add a request of any user', async () => {
  const user = { name: 'system:serviceaccount:wh:other', uid: 'u', groups: ['system:authenticated'] }
  const spec = { request: await requestText(), signerName: legacy, usages: ['digital signature'] }
  const added = old.addCertificateRequest({ name: 'look-alike', user, spec })
  const { body } = await send(old, `GET ${csrs}/look-alike`)
  expect(body.spec).toEqual({ ...spec, username: user.name, uid: 'u', groups: user.groups })
  expect((await decide(old, added, 'Approved')).code).toBe(200)
})
