import { describe, expect, test } from 'vitest'
import { bucketOwnership, discoveryObjects, ownLabels } from '../../../lambdas/bucket/bucket-removal.ts'

const own = { 'managed-by': 'workload-identity', 'workload-identity-cluster': 'prod' }
const adopted = { ...own, 'workload-identity-adopted': 'true' }

test.each([
  [own, 'ours'],
  [adopted, 'adopted'],
  [{ ...adopted, 'managed-by': 'terraform' }, 'adopted'],
  [{ 'managed-by': 'terraform', 'workload-identity-cluster': 'prod' }, 'theirs'],
  [{}, 'theirs'],
])('a bucket with the labels %o is %s', (labels, ownership) => {
  expect(bucketOwnership({ labels })).toBe(ownership)
})

test('an adopted bucket loses our labels, and keeps a foreign label managed-by', () => {
  expect(ownLabels({ labels: { ...adopted, team: 'data' } })).toEqual([
    'managed-by',
    'workload-identity-cluster',
    'workload-identity-adopted',
  ])
  expect(ownLabels({ labels: { ...adopted, 'managed-by': 'terraform' } })).not.toContain('managed-by')
})

describe("the objects of an issuer's documents", () => {
  const root = 'https://storage.googleapis.com/discovery'
  const of = (issuerUrl: string) => discoveryObjects('discovery', issuerUrl)

  test('are two in the folder of the issuer', () => {
    expect(of(`${root}/gke-issuer-1`)).toEqual([
      'gke-issuer-1/.well-known/openid-configuration',
      'gke-issuer-1/openid/v1/jwks',
    ])
  })

  test('do not exist for an issuer of another bucket or another host', () => {
    expect(of('https://storage.googleapis.com/discovery-2/gke-issuer-1')).toEqual([])
    expect(of('https://oidc.example.com/discovery/gke-issuer-1')).toEqual([])
  })
})
