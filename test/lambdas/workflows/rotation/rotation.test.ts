import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LastRun } from '../../../../lambdas/operations/record/cluster-record.ts'
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
import { clusterRecord } from '../../../support/api/cluster-record.ts'
import { exampleSpec, setUpStatus } from '../../../support/api/operations.ts'
import { recordedStep } from '../../../support/steps/recorded-step.ts'

const at = '2026-11-25T12:00:00.000Z'

function step(state: string, item: string | undefined, fields: Partial<StepItem> = {}): StepItem {
  return recordedStep(state, { ...(item !== undefined && { item }), ...fields })
}

const acquired = (cluster: string) => step('AcquireLock', cluster, { output: { acquired: true } })
const thumbprints = (cluster: string, added: string[], removed: string[]) =>
  step('RotateThumbprints', cluster, { output: { thumbprints: ['a'], added, removed } })
const changing = (cluster: string, state: string, action: 'updated' | 'unchanged') =>
  step(state, cluster, { changes: [{ object: 'o', action }] })
const released = (cluster: string, failure?: object) =>
  step('ReleaseLock', cluster, { output: failure ? { failure } : {} })

test('a rotation excludes other rotations, and a dry run does not', () => {
  expect(rotationOf({ dryRun: false })).toStrictEqual({
    kind: 'rotation',
    request: { dryRun: false },
    change: 'same spec',
    basedOn: undefined,
  })
  expect(rotationOf({ dryRun: true })).toStrictEqual({ kind: 'rotation', request: { dryRun: true } })
})

test('the days of a certificate are those until it expires, and only our own CA has them', () => {
  const daysAt = (now: string, webhook?: ClusterStatus['webhook']) =>
    daysOfCertificate({ conditions: {}, ...(webhook && { webhook }) }, new Date(now))
  const certificate = { notBefore: '2026-11-01T00:00:00.000Z', notAfter: '2026-12-01T00:00:00.000Z' }
  expect(daysAt('2026-11-01T00:00:00.000Z', { mode: 'own-ca', certificate })).toBe(30)
  expect(daysAt('2026-11-30T12:00:00.000Z', { mode: 'own-ca', certificate })).toBe(0.5)
  expect(daysAt('2026-12-02T00:00:00.000Z', { mode: 'own-ca', certificate })).toBe(-1)
  expect(daysAt(at, { mode: 'csr' })).toBeUndefined()
  expect(daysAt(at)).toBeUndefined()
})

describe('the outcome of a cluster', () => {
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
    const steps = [acquired('one'), rotated, changing('one', state, action), released('one')]
    expect(rotationResultOf(steps, true)).toMatchObject({
      clusters: [{ cluster: 'one', outcome, added, removed }],
      counts: { [outcome]: 1, failed: 0 },
    })
  })

  test('is its failure, whatever was changed before, and names the failed verification', () => {
    const failure = { name: 'VerificationFailed', object: 'o', reason: 'r', action: 'a', step: 'CheckVerification' }
    const steps = [
      acquired('one'),
      thumbprints('one', ['b'], []),
      step('BeginVerification', 'one', { output: { verificationId: 'v' } }),
      released('one', failure),
    ]
    expect(rotationResultOf(steps, true).clusters).toMatchObject([
      { outcome: 'failed', added: ['b'], verificationId: 'v', error: failure },
    ])
  })

  test('is skipped with the reason', () => {
    const without = step('AcquireLock', 'one', { output: { acquired: false, skipped: 'no provider' } })
    expect(rotationResultOf([without], true).clusters).toEqual([
      { cluster: 'one', outcome: 'skipped', why: 'no provider' },
    ])
  })

  test('is skipped when the cluster was busy until the end, and is open while the rotation waits for it', () => {
    const busy = step('AcquireLock', 'one', { status: 'waiting', waiting: { reason: 'busy', events: [] } })
    expect(rotationResultOf([busy], true).clusters).toEqual([{ cluster: 'one', outcome: 'skipped', why: 'busy' }])
    expect(rotationResultOf([busy], false).clusters).toEqual([])
  })

  test('is open while the rotation runs, and is a failure when the rotation has ended without it', () => {
    const steps = [acquired('one'), thumbprints('one', [], [])]
    expect(rotationResultOf(steps, false).clusters).toEqual([])
    expect(rotationResultOf(steps, true).clusters).toMatchObject([
      { cluster: 'one', outcome: 'failed', error: { name: 'NotReached' } },
    ])
  })

  test('is renewed when the renewal updated one of several objects, and not when another step did', () => {
    const changes = [
      { object: 'a', action: 'unchanged' as const },
      { object: 'b', action: 'updated' as const },
    ]
    const rotated = (state: string) => [acquired('one'), step(state, 'one', { changes }), released('one')]
    expect(rotationResultOf(rotated('RenewCertificate'), true).clusters).toMatchObject([{ outcome: 'renewed' }])
    expect(rotationResultOf(rotated('CheckWebhook'), true).clusters).toMatchObject([{ outcome: 'unchanged' }])
  })

  test('is open while the step ReleaseLock runs', () => {
    const steps = [
      acquired('one'),
      step('ReleaseLock', 'one', { status: 'running', output: {} }),
      thumbprints('one', [], []),
    ]
    expect(rotationResultOf(steps, false).clusters).toEqual([])
  })

  test('is the first failure when the lock was not released, and not the error of an attempt that is retried', () => {
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

  test('is listed in the order of names', () => {
    const steps = [released('c'), released('a')]
    expect(rotationResultOf(steps, true).clusters).toEqual([
      { cluster: 'a', outcome: 'unchanged' },
      { cluster: 'c', outcome: 'unchanged' },
    ])
  })

  test('is the error of ReleaseLock when that failed', () => {
    const error = { name: 'AccessDenied', object: 'table', reason: 'no', action: 'allow' }
    const steps = [acquired('one'), step('ReleaseLock', 'one', { status: 'failed', error })]
    expect(rotationResultOf(steps, true).clusters).toMatchObject([{ error: { ...error, step: 'ReleaseLock' } }])
  })
})

test('a step without a cluster has no outcome', () => {
  expect(rotationResultOf([step('FindClusters', undefined)], true).clusters).toEqual([])
})

describe('the batches of clusters', () => {
  test('have each cluster once, and all but the last are full', () => {
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

  /** All pages. The clusters of a page are processed before the next page is read, unless they are skipped. */
  function allPages(all: readonly LastRun[], isSkipped: (cluster: string) => boolean = () => false) {
    const found: string[] = []
    let turnsNow = all
    let place: ReturnType<typeof pageOf>['next'] = { begunAt, after: '' }
    while (place) {
      const page = pageOf(turnsNow, place)
      expect(page.clusters.length).toBeLessThanOrEqual(pageSize)
      found.push(...page.clusters)
      const processed = new Set(page.clusters.filter((cluster) => !isSkipped(cluster)))
      turnsNow = turnsNow.map((turn) => (processed.has(turn.cluster) ? { ...turn, at: now } : turn))
      place = page.next
    }
    return { found, turnsNow }
  }

  test('have each cluster once, the least recently processed first, although times change between pages', () => {
    fc.assert(
      fc.property(turns, fc.func(fc.boolean()), (all, isSkipped) => {
        const oldestFirst = all.toSorted((one, other) => (one.at ?? '').localeCompare(other.at ?? ''))
        const { found } = allPages(all, isSkipped)
        expect(new Set(found)).toEqual(new Set(all.map(({ cluster }) => cluster)))
        const timeOf = new Map(all.map(({ cluster, at }) => [cluster, at]))
        expect(found.map((cluster) => timeOf.get(cluster))).toEqual(oldestFirst.map(({ at }) => at))
      }),
      { numRuns: 20 },
    )
  })

  test('begin with the clusters that the run before skipped', () => {
    const all = Array.from({ length: pageSize + 100 }, (_, index) => ({
      cluster: `c${index}`,
      at: begunAt.replace('25', '24'),
    }))
    const skipped = ['c7', `c${pageSize + 50}`]
    const { turnsNow } = allPages(all, (cluster) => skipped.includes(cluster))
    const next = pageOf(turnsNow, { begunAt: '2026-11-26T04:00:00.000Z', after: '' })
    expect(next.clusters.slice(0, 2).toSorted()).toEqual(skipped.toSorted())
  })

  test('begin with clusters that were never processed, and omit those that were processed since the run began', () => {
    const all = [
      { cluster: 'newer', at: '2026-11-25T00:00:00.000Z' },
      { cluster: 'older', at: '2026-11-24T00:00:00.000Z' },
      { cluster: 'never' },
      { cluster: 'meanwhile', at: now },
    ]
    expect(pageOf(all, { begunAt, after: '' })).toEqual({ clusters: ['never', 'older', 'newer'] })
  })
})

test('a rotation uses the status of the last successful setup and of failed ones since, with the newest credentials', () => {
  const cluster = { name: 'prod', credentialsSecretArn: 'arn:s' }
  const spec = exampleSpec('existing-cluster', { cluster })
  const arnOf = (host: string) => `arn:aws:iam::000000000000:oidc-provider/${host}`
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
    clusterToRotate(clusterRecord({ spec, status: { conditions: {}, ...status } }))
  const complete = setUpStatus({ providerArn: toRotate.providerArn })
  expect(rotated(complete)).toEqual(toRotate)
  expect(rotated({ ...complete, webhook: installed })).toEqual({ ...toRotate, installed })
  const { providerArn } = registered
  expect(rotated({ ...complete, providerArn, webhook: installed })).toEqual({ ...toRotate, ...registered, installed })
  expect(rotated({ providerArn })).toEqual({ ...toRotate, ...registered })
  const hosted = exampleSpec('kubeadm', { cluster: { ...cluster, issuerUrl: toRotate.issuerUrl } })
  const rotatedHosted = (spec: typeof hosted) => clusterToRotate(clusterRecord({ spec, status: complete }))
  expect(rotatedHosted(hosted)).toEqual({ ...toRotate, hosted: true })
  expect(rotatedHosted({ ...hosted, cluster: { ...hosted.cluster, issuerUrl: 'https://other.example' } })).toEqual(
    toRotate,
  )
  const published = exampleSpec('existing-cluster', { cluster: { ...cluster, issuerUrl: toRotate.issuerUrl } })
  expect(rotatedHosted(published)).toEqual(toRotate)
  expect(rotated({ webhook: installed })).toBeUndefined()
  expect(rotated({})).toBeUndefined()
})
