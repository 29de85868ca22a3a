import { describe, expect, it } from 'vitest'
import { withRecordedIssuer } from '../../../lambdas/api/spec/recorded-issuer.ts'
import { hostedIssuer, requireOwnPath } from '../../../lambdas/discovery/hosted-issuer.ts'
import { expectFine, expectIssue, expectRefused } from '../../support/api/expect-fault.ts'
import { exampleSpec } from '../../support/api/operations.ts'
import { deployment, exampleRequest, issuesOf, namedCluster } from '../../support/api/requests.ts'

const hosted = 'https://oidc.example.com/edge-1'

describe('a request for a hosted issuer', () => {
  it('gets the issuer of the first host, and is accepted with that issuer', () => {
    const request = exampleRequest('kubeadm')
    expect(request.cluster.issuerUrl).toBe(hosted)
    expect(request.discovery).toEqual({ hosting: 'deployment' })
    expectFine({ 'cluster.issuerUrl': hosted }, 'kubeadm')
    expectFine({ 'cluster.issuerUrl': 'https://d111111abcdef8.cloudfront.net/edge-1' }, 'kubeadm')
  })

  it.each(['https://oidc.example.com/edge-2', 'https://elsewhere.example/edge-1'])(
    'is refused with another issuer: %s',
    (issuerUrl) => {
      expectRefused('cluster.issuerUrl', issuerUrl, /is not the issuer.*: leave it out/, 'kubeadm')
    },
  )

  it('is refused for clusters whose issuer Google sets', () => {
    expectIssue({ discovery: { hosting: 'deployment' } }, 'discovery.hosting', /Google's control plane sets the issuer/)
  })

  it('is refused where the deployment hosts no issuers, and the message names the setting for its operators', () => {
    const issues = issuesOf('kubeadm', { 'cluster.issuerUrl': hosted }, { ...deployment, issuerHosts: [] })
    expect(issues).toEqual([
      expect.objectContaining({
        path: 'discovery.hosting',
        message: expect.stringContaining(
          'Ask its operators for the setting issuerHost (issuerHost: {} in settings.yaml)',
        ),
      }),
    ])
  })

  describe('a request without hosting, for an issuer at the host of hosted issuers', () => {
    const refusal = /is not the issuer of this cluster: leave it out$/
    const isRefused = (issuerUrl: string, issuerHosts = deployment.issuerHosts) =>
      issuesOf(
        'existing-cluster',
        { ...namedCluster('edge-1'), 'cluster.issuerUrl': issuerUrl },
        { ...deployment, issuerHosts },
      ).some(({ path, message }) => path === 'cluster.issuerUrl' && refusal.test(message))

    it('is valid only with the path of its own cluster', () => {
      expect(isRefused('https://oidc.example.com/edge-1')).toBe(false)
      expect(isRefused('https://oidc.example.com/edge-2')).toBe(true)
      expect(isRefused('https://oidc.example.com/edge-1/x')).toBe(true)
      expect(isRefused('https://other.example.com/edge-2')).toBe(false)
    })

    it('is refused however the host is spelled', () => {
      expect(isRefused('https://OIDC.example.com/edge-2')).toBe(true)
      expect(isRefused('https://oidc.example.com./edge-2')).toBe(true)
      expect(isRefused('https://oidc.example.com/edge-2', ['OIDC.Example.com'])).toBe(true)
    })
  })

  it.each(['bucket', 'projectId', 'location', 'managementServiceAccount', 'managementRole'])(
    'is refused with the field %s',
    (field) => {
      const { discovery } = exampleRequest('setup')
      expectRefused(`discovery.${field}`, Reflect.get(Object(discovery), field), /leave one of the two out/, 'kubeadm')
    },
  )

  it('is the only request that may consent to refused tokens', () => {
    expectFine({ 'discovery.acceptRefusedTokens': true }, 'kubeadm')
    expectRefused('discovery.acceptRefusedTokens', true, /makes no sense without discovery.hosting/)
  })

  it('is refused when the issuer is too long for IAM', () => {
    const host = `${'a'.repeat(60)}.`.repeat(4)
    const issues = issuesOf('kubeadm', {}, { ...deployment, issuerHosts: [`${host}example.com`] })
    expect(issues).toMatchObject([{ path: 'cluster.name', message: expect.stringMatching(/more than 255 characters/) }])
    const longest = 'a'.repeat(255 - 'https:///edge-1'.length)
    expect(issuesOf('kubeadm', {}, { ...deployment, issuerHosts: [longest] })).toEqual([])
  })
})

it.each(['bucket', 'projectId', 'location', 'managementServiceAccount'])(
  'a bucket without its %s is refused',
  (field) => {
    expectRefused(`discovery.${field}`, undefined, /^is missing: give a text \(.+\)$/)
  },
)

describe('a cluster that has a hosted issuer', () => {
  const old = 'https://d111111abcdef8.cloudfront.net/edge-1'
  const recorded = (spec = exampleSpec('kubeadm', { cluster: { issuerUrl: old } })) => ({
    cluster: 'edge-1',
    spec,
    status: { conditions: {} },
    generation: 1,
    lastOperationId: 'o',
    createdAt: '2026-11-25T12:00:00.000Z',
    updatedAt: '2026-11-25T12:00:00.000Z',
  })
  const request = exampleRequest('kubeadm')

  it('keeps its issuer when the deployment gets another host', () => {
    expect(withRecordedIssuer(request, recorded()).cluster.issuerUrl).toBe(old)
  })

  it('gets a new issuer if it had none, or one that is not hosted', () => {
    expect(withRecordedIssuer(request, undefined)).toBe(request)
    expect(withRecordedIssuer(request, recorded(exampleSpec('existing-cluster')))).toBe(request)
    const own = exampleRequest('existing-cluster')
    expect(withRecordedIssuer(own, recorded())).toBe(own)
  })
})

it('refuses to write documents outside the folder of the locked cluster', () => {
  expect(() => requireOwnPath(hostedIssuer('oidc.example.com', 'edge-1'), 'edge-1')).not.toThrow()
  for (const issuerUrl of [
    'https://oidc.example.com/edge-2',
    'https://oidc.example.com/edge-1/x',
    'nonsense',
    hosted.replace('https', 'http'),
  ]) {
    expect(() => requireOwnPath(issuerUrl, 'edge-1')).toThrow(/not the one that the deployment hosts/)
  }
})
