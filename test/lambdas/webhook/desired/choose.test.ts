import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Webhook } from '../../../../lambdas/spec/setup-request.ts'
import {
  chooseWebhook,
  defaultImages,
  readsRegionalAnnotation,
  reasonAgainstEks,
} from '../../../../lambdas/webhook/desired/choose.ts'
import { isAtLeast } from '../../../../lambdas/webhook/desired/image.ts'

const requested = (part: Partial<Webhook> = {}): Webhook => ({
  mode: 'install',
  certificate: 'auto',
  namespace: 'workload-identity-webhook',
  failurePolicy: 'Ignore',
  ...part,
})

describe('certificate and image', () => {
  it.each([19, 20, 21])('Kubernetes 1.%i gets the documented image, which requests its certificate', (minor) => {
    expect(chooseWebhook(requested(), minor)).toEqual({ choice: { mode: 'csr', image: defaultImages.csr } })
  })

  it.each([22, 33, 37])('Kubernetes 1.%i gets an own-ca certificate and the newest image', (minor) => {
    expect(chooseWebhook(requested(), minor)).toEqual({ choice: { mode: 'own-ca', image: defaultImages['own-ca'] } })
  })

  it('installs nothing in the modes managed and none, on any version', () => {
    expect(chooseWebhook(requested({ mode: 'managed' }), 20)).toEqual({ choice: { mode: 'managed' } })
    expect(chooseWebhook(requested({ mode: 'none', certificate: 'csr' }), 33)).toEqual({ choice: { mode: 'none' } })
  })

  it('auto chooses own-ca when the requested image cannot request certificates, or may be unable to', () => {
    for (const tag of ['v0.4.0', 'v0.6.17', 'latest']) {
      const image = `registry.example:5000/mirror/webhook:${tag}`
      expect(chooseWebhook(requested({ image }), 20)).toEqual({ choice: { mode: 'own-ca', image } })
    }
  })

  it('accepts an image of another registry and name by its tag', () => {
    const image = 'registry.example:5000/team/identity:v0.3.0'
    expect(chooseWebhook(requested({ image, certificate: 'csr' }), 21)).toEqual({ choice: { mode: 'csr', image } })
  })

  it('refuses csr from 1.22 on, whatever the image', () => {
    const result = chooseWebhook(requested({ certificate: 'csr' }), 22)
    expect(result).toMatchObject({
      refused: { reason: expect.stringContaining('Kubernetes 1.22 signs no certificate request') },
    })
  })

  it('refuses csr with v0.4.0 and newer', () => {
    for (const tag of ['v0.4.0', 'v0.6.17', '1.0.0']) {
      const result = chooseWebhook(requested({ certificate: 'csr', image: `a/b:${tag}` }), 21)
      expect(result).toMatchObject({ refused: { object: `webhook image a/b:${tag}` } })
    }
  })

  it('reports that the version is unknown when csr is requested with a digest or an unknown tag', () => {
    for (const image of [`a/b@sha256:${'0'.repeat(64)}`, 'a/b:latest', 'a/b:3a28f52']) {
      const result = chooseWebhook(requested({ certificate: 'csr', image }), 21)
      expect(result).toMatchObject({ refused: { reason: expect.stringContaining('does not contain the version') } })
    }
  })

  it('accepts any image with own-ca', () => {
    const image = `a/b@sha256:${'0'.repeat(64)}`
    expect(chooseWebhook(requested({ certificate: 'own-ca', image }), 33)).toEqual({
      choice: { mode: 'own-ca', image },
    })
  })

  it('refuses the build for Kubernetes up to 1.18 on any newer version, and names the command of the upgrade', () => {
    const image = 'gcr.io/gke/webhook:release-0.2.2-gke.0'
    for (const certificate of ['auto', 'csr', 'own-ca'] as const) {
      expect(chooseWebhook(requested({ certificate, image }), 19)).toMatchObject({
        refused: { object: `webhook image ${image}`, action: expect.stringContaining('wid upgrade CLUSTER') },
      })
      expect(chooseWebhook(requested({ certificate, image }), 18)).toHaveProperty('choice')
    }
    expect(chooseWebhook(requested({ image: `${image}@sha256:${'0'.repeat(64)}` }), 33)).toHaveProperty('refused')
  })

  it('never chooses csr where the cluster would sign no request', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 19, max: 60 }),
        fc.constantFrom('auto', 'own-ca', 'csr'),
        fc.option(fc.tuple(fc.nat(2), fc.nat(9), fc.nat(20)), { nil: undefined }),
        (minor, certificate, version) => {
          const image = version && { image: `a/b:v${version.join('.')}` }
          const result = chooseWebhook(requested({ certificate, ...image }), minor)
          if (!('choice' in result) || result.choice.mode !== 'csr') return
          expect(minor).toBeLessThanOrEqual(21)
          if (version) expect(isAtLeast(version, [0, 4, 0])).toBe(false)
        },
      ),
    )
  })
})

describe('the annotation sts-regional-endpoints', () => {
  it.each([
    ['a/b:v0.3.0', true],
    ['a/b:v0.6.17', true],
    ['a/b:v0.2.9', false],
    ['amazon/amazon-eks-pod-identity-webhook:ed8c41f', false],
    ['a/b:latest', false],
  ])('with %s is read: %s', (image, isRead) => {
    expect(readsRegionalAnnotation({ mode: 'own-ca', image })).toBe(isRead)
  })

  it('is read by the webhook of EKS, and not without a webhook', () => {
    expect(readsRegionalAnnotation({ mode: 'managed' })).toBe(true)
    expect(readsRegionalAnnotation({ mode: 'none' })).toBe(false)
  })
})

describe('EKS', () => {
  it.each([
    'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF',
    'https://oidc.eks.us-gov-west-1.amazonaws.com/id/0123456789ABCDEF',
    'https://oidc.eks.cn-north-1.amazonaws.com.cn/id/0123456789ABCDEF',
    'https://oidc-eks.us-east-1.api.aws/id/0123456789ABCDEF',
  ])('is recognised by its issuer %s, and gets no second webhook', (issuer) => {
    expect(reasonAgainstEks(issuer)).toMatchObject({ action: 'Set webhook.mode to managed' })
  })

  it.each([
    'https://storage.googleapis.com/gke-issuer-0123',
    'https://oidc.eks.eu-west-1.amazonaws.com.example.org/id/1',
    'https://my-oidc.eks.eu-west-1.amazonaws.com/id/1',
    'https://example.org/oidc.eks.eu-west-1.amazonaws.com',
  ])('is not recognised by the issuer %s', (issuer) => {
    expect(reasonAgainstEks(issuer)).toBeUndefined()
  })
})
