import { describe, test } from 'vitest'
import { expectFine, expectIssue, expectRefused } from '../../support/api/expect-fault.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const ofLength = (length: number) => `a/b:${'1'.repeat(100)}@${digest}`.padStart(length, 'c')

describe('the image of the webhook', () => {
  test.each(['webhook', 'registry.example.com:5000/webhook'])('%s, without a tag, is refused', (image) =>
    expectRefused('webhook.image', image, /has neither tag nor digest/),
  )

  test('with the tag latest is refused', () => {
    expectRefused('webhook.image', 'webhook:latest', /has the tag latest/)
  })

  test.each([
    '',
    'web hook:v1',
    'https://registry.example.com/webhook:v1',
    'Webhook:v1',
    'webhook@sha256:abc',
    'webhook:',
    ofLength(513),
  ])('%j is refused, because it is not an image reference', (image) =>
    expectRefused('webhook.image', image, /is not an image reference/),
  )

  test.each([
    'amazon/amazon-eks-pod-identity-webhook:ed8c41f',
    'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17',
    'registry.example.com:5000/a/b-c_d/webhook:v1.2.3',
    `webhook@${digest}`,
    `registry.example.com/webhook:v0.6.17@${digest}`,
    `a/b:latest@${digest}`,
    ofLength(512),
  ])('%s is accepted', (image) => expectFine({ 'webhook.image': image }))

  test.each(['csr-cluster', 'existing-cluster'] as const)(
    'is refused if it is the build for Kubernetes up to 1.18, also for a cluster of unknown version: %s',
    (example) => {
      const image = 'gcr.io/gke/webhook:release-0.2.2-gke.0'
      const webhook = { image }
      expectIssue({ webhook }, 'webhook.image', /does not work from Kubernetes 1\.19 on.*newer image/, example)
    },
  )
})

test.each(['kube-system', 'kube-public'])(
  'refuses %s as the namespace of the webhook, because Kubernetes itself uses it',
  (namespace) => {
    expectRefused('webhook.namespace', namespace, /is reserved for Kubernetes: use a namespace/)
  },
)

describe('settings that conflict', () => {
  test.each(['managed', 'none'])('%s with a certificate or an image is refused', (mode) => {
    expectIssue(
      { 'webhook.mode': mode, 'webhook.certificate': 'csr' },
      'webhook.certificate',
      /makes no sense with webhook\.mode/,
    )
    expectIssue(
      { 'webhook.mode': mode, 'webhook.image': 'webhook:v1' },
      'webhook.image',
      /makes no sense with webhook\.mode/,
    )
    expectIssue({ 'webhook.mode': mode, 'webhook.namespace': 'other' }, 'webhook.namespace', /makes no sense/)
    expectIssue({ 'webhook.mode': mode, 'webhook.failurePolicy': 'Fail' }, 'webhook.failurePolicy', /makes no sense/)
  })

  test.each(['managed', 'none'])('%s with explicit defaults is accepted, because the spec has them', (mode) => {
    expectFine({
      webhook: { mode, certificate: 'auto', namespace: 'workload-identity-webhook', failurePolicy: 'Ignore' },
    })
  })

  test('csr with a cluster of 1.22 or newer is refused', () => {
    expectRefused('webhook.certificate', 'csr', /"csr" cannot be used with.*1\.33.*own-ca/)
  })

  test('csr with an image of v0.4.0 or newer is refused', () => {
    const image = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.4.0'
    expectIssue({ 'webhook.image': image }, 'webhook.certificate', /"csr" cannot be used with.*v0\.4\.0/, 'csr-cluster')
  })

  test('csr with such an image is also refused for a cluster of unknown version', () => {
    const webhook = { certificate: 'csr', image: 'webhook:v0.6.17' }
    expectIssue({ webhook }, 'webhook.certificate', /"csr" cannot be used with/, 'existing-cluster')
  })

  test('csr with an old image and an old cluster is accepted', () => {
    expectFine({}, 'csr-cluster')
    expectFine({ 'webhook.image': 'webhook:v0.3.0' }, 'csr-cluster')
  })

  test('install is refused on EKS, which has its own webhook', () => {
    const edits = { 'cluster.issuerUrl': 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF' }
    expectIssue(
      { ...edits, webhook: { mode: 'install' } },
      'webhook.mode',
      /issuer of EKS.*use "managed"/,
      'existing-cluster',
    )
    expectFine({ ...edits, webhook: { mode: 'managed' } }, 'existing-cluster')
  })
})
