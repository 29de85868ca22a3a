import { describe, expect, it } from 'vitest'
import {
  awsCluster,
  awsNodePool,
  documentsOf,
  identityOf,
  isPoolOf,
  requirePoolOf,
} from '../../../lambdas/cluster/aws-cluster.ts'

const cluster = { name: 'prod-eu', namespace: 'anthos' }

describe('the AWSCluster of a request', () => {
  it('has the spec of the request with the discovery bucket', () => {
    const spec = { region: 'eu-west-1', controlPlane: { version: '1.33.2-gke.100', keyName: 'k' } }

    expect(awsCluster(cluster, spec, 'prod-eu-oidc')).toEqual({
      apiVersion: 'multicloud.cluster.gke.io/v1',
      kind: 'AWSCluster',
      metadata: { name: 'prod-eu', namespace: 'anthos' },
      spec: {
        region: 'eu-west-1',
        controlPlane: {
          version: '1.33.2-gke.100',
          keyName: 'k',
          workloadIdentity: { oidcDiscoveryGCSBucket: 'prod-eu-oidc' },
        },
      },
    })
  })

  it('has the spec of the request without a bucket', () => {
    const spec = { controlPlane: { workloadIdentity: { oidcDiscoveryGCSBucket: 'own' } } }
    expect(awsCluster(cluster, spec, undefined).spec).toEqual(spec)
  })

  it('has an identity when it has both ID and issuer', () => {
    const status = { clusterID: '0a1b', workloadIdentityInfo: { issuerURL: 'https://issuer.example/0a1b' } }

    expect(identityOf({ status })).toEqual({ clusterId: '0a1b', issuerUrl: 'https://issuer.example/0a1b' })
    expect(identityOf({ spec: { region: 'eu-north-1' }, status })).toMatchObject({ region: 'eu-north-1' })
    expect(identityOf({ status: { ...status, clusterID: '' } })).toBeUndefined()
    expect(identityOf({ status: { clusterID: '0a1b' } })).toBeUndefined()
    expect(identityOf({})).toBeUndefined()
  })
})

describe('an AWSNodePool of a request', () => {
  const manifest = () => awsNodePool(cluster, { name: 'pool-0', spec: { minNodeCount: 3 } })

  it('belongs to the cluster and is in its namespace', () => {
    expect(manifest()).toMatchObject({
      kind: 'AWSNodePool',
      metadata: { name: 'pool-0', namespace: 'anthos' },
      spec: { minNodeCount: 3, clusterName: 'prod-eu' },
    })
  })

  it('may change a pool of this cluster, or one that names no cluster', () => {
    expect(() => requirePoolOf('prod-eu', manifest(), manifest())).not.toThrow()
    expect(() => requirePoolOf('prod-eu', manifest(), { spec: {} })).not.toThrow()
  })

  it('may not change the pool of another cluster, and the error names that cluster', () => {
    const live = { spec: { clusterName: 'prod-us' } }
    expect(() => requirePoolOf('prod-eu', manifest(), live)).toThrow(
      'AWSNodePool anthos/pool-0: it is a node pool of cluster prod-us. Give the node pool another name in the request.',
    )
  })
})

it('a node pool belongs to the cluster that it names', () => {
  const pool = { spec: { clusterName: 'prod-eu' } }
  expect(isPoolOf('prod-eu', pool)).toBe(true)
  expect(isPoolOf('prod-us', pool)).toBe(false)
  expect(isPoolOf('prod-eu', {})).toBe(false)
})

it('the URL of the keys is the one that the management service writes to', () => {
  const issuerUrl = 'https://storage.googleapis.com/discovery/id'
  expect(documentsOf(issuerUrl)).toEqual({ issuerUrl, jwksUri: `${issuerUrl}/openid/v1/jwks` })
})
