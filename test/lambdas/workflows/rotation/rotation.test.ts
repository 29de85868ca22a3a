import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Turn } from '../../../../lambdas/operations/record/cluster-record.ts'
import type { ClusterStatus, StepItem } from '../../../../lambdas/operations/record/record.ts'
import {
  batchesOf,
  batchSize,
  clusterToRotate,
  daysOfCertificate,
  pageOf,
  pageSize,
  rotationOf,
  rotationResultOf,
} from '../../../../lambdas/workflows/rotation/rotation.ts'
import { exampleSpec, setUpStatus } from '../../../support/api/operations.ts'
import { recordedStep } from '../../../support/steps/recorded-step.ts'

const at = '2026-11-25T12:00:00.000Z'

function step(state: string, item: string | undefined, fields: Partial<StepItem> = {}): StepItem {
  return recordedStep(state, { ...(item !== undefined && { item }), ...fields })
}

const taken = (cluster: string) => step('AcquireLock', cluster, { output: { acquired: true } })
const thumbprints = (cluster: string, added: string[], removed: string[]) =>
  step('RotateThumbprints', cluster, { output: { thumbprints: ['a'], added, removed } })
const changing = (cluster: string, state: string, action: 'updated' | 'unchanged') =>
  step(state, cluster, { changes: [{ object: 'o', action }] })
const released = (cluster: string, failure?: object) =>
  step('ReleaseLock', cluster, { output: failure ? { failure } : {} })

test('a rotation runs alone, and a dry run beside others', () => {
  expect(rotationOf({ dryRun: false })).toStrictEqual({
    kind: 'rotation',
    request: { dryRun: false },
    change: 'same spec',
    madeFrom: undefined,
  })
  expect(rotationOf({ dryRun: true })).toStrictEqual({ kind: 'rotation', request: { dryRun: true } })
})

test('the days of a certificate are those until it ends, and are known of a certificate of ours alone', () => {
  const daysAt = (now: string, webhook?: ClusterStatus['webhook']) =>
    daysOfCertificate({ conditions: {}, ...(webhook && { webhook }) }, new Date(now))
  const certificate = { notBefore: '2026-11-01T00:00:00.000Z', notAfter: '2026-12-01T00:00:00.000Z' }
  expect(daysAt('2026-11-01T00:00:00.000Z', { mode: 'own-ca', certificate })).toBe(30)
  expect(daysAt('2026-11-30T12:00:00.000Z', { mode: 'own-ca', certificate })).toBe(0.5)
  expect(daysAt('2026-12-02T00:00:00.000Z', { mode: 'own-ca', certificate })).toBe(-1)
  expect(daysAt(at, { mode: 'csr' })).toBeUndefined()
  expect(daysAt(at)).toBeUndefined()
})

describe('what came of a cluster', () => {
  test.each([
    [[], [], 'RenewCertificate', 'unchanged', 'unchanged'],
    [['b'], [], 'RenewCertificate', 'unchanged', 'added'],
    [['b'], ['a'], 'ApproveCsr', 'unchanged', 'added'],
    [[], ['a'], 'ApproveCsr', 'unchanged', 'pruned'],
    [[], ['a'], 'RenewCertificate', 'updated', 'renewed'],
    [['b'], [], 'ApproveCsr', 'updated', 'renewed'],
    [[], [], 'PublishDiscovery', 'unchanged', 'unchanged'],
    [[], [], 'PublishDiscovery', 'updated', 'published'],
    [[], [], 'NarrowTrust', 'updated', 'narrowed'],
    [['b'], [], 'NarrowTrust', 'updated', 'added'],
  ] as const)('added %j and removed %j with %s %s is %s', (...[added, removed, state, action, outcome]) => {
    const rotated = thumbprints('one', [...added], [...removed])
    const steps = [taken('one'), rotated, changing('one', state, action), released('one')]
    expect(rotationResultOf(steps, true)).toMatchObject({
      clusters: [{ cluster: 'one', outcome, added, removed }],
      counts: { [outcome]: 1, failed: 0 },
    })
  })

  test('is its failure, whatever was done before, and the verification that it failed in is named', () => {
    const failure = { name: 'VerificationFailed', object: 'o', reason: 'r', action: 'a', step: 'CheckVerification' }
    const steps = [
      taken('one'),
      thumbprints('one', ['b'], []),
      step('BeginVerification', 'one', { output: { verificationId: 'v' } }),
      released('one', failure),
    ]
    expect(rotationResultOf(steps, true).clusters).toMatchObject([
      { outcome: 'failed', added: ['b'], verificationId: 'v', error: failure },
    ])
  })

  test('is that it was skipped, and why', () => {
    const without = step('AcquireLock', 'one', { output: { acquired: false, skipped: 'no provider' } })
    expect(rotationResultOf([without], true).clusters).toEqual([
      { cluster: 'one', outcome: 'skipped', why: 'no provider' },
    ])
  })

  test('is that it was skipped when it was busy until the rotation left it, and not while it is waited for', () => {
    const busy = step('AcquireLock', 'one', { status: 'waiting', waiting: { reason: 'busy', events: [] } })
    expect(rotationResultOf([busy], true).clusters).toEqual([{ cluster: 'one', outcome: 'skipped', why: 'busy' }])
    expect(rotationResultOf([busy], false).clusters).toEqual([])
  })

  test('is not told while it is under way, and is a failure when the rotation has ended', () => {
    const steps = [taken('one'), thumbprints('one', [], [])]
    expect(rotationResultOf(steps, false).clusters).toEqual([])
    expect(rotationResultOf(steps, true).clusters).toMatchObject([
      { cluster: 'one', outcome: 'failed', error: { name: 'NotReached' } },
    ])
  })

  test('is that it was renewed when one of several objects was, and not what another step did', () => {
    const changes = [
      { object: 'a', action: 'unchanged' as const },
      { object: 'b', action: 'updated' as const },
    ]
    const rotated = (state: string) => [taken('one'), step(state, 'one', { changes }), released('one')]
    expect(rotationResultOf(rotated('RenewCertificate'), true).clusters).toMatchObject([{ outcome: 'renewed' }])
    expect(rotationResultOf(rotated('CheckWebhook'), true).clusters).toMatchObject([{ outcome: 'unchanged' }])
  })

  test('is not what a step that is under way says', () => {
    const steps = [
      taken('one'),
      step('ReleaseLock', 'one', { status: 'running', output: {} }),
      thumbprints('one', [], []),
    ]
    expect(rotationResultOf(steps, false).clusters).toEqual([])
  })

  test('is the first failure when it was never given free, and not the error of an attempt that is made again', () => {
    const error = { name: 'AccessDenied', object: 'table', reason: 'no', action: 'allow' }
    const first = [
      step('AcquireLock', 'one', { status: 'running', error }),
      step('RenewCertificate', 'one', { status: 'failed' }),
    ]
    expect(rotationResultOf(first, true).clusters).toMatchObject([
      { error: { name: 'NotReached', object: 'cluster one' } },
    ])
    const failed = step('RotateThumbprints', 'one', { status: 'failed', error })
    expect(rotationResultOf([...first, failed], true).clusters).toMatchObject([
      { error: { ...error, step: 'RotateThumbprints', item: 'one' } },
    ])
    const notReleased = step('ReleaseLock', 'one', { status: 'failed', error: { ...error, reason: 'last' } })
    expect(rotationResultOf([...first, failed, notReleased], true).clusters).toMatchObject([
      { error: { reason: 'last', step: 'ReleaseLock' } },
    ])
  })

  test('is reported in the order of names', () => {
    const steps = [released('c'), released('a')]
    expect(rotationResultOf(steps, true).clusters).toEqual([
      { cluster: 'a', outcome: 'unchanged' },
      { cluster: 'c', outcome: 'unchanged' },
    ])
  })

  test('is that it could not be given free, in the words of that step', () => {
    const error = { name: 'AccessDenied', object: 'table', reason: 'no', action: 'allow' }
    const steps = [taken('one'), step('ReleaseLock', 'one', { status: 'failed', error })]
    expect(rotationResultOf(steps, true).clusters).toMatchObject([{ error: { ...error, step: 'ReleaseLock' } }])
  })
})

test('of a step that is about no cluster there is nothing to tell', () => {
  expect(rotationResultOf([step('FindClusters', undefined)], true).clusters).toEqual([])
})

describe('the batches of clusters', () => {
  test('have each cluster once, and are full but the last', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 4 * batchSize }), (all) => {
        const batches = batchesOf(all)
        expect(batches.flatMap((batch) => batch.clusters)).toEqual(all)
        expect(batches.length).toBe(Math.ceil(all.length / batchSize))
        for (const batch of batches.slice(0, -1)) expect(batch.clusters).toHaveLength(batchSize)
      }),
    )
  })
})

describe('the pages of a run over all clusters', () => {
  const begunAt = '2026-11-25T04:00:00.000Z'
  const now = '2026-11-25T05:00:00.000Z'
  const before = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2026-11-25T03:59:59.000Z') })
  const turns = fc
    .array(fc.option(before, { nil: undefined }), { maxLength: 3 * pageSize })
    .map((all) => all.map((at, index) => ({ cluster: `c${index}`, at: at?.toISOString() })))

  /** All pages. Clusters of a page have had their turn before the next page is read, unless they are left. */
  function taken(all: readonly Turn[], isLeft: (cluster: string) => boolean = () => false) {
    const found: string[] = []
    let turnsNow = all
    let place: ReturnType<typeof pageOf>['next'] = { begunAt, after: '' }
    while (place) {
      const page = pageOf(turnsNow, place)
      expect(page.clusters.length).toBeLessThanOrEqual(pageSize)
      found.push(...page.clusters)
      const had = new Set(page.clusters.filter((cluster) => !isLeft(cluster)))
      turnsNow = turnsNow.map((turn) => (had.has(turn.cluster) ? { ...turn, at: now } : turn))
      place = page.next
    }
    return { found, turnsNow }
  }

  test('have each cluster once, over all pages those first whose turn is longest ago, although turns change in between', () => {
    fc.assert(
      fc.property(turns, fc.func(fc.boolean()), (all, isLeft) => {
        const oldestFirst = all.toSorted((one, other) => (one.at ?? '').localeCompare(other.at ?? ''))
        const { found } = taken(all, isLeft)
        expect(new Set(found)).toEqual(new Set(all.map(({ cluster }) => cluster)))
        const timeOf = new Map(all.map(({ cluster, at }) => [cluster, at]))
        expect(found.map((cluster) => timeOf.get(cluster))).toEqual(oldestFirst.map(({ at }) => at))
      }),
      { numRuns: 20 },
    )
  })

  test('begin, after a run that has left clusters, with these', () => {
    const all = Array.from({ length: pageSize + 100 }, (_, index) => ({
      cluster: `c${index}`,
      at: begunAt.replace('25', '24'),
    }))
    const left = ['c7', `c${pageSize + 50}`]
    const { turnsNow } = taken(all, (cluster) => left.includes(cluster))
    const next = pageOf(turnsNow, { begunAt: '2026-11-26T04:00:00.000Z', after: '' })
    expect(next.clusters.slice(0, 2).toSorted()).toEqual(left.toSorted())
  })

  test('begin with those that never had a turn, and leave out those that had it since the run began', () => {
    const all = [
      { cluster: 'newer', at: '2026-11-25T00:00:00.000Z' },
      { cluster: 'older', at: '2026-11-24T00:00:00.000Z' },
      { cluster: 'never' },
      { cluster: 'meanwhile', at: now },
    ]
    expect(pageOf(all, { begunAt, after: '' })).toEqual({ clusters: ['never', 'older', 'newer'] })
  })
})

test('a cluster is rotated as its last complete setup has left it and what failed ones have made since, with the newest credentials', () => {
  const cluster = { name: 'prod', credentialsSecretArn: 'arn:s' }
  const spec = exampleSpec('existing-cluster', { cluster })
  const arnOf = (host: string) => `arn:aws:iam::000000000000:oidc-provider/${host}`
  const item = {
    cluster: 'prod',
    spec,
    generation: 1,
    lastOperationId: 'o',
    createdAt: at,
    updatedAt: at,
  }
  const toRotate = {
    target: { name: 'prod', credentialsSecretArn: 'arn:s' },
    issuerUrl: 'https://issuer.example',
    hosted: false,
    providerArn: arnOf('issuer.example'),
    installed: { mode: 'none' },
  }
  const registered = { issuerUrl: 'https://newer.example', providerArn: arnOf('newer.example') }
  const installed = { mode: 'own-ca', image: 'image', namespace: 'webhook', replicas: 2 }
  const rotated = (status: Partial<ClusterStatus>) =>
    clusterToRotate({ ...item, status: { conditions: {}, ...status } })
  const complete = setUpStatus({ providerArn: toRotate.providerArn })
  expect(rotated(complete)).toEqual(toRotate)
  expect(rotated({ ...complete, webhook: installed })).toEqual({ ...toRotate, installed })
  const { providerArn } = registered
  expect(rotated({ ...complete, providerArn, webhook: installed })).toEqual({ ...toRotate, ...registered, installed })
  expect(rotated({ providerArn })).toEqual({ ...toRotate, ...registered })
  const hosted = exampleSpec('kubeadm', { cluster: { ...cluster, issuerUrl: toRotate.issuerUrl } })
  const rotatedHosted = (spec: typeof hosted) => clusterToRotate({ ...item, spec, status: complete })
  expect(rotatedHosted(hosted)).toEqual({ ...toRotate, hosted: true })
  expect(rotatedHosted({ ...hosted, cluster: { ...hosted.cluster, issuerUrl: 'https://other.example' } })).toEqual(
    toRotate,
  )
  const published = exampleSpec('existing-cluster', { cluster: { ...cluster, issuerUrl: toRotate.issuerUrl } })
  expect(rotatedHosted(published)).toEqual(toRotate)
  expect(rotated({ webhook: installed })).toBeUndefined()
  expect(rotated({})).toBeUndefined()
})
