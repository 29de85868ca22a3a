import { describe, expect, test } from 'vitest'
import {
  adoptionChanges,
  adopts,
  bucketChanges,
  bucketDifferences,
  describeBucketChanges,
  labelsFor,
} from '../../../lambdas/bucket/bucket.ts'
import { deploymentLabel } from '../../../lambdas/bucket/bucket-deployment.ts'
import type { BucketState } from '../../../lambdas/clouds/google/bucket-client.ts'
import { InvalidObject, OwnershipConflict, PublicAccessPrevented } from '../../../lambdas/errors/step-errors.ts'
import { deployment } from '../../support/steps/deployment.ts'

const ours: BucketState = {
  location: 'EU',
  labels: { ...labelsFor({ deployment, clusterName: 'prod' }), team: 'platform' },
  uniformAccess: true,
  publicAccessPrevented: false,
  metageneration: '1',
}
const desired = { name: 'discovery', location: 'eu', deployment, clusterName: 'prod', adopt: false }

describe('bucketChanges', () => {
  test('are empty for our bucket in the desired state, whichever cluster has created it', () => {
    expect(bucketChanges(ours, desired)).toEqual({})
    expect(bucketChanges(ours, { ...desired, clusterName: 'other', adopt: true })).toEqual({})
  })

  test('enable uniform access', () => {
    expect(bucketChanges({ ...ours, uniformAccess: false }, desired)).toEqual({ uniformAccess: true })
  })

  test('restore the label of the cluster, and keep that of another cluster', () => {
    const { 'workload-identity-cluster': _, ...labels } = ours.labels
    const changes = bucketChanges({ ...ours, labels }, desired)
    expect(changes).toEqual({ labels: { 'workload-identity-cluster': 'prod' } })
    expect(adopts(changes)).toBe(false)
    const others = { ...ours.labels, 'workload-identity-cluster': 'other' }
    expect(bucketChanges({ ...ours, labels: others }, desired)).toEqual({})
  })

  test('restore the label of the deployment', () => {
    const { 'workload-identity-deployment': _, ...labels } = ours.labels
    const changes = bucketChanges({ ...ours, labels }, desired)
    expect(changes).toEqual({ labels: { 'workload-identity-deployment': deploymentLabel(deployment) } })
  })

  test.each([false, true])(
    'refuse a bucket of another deployment, with and without adopt (adopted there: %s)',
    (adopted) => {
      const labels = {
        ...labelsFor({ deployment: `${deployment}-2`, clusterName: 'prod' }),
        ...(adopted && { 'managed-by': 'terraform', 'workload-identity-adopted': 'true' }),
      }
      for (const adopt of [false, true]) {
        expect(() => bucketChanges({ ...ours, labels }, { ...desired, adopt })).toThrow(
          `gs://discovery: it belongs to another deployment (label workload-identity-deployment: ${deploymentLabel(`${deployment}-2`)})`,
        )
      }
    },
  )

  test('refuse a foreign bucket, unless the request adopts it', () => {
    const theirs = { ...ours, labels: {} }
    expect(() => bucketChanges(theirs, desired)).toThrow(OwnershipConflict)
    expect(bucketChanges(theirs, { ...desired, adopt: true })).toEqual({
      labels: {
        'managed-by': 'workload-identity',
        'workload-identity-deployment': deploymentLabel(deployment),
        'workload-identity-cluster': 'prod',
        'workload-identity-adopted': 'true',
      },
    })
  })

  test('keep a foreign label managed-by on an adopted bucket, and recognise that bucket later', () => {
    const theirs = { ...ours, labels: { 'managed-by': 'terraform' } }
    const { labels = {} } = bucketChanges(theirs, { ...desired, adopt: true })

    expect(labels['managed-by']).toBe('terraform')
    expect(bucketChanges({ ...theirs, labels }, desired)).toEqual({})
  })

  test('refuse another location, and report that it cannot be changed', () => {
    expect(() => bucketChanges(ours, { ...desired, location: 'US' })).toThrow(InvalidObject)
    expect(() => bucketChanges(ours, { ...desired, location: 'US' })).toThrow(
      'gs://discovery: it is in EU and not in US, and the location of a bucket cannot be changed',
    )
  })

  test('refuse a bucket with public access prevention', () => {
    expect(() => bucketChanges({ ...ours, publicAccessPrevented: true }, desired)).toThrow(PublicAccessPrevented)
  })
})

test.each([
  [{}, ''],
  [{ labels: { team: 'x' } }, 'labels'],
  [{ uniformAccess: true } as const, 'uniform access'],
  [{ labels: { team: 'x' }, uniformAccess: true } as const, 'labels, uniform access'],
])('the changes %j are described as "%s"', (changes, text) => {
  expect(describeBucketChanges(changes)).toBe(text)
})

test('differences have the names of fields in the API of Cloud Storage', () => {
  const labels = { team: 'x', 'managed-by': 'workload-identity' }
  const observed = { ...ours, labels: { team: 'y', other: 'z' }, uniformAccess: false }
  expect(bucketDifferences(observed, { labels, uniformAccess: true })).toEqual([
    { field: 'labels.team', desired: 'x', observed: 'y' },
    { field: 'labels.managed-by', desired: 'workload-identity' },
    { field: 'iamConfiguration.uniformBucketLevelAccess.enabled', desired: true, observed: false },
  ])
  expect(bucketDifferences(observed, {})).toEqual([])
})

test('an adoption is recognised before it is allowed', () => {
  expect(adopts(adoptionChanges({ ...ours, labels: {} }, desired))).toBe(true)
})
