import { describe, expect, test } from 'vitest'
import { assigned, assignmentIn, undecided } from '../../../infra/recovery/assignment.ts'
import { bucketItem, ownedItem, type RecordedCluster, type Sources } from '../../../infra/recovery/recovered-claims.ts'
import { bucketResource, issuerResource, roleResource } from '../../../lambdas/claims/claim.ts'
import { exampleSpec } from '../../support/api/operations.ts'

const time = '2026-11-25T12:00:00.000Z'
const at = new Date('2026-11-28T00:00:00.000Z')
const role = 'roles/storage.objectAdmin'
const issuer = issuerResource('https://x.example')
const bucket = bucketResource('shared')
const ready = { BucketReady: { status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: time } } as const

/** A cluster that uses the bucket `shared` with the account. */
function inBucket(name: string, account: string, conditions: object = ready): RecordedCluster {
  const { discovery } = exampleSpec('setup')
  const spec = exampleSpec('setup', {
    cluster: { name },
    discovery: { ...discovery, bucket: 'shared', managementServiceAccount: account },
  })
  const dates = { createdAt: time, updatedAt: time }
  return {
    cluster: { cluster: name, spec, status: { conditions }, generation: 1, lastOperationId: 'o', ...dates },
    workloads: [],
  }
}

const clusters = [inBucket('a', 'x@example'), inBucket('b', 'y@example'), inBucket('c', 'x@example')]
const sources: Sources = { clusters, marks: new Map([['tagged', { providerArns: [], roles: [] }]]), claims: new Map() }
const project = 'platform-prod'
const user = (account: string) => ({ held: { project, account, role } })

describe('an assignment names', () => {
  test.each([
    ['issuer:https://x.example=a', issuer],
    ['bucket:gs://shared=a', bucket],
    ['management-object:AWSCluster fleet/a on it=a', { kind: 'management-object', name: 'AWSCluster fleet/a on it' }],
    [
      'role:arn:aws:iam::000000000000:role/workload-identity/Reader=a',
      roleResource('arn:aws:iam::000000000000:role/reader'),
    ],
  ])('a resource and a cluster: %s', (text, resource) => {
    expect(assignmentIn(text)).toEqual({ resource, cluster: 'a' })
  })

  test.each(['issuer', 'issuer:https://x.example', 'issuer:https://x.example=', 'pod:x=a', '=a'])(
    'both, or is refused: %s',
    (text) => {
      expect(() => assignmentIn(text)).toThrow(`--assign ${text}: give KIND:NAME=CLUSTER`)
    },
  )
})

describe('a resource is assigned', () => {
  test('to a cluster that is recorded, or that tags name', () => {
    for (const cluster of ['a', 'tagged']) {
      const { item, before, report } = assigned(sources, { resource: issuer, cluster }, at)
      expect(item).toEqual(ownedItem(issuer, cluster, at))
      expect(before).toBeUndefined()
      expect(report).toBe(`issuer:https://x.example: assigned to ${cluster}; before, no cluster had its claim`)
    }
  })

  test('instead of to its previous owner, which the report names', () => {
    const old = ownedItem(issuer, 'b', at)
    const decided = assigned({ ...sources, claims: new Map([[old.pk, old]]) }, { resource: issuer, cluster: 'a' }, at)
    expect(decided).toMatchObject({ item: { owner: 'a' }, before: old })
    expect(decided.report).toBe('issuer:https://x.example: assigned to a; before, b had its claim')
  })

  test('never to a cluster that no record and no tag names', () => {
    expect(() => assigned(sources, { resource: issuer, cluster: 'typo' }, at)).toThrow(
      'No record and no tag names a cluster typo',
    )
  })
})

describe('a bucket is assigned', () => {
  test('to the cluster, and to the other clusters with the same account and role', () => {
    const { item, report } = assigned(sources, { resource: bucket, cluster: 'a' }, at)
    expect(item).toEqual(bucketItem(bucket, { users: { a: user('x@example'), c: user('x@example') }, grants: [] }, at))
    expect(report).toBe('bucket:gs://shared: assigned to a, c; before, no cluster had its claim')
  })

  test('to a cluster whose setup has not recorded the creation of the bucket', () => {
    const { item } = assigned(
      { ...sources, clusters: [inBucket('d', 'z@example', {})] },
      { resource: bucket, cluster: 'd' },
      at,
    )
    expect(item).toMatchObject({ held: true, users: { d: user('z@example') } })
  })

  test('instead of to its previous users, and the claim retains the grants', () => {
    const grants = [{ account: 'y@example', role }]
    const old = bucketItem(bucket, { users: { b: user('y@example') }, grants }, new Date(time))
    const decided = assigned({ ...sources, claims: new Map([[old.pk, old]]) }, { resource: bucket, cluster: 'a' }, at)
    expect(decided).toMatchObject({ item: { terms: `${role} x@example ${project}`, grants }, before: old })
    expect(decided.item.revision).not.toBe(old.revision)
    expect(decided.report).toBe('bucket:gs://shared: assigned to a, c; before, b had its claim')
  })

  test('never to a cluster whose request does not name the bucket', () => {
    const other = { resource: bucketResource('other'), cluster: 'a' }
    expect(() => assigned(sources, other, at)).toThrow('The record of cluster a does not name the bucket gs://other')
    const tagged = { resource: bucket, cluster: 'tagged' }
    expect(() => assigned(sources, tagged, at)).toThrow(
      'The record of cluster tagged does not name the bucket gs://shared',
    )
  })
})

test('the report names a resource of several clusters in the form that --assign accepts', () => {
  const line = undecided({ resource: issuer, clusters: ['a', 'b'] })
  expect(line).toBe(
    "issuer:https://x.example: no claim is written: a, b would own it. Decide with --assign 'issuer:https://x.example=CLUSTER'",
  )
  expect(undecided({ resource: bucket, clusters: ['a', 'b'] })).toContain(
    'a, b use it with different accounts or roles',
  )
})
