import { describe, expect, test } from 'vitest'
import type { Item, MarkedRole } from '../../../infra/recovery/recovered.ts'
import { lostClaims, type RecordedCluster, type Sources } from '../../../infra/recovery/recovered-claims.ts'
import { type BucketUser, bucketClaim } from '../../../lambdas/claims/bucket-claim.ts'
import {
  bucketResource,
  claimItem,
  claimKey,
  issuerResource,
  providerResource,
  type Resource,
  roleResource,
} from '../../../lambdas/claims/claim.ts'
import type { ClusterSpec, ClusterStatus, RoleRecord } from '../../../lambdas/operations/record/record.ts'
import { exampleSpec } from '../../support/api/operations.ts'

const time = '2026-11-25T12:00:00.000Z'
const at = new Date('2026-11-28T00:00:00.000Z')
const arnOf = (host: string) => `arn:aws:iam::000000000000:oidc-provider/${host}`
const roleArnOf = (name: string) => `arn:aws:iam::000000000000:role/workload-identity/${name}`
const found = (host: string) => ({
  clusterId: 'id',
  issuerUrl: `https://${host}`,
  jwksUri: `https://${host}/openid/v1/jwks`,
})
const ready = { BucketReady: { status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: time } } as const
const key = (thumbprint: string) => ({ kid: 'k', thumbprint })

interface Example {
  readonly spec?: ClusterSpec
  readonly status?: Partial<ClusterStatus>
  readonly role?: Partial<RoleRecord>
}

function cluster(name: string, { spec, status, role }: Example = {}): RecordedCluster {
  const ref = { namespace: 'default', serviceAccount: 's3-reader' }
  const recorded = role && { roleName: 'r', roleArn: roleArnOf('r'), policyArns: [], ...role }
  const requested = { name: 'r', policyArns: [], maxSessionSeconds: 3600 }
  const workload = { ...ref, spec: requested, status: { role: recorded, conditions: {} }, updatedAt: time }
  return {
    cluster: {
      cluster: name,
      spec: spec ?? exampleSpec('existing-cluster', { cluster: { name } }),
      status: { conditions: {}, ...status },
      generation: 1,
      lastOperationId: 'o',
      createdAt: time,
      updatedAt: time,
    },
    workloads: recorded ? [{ ...workload, status: { role: recorded, conditions: {} } }] : [],
  }
}

/** A cluster whose setup creates it, and that uses the bucket `shared` with the account. */
function inBucket(name: string, account: string, status: Partial<ClusterStatus> = { conditions: ready }) {
  const { discovery } = exampleSpec('setup')
  const spec = exampleSpec('setup', {
    cluster: { name },
    discovery: { ...discovery, bucket: 'shared', managementServiceAccount: account },
  })
  return cluster(name, { spec, status })
}

const taggedRole = (name: string): MarkedRole => ({
  namespace: 'default',
  serviceAccount: name,
  recorded: { roleName: name, roleArn: roleArnOf(name), policyArns: [] },
  spec: { name, policyArns: [], maxSessionSeconds: 3600 },
})

function lost(clusters: readonly RecordedCluster[], others: Partial<Sources> = {}) {
  return lostClaims({ clusters, marks: new Map(), claims: new Map(), ...others }, at)
}

/** The owner of each recovered claim, by its `pk`. */
function ownersIn(items: readonly Item[]) {
  return Object.fromEntries(items.map((item) => [item.pk, claimItem.parse(item).owner]))
}

function owned(name: string, ...resources: readonly Resource[]) {
  return Object.fromEntries(resources.map((resource) => [claimKey(resource).pk, name]))
}

describe('a recorded cluster owns', () => {
  test('its current and former issuers, providers and roles of workloads', () => {
    const former = { roleName: 'Old', roleArn: roleArnOf('Old'), policyArns: [] }
    const status = {
      cluster: found('now.example'),
      providerArn: arnOf('now.example'),
      formerProviderArns: [arnOf('before.example')],
    }
    const { items, contested } = lost([cluster('a', { status, role: { formerRoles: [former] } })])
    expect(contested).toEqual([])
    expect(ownersIn(items)).toEqual(
      owned(
        'a',
        issuerResource('https://before.example'),
        issuerResource('https://now.example'),
        providerResource(arnOf('before.example')),
        providerResource(arnOf('now.example')),
        roleResource(roleArnOf('r')),
        roleResource(roleArnOf('old')),
      ),
    )
  })

  test('no signing key: it may have published the key of another cluster without ever signing with it', () => {
    const revoked = { ...key('t2'), revokedAt: time, revokedBy: 'alice' }
    expect(lost([cluster('a', { status: { publishedKeys: [key('t1')], revokedKeys: [revoked] } })])).toEqual({
      items: [],
      contested: [],
    })
  })

  test('the issuer that the deployment hosts for it, after the publication of keys', () => {
    const issuerUrl = 'https://oidc.example.com/a'
    const spec = exampleSpec('existing-cluster', {
      cluster: { name: 'a', issuerUrl },
      discovery: { hosting: 'deployment' },
    })
    expect(lost([cluster('a', { spec })]).items).toEqual([])
    expect(ownersIn(lost([cluster('a', { spec, status: { publishedKeys: [] } })]).items)).toEqual(
      owned('a', issuerResource(issuerUrl)),
    )
  })

  test('no issuer that only its request names, or that only a teardown read', () => {
    const { clusterId: _, ...read } = found('a.example')
    expect(exampleSpec('existing-cluster').cluster.issuerUrl).toBeDefined()
    expect(lost([cluster('a'), cluster('b', { status: { cluster: read } })]).items).toEqual([])
  })
})

describe('a claim is recovered', () => {
  const status = { cluster: found('a.example') }
  const issuer = issuerResource('https://a.example')

  test('with the fields that the steps write', () => {
    expect(lost([cluster('a', { status })]).items).toEqual([
      {
        ...claimKey(issuer),
        ...issuer,
        owner: 'a',
        listed: 'CLAIMS',
        listedKey: expect.stringMatching(/^a#[0-9a-f]{64}$/),
        heldAt: at.toISOString(),
      },
    ])
  })

  test('for a cluster that only tags name', () => {
    const marks = new Map([['gone', { providerArns: [arnOf('gone.example')], roles: [taggedRole('gone')] }]])
    expect(ownersIn(lost([], { marks }).items)).toEqual(
      owned('gone', providerResource(arnOf('gone.example')), roleResource(roleArnOf('gone'))),
    )
  })

  test('once, when the record and the tags name the same owner', () => {
    const marks = new Map([['a', { providerArns: [], roles: [taggedRole('r')] }]])
    const { items, contested } = lost([cluster('a', { role: {} })], { marks })
    expect(contested).toEqual([])
    expect(ownersIn(items)).toEqual(owned('a', roleResource(roleArnOf('r'))))
  })

  test('only if the table contains no claim of any cluster', () => {
    const claims = new Map([[claimKey(issuer).pk, { ...claimKey(issuer), owner: 'c' }]])
    const clusters = [cluster('a', { status }), cluster('b', { status })]
    expect(lost(clusters, { claims })).toEqual({ items: [], contested: [] })
  })
})

describe('an administrator has to decide when two clusters', () => {
  test.each<[string, Example, Resource]>([
    ['have recorded the same issuer', { status: { cluster: found('x.example') } }, issuerResource('https://x.example')],
    [
      'have recorded the same provider',
      { status: { providerArn: arnOf('x.example') } },
      providerResource(arnOf('x.example')),
    ],
    ['have recorded the same role', { role: {} }, roleResource(roleArnOf('r'))],
  ])('%s', (_, example, resource) => {
    expect(lost([cluster('a', example), cluster('b', example)])).toEqual({
      items: [],
      contested: [{ resource, clusters: ['a', 'b'] }],
    })
  })

  test('claim one role, one by its record and the other by the tags', () => {
    const marks = new Map([['b', { providerArns: [], roles: [taggedRole('r')] }]])
    const { items, contested } = lost([cluster('a', { role: {} })], { marks })
    expect(items).toEqual([])
    expect(contested).toEqual([{ resource: roleResource(roleArnOf('r')), clusters: ['a', 'b'] }])
  })
})

describe('a bucket is recovered', () => {
  const resource = bucketResource('shared')
  const role = 'roles/storage.objectAdmin'
  const project = 'platform-prod'
  const user = (account: string): BucketUser => ({ held: { project, account, role } })

  test('with all clusters that use it, and without grants, whose owners are unknown', () => {
    const otherStatus = { cluster: { ...found('b.example'), clusterId: 'b' } }
    const { items } = lost([inBucket('a', 'x@example'), inBucket('b', 'x@example', otherStatus)])
    const [item] = items.filter(({ kind }) => kind === 'bucket')
    expect(item).toEqual({
      ...claimKey(resource),
      ...resource,
      revision: expect.stringMatching(/./),
      terms: `${role} x@example ${project}`,
      held: true,
      users: { a: user('x@example'), b: user('x@example') },
      grants: [],
    })
    expect(bucketClaim.safeParse(item).success).toBe(true)
  })

  test('without a cluster that only requested it, whatever its account', () => {
    const { items, contested } = lost([inBucket('a', 'x@example'), inBucket('b', 'y@example', {})])
    expect(contested).toEqual([])
    expect(items).toMatchObject([{ ...resource, users: { a: user('x@example') } }])
    expect(Object.keys(bucketClaim.parse(items[0]).users)).toEqual(['a'])
  })

  test('only if all clusters use it with the same account', () => {
    const { items, contested } = lost([inBucket('a', 'x@example'), inBucket('b', 'y@example')])
    expect(items).toEqual([])
    expect(contested).toEqual([{ resource, clusters: ['a', 'b'] }])
  })
})
