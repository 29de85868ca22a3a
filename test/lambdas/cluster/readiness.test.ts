import { describe, expect, it } from 'vitest'
import {
  readinessOf,
  requirePublicIssuer,
  requireRecordedIssuer,
  requireSupported,
  waitForAccounts,
  waitForCredentials,
  waitForDocuments,
  waitForOtherCredentials,
  waitForProvisioning,
  waitForSigningKey,
} from '../../../lambdas/cluster/readiness.ts'
import { InvalidDiscovery } from '../../../lambdas/errors/step-errors.ts'

const identity = { observed: { clusterId: '0a1b', issuerUrl: 'https://issuer.example/0a1b' } }
const discovery = { observed: { jwksUri: 'https://keys.example/jwks', keys: [] } }
const server = { observed: { minor: 33, gitVersion: 'v1.33.2-gke.100' } }

it('the reason to wait for the signing key names the key that the tokens name, if they name one', () => {
  const cluster = { name: 'edge-1', credentialsSecretArn: 'arn:secret' }
  const facts = { issuerUrl: 'https://issuer.example/0a1b', jwksUri: 'https://keys.example/jwks' }
  expect(waitForSigningKey(cluster, facts, 'k1')).toContain('0a1b publishes (they name the key k1): publish the key at')
  expect(waitForSigningKey(cluster, facts, undefined)).toContain('0a1b publishes: publish the key at')
})

describe('a cluster', () => {
  it('is ready when it has an identity, readable documents and an API server that answers', () => {
    expect(readinessOf({ identity, discovery, server })).toEqual({
      facts: {
        clusterId: '0a1b',
        issuerUrl: 'https://issuer.example/0a1b',
        jwksUri: 'https://keys.example/jwks',
        kubernetesVersion: '1.33.2-gke.100',
        kubernetesMinor: 33,
      },
    })
  })

  it('waits only for its identity before it has one', () => {
    const observation = {
      identity: { missing: 'no ID' },
      discovery: { missing: 'no documents' },
      server: { missing: 'no key' },
    }
    expect(readinessOf(observation)).toEqual({ waitingFor: 'no ID' })
  })

  it('reports each missing part after that', () => {
    const observation = { identity, discovery: { missing: 'no documents' }, server: { missing: 'no key' } }

    expect(readinessOf(observation)).toEqual({ waitingFor: 'no documents; no key' })
    expect(readinessOf({ ...observation, discovery })).toEqual({ waitingFor: 'no key' })
    expect(readinessOf({ ...observation, server })).toEqual({ waitingFor: 'no documents' })
  })

  it('reports in which secret it expects its credentials', () => {
    const cluster = { name: 'prod-eu', credentialsSecretArn: 'arn:secret' }

    expect(waitForCredentials({ ...cluster, provider: 'gke-on-aws' })).toBe(
      'put the kubeconfig of cluster prod-eu into secret arn:secret: anthos-gke aws clusters get-credentials prod-eu',
    )
    expect(waitForCredentials({ ...cluster, provider: 'existing' })).toBe(
      'put the kubeconfig of cluster prod-eu into secret arn:secret',
    )
  })

  it('reports the issuer of the other cluster that its credentials lead to', () => {
    const cluster = { name: 'prod-eu', credentialsSecretArn: 'arn:secret', provider: 'existing' as const }
    expect(waitForOtherCredentials(cluster, 'https://other.example')).toBe(
      'put the kubeconfig of cluster prod-eu into secret arn:secret; its current value leads to another cluster, whose tokens name the issuer https://other.example',
    )
  })

  it('reports the issuer of the other cluster that its agent runs in', () => {
    expect(waitForOtherCredentials({ name: 'prod-eu', provider: 'existing' }, 'https://other.example')).toBe(
      'install the agent in cluster prod-eu: wid enroll prod-eu --renew; the agent runs in a cluster whose tokens name the issuer https://other.example',
    )
  })

  it('reports its reason to wait while it is created', () => {
    expect(waitForProvisioning('AWSCluster default/prod-eu')).toContain(
      'has not given AWSCluster default/prod-eu its ID and its issuer yet',
    )
    expect(waitForAccounts('prod-eu')).toBe('the new cluster prod-eu has no ServiceAccount default/default yet')
  })

  it('reports the bucket in which it expects its documents, if any', () => {
    const problem = new InvalidDiscovery({ object: 'https://a', reason: 'it answers 404', action: 'Publish It' })
    expect(waitForDocuments(problem, undefined)).toBe('https://a: it answers 404 (publish It)')
    expect(waitForDocuments(problem, 'b')).toBe(
      'https://a: it answers 404 (publish It); the management service writes it into bucket b',
    )
  })

  it('is refused when its issuer is not the recorded one', () => {
    const cluster = { name: 'prod-eu', credentialsSecretArn: 'arn:secret' }
    const [observed, recorded] = ['https://new.example', 'https://old.example']
    requireRecordedIssuer(cluster, { observed, recorded: undefined })
    requireRecordedIssuer(cluster, { observed, recorded: observed })
    expect(() => requireRecordedIssuer(cluster, { observed, recorded })).toThrow(
      /^arn:secret: .* name the issuer https:\/\/new\.example, not https:\/\/old\.example/,
    )
  })

  it('is refused when its version is older than 1.19', () => {
    expect(requireSupported({ minor: 19, gitVersion: 'v1.19.0' }, 'prod-eu').minor).toBe(19)
    expect(() => requireSupported({ minor: 18, gitVersion: 'v1.18.20' }, 'prod-eu')).toThrow(
      'cluster prod-eu: it runs Kubernetes v1.18.20, and 1.19 is the oldest that this works with. Upgrade the cluster.',
    )
  })

  it.each([
    'https://kubernetes.default.svc.cluster.local',
    'https://kubernetes.default.svc',
    'kubernetes/serviceaccount',
    '',
    'http://issuer.example',
    'https://10.0.0.1',
  ])('is refused when its issuer is %s, which is not public', (issuer) => {
    expect(() => requirePublicIssuer(issuer, 'prod-eu')).toThrow(
      /^cluster prod-eu: the issuer of its tokens is not a public https URL/,
    )
  })

  it('may have any public issuer', () => {
    expect(requirePublicIssuer('https://oidc.eks.eu-west-1.amazonaws.com/id/AB12', 'prod-eu')).toContain('AB12')
  })
})
