import 'reflect-metadata'
import { X509CertificateGenerator } from '@peculiar/x509'
import { describe, expect, test } from 'vitest'
import { makeCertificate } from '../../../lambdas/webhook/certificate/make.ts'
import { deploymentRef, isOfWebhook, partsIn, requestsOf, stayingOf } from '../../../lambdas/webhook/removal.ts'

test.each([
  ['ours', 'ours', false],
  ['ours', undefined, false],
  [undefined, undefined, false],
  ['adopted', 'ours', true],
  ['ours', 'adopted', true],
  ['theirs', 'ours', true],
  [undefined, 'theirs', true],
] as const)(
  'a webhook whose configuration is %s and whose Deployment is %s is kept completely: %s',
  (ofConfiguration, ofDeployment, isKept) => {
    const deployments = [{ namespace: 'hooks', ownership: ofDeployment }]
    for (const namespace of ['hooks', undefined]) {
      const staying = stayingOf(ofConfiguration && { ownership: ofConfiguration, namespace }, deployments)
      expect(staying.namespaces).toEqual(isKept ? ['hooks'] : [])
      expect(staying.shared).toBe(isKept)
    }
    expect(
      stayingOf(ofConfiguration && { ownership: ofConfiguration, namespace: 'hooks' }, deployments).configurations,
    ).toBe(ofConfiguration !== undefined && isKept)
  },
)

test('lists the objects of setups, canaries and upgrades', () => {
  const parts = partsIn('hooks', 'policy/v1beta1')
  const names = parts.map(({ apiVersion, kind, namespace, name }) => `${apiVersion} ${kind} ${namespace}/${name}`)
  expect(names).toEqual([
    'apps/v1 Deployment hooks/pod-identity-webhook',
    'apps/v1 Deployment hooks/pod-identity-webhook-candidate',
    'policy/v1beta1 PodDisruptionBudget hooks/pod-identity-webhook',
    'v1 Service hooks/pod-identity-webhook',
    'v1 Service hooks/pod-identity-webhook-candidate',
    'rbac.authorization.k8s.io/v1 RoleBinding hooks/pod-identity-webhook',
    'rbac.authorization.k8s.io/v1 Role hooks/pod-identity-webhook',
    'v1 Secret hooks/pod-identity-webhook-tls',
    'v1 Secret hooks/pod-identity-webhook-candidate-tls',
    'v1 ServiceAccount hooks/pod-identity-webhook',
    'v1 ServiceAccount hooks/pod-identity-webhook-canary',
    'v1 ServiceAccount hooks/pod-identity-webhook-candidate',
  ])
  expect(parts).toContainEqual(deploymentRef('hooks'))
})

test.each([
  [
    'the webhook that another owner’s configuration calls',
    'theirs',
    'hooks',
    { namespaces: ['hooks'], configurations: true, shared: true },
  ],
  [
    'the cluster-scoped objects, if another owner’s configuration calls a third namespace',
    'theirs',
    'other',
    { namespaces: [], configurations: true, shared: true },
  ],
  ['nothing, if each object is ours', 'ours', 'hooks', { namespaces: [], configurations: false, shared: false }],
] as const)('of webhooks in two namespaces keeps %s', (_, ownership, namespace, staying) => {
  const deployments = ['hooks', 'first'].map((each) => ({ namespace: each, ownership: 'ours' as const }))
  expect(stayingOf({ ownership, namespace }, deployments)).toEqual(staying)
})

test('deletes our configuration although an adopted webhook in another namespace is kept', () => {
  const staying = stayingOf({ ownership: 'ours', namespace: 'first' }, [
    { namespace: 'first', ownership: 'ours' },
    { namespace: 'hooks', ownership: 'adopted' },
  ])
  expect(staying).toEqual({ namespaces: ['hooks'], configurations: false, shared: true })
})

test('recognises requests by the account that has created them', () => {
  const request = (name: string, username: string) => ({
    metadata: { name },
    spec: { request: '', signerName: '', username },
  })
  const requests = [
    request('csr-1', 'system:serviceaccount:hooks:pod-identity-webhook'),
    request('csr-2', 'system:serviceaccount:other:pod-identity-webhook'),
    request('csr-3', 'system:serviceaccount:hooks:pod-identity-webhook-2'),
    request('csr-4', 'kubernetes-admin'),
  ]
  expect(requestsOf(requests, 'hooks')).toEqual(['csr-1'])
  const nameless = {
    spec: { request: '', signerName: '', username: 'system:serviceaccount:hooks:pod-identity-webhook' },
  }
  expect(requestsOf([nameless], 'hooks')).toEqual([])
})

describe('a Secret without our label', () => {
  const secret = async (namespace: string, now = new Date()) => {
    const { certificate } = await makeCertificate(namespace, now)
    return { 'tls.crt': Buffer.from(certificate).toString('base64') }
  }

  test('is of the webhook when it has a certificate of its Service, however old', async () => {
    expect(isOfWebhook(await secret('hooks'), 'hooks')).toBe(true)
    expect(isOfWebhook(await secret('hooks', new Date('2020-01-01')), 'hooks')).toBe(true)
  })

  test('is of another owner with a certificate of another Service, or without one', async () => {
    expect(isOfWebhook(await secret('other'), 'hooks')).toBe(false)
    expect(isOfWebhook({ 'tls.crt': 'bm90IGEgY2VydGlmaWNhdGU=' }, 'hooks')).toBe(false)
    expect(isOfWebhook(undefined, 'hooks')).toBe(false)
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    const nameless = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=pod-identity-webhook.hooks.svc',
      keys,
    })
    expect(isOfWebhook({ 'tls.crt': Buffer.from(nameless.toString('pem')).toString('base64') }, 'hooks')).toBe(false)
  })
})
