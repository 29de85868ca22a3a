import { describe, expect, it, test } from 'vitest'
import { foundSeverity } from '../../client/severity.ts'
import { verifiedAlone } from '../../portal/src/api/recorded-requests.ts'
import { valueInWords } from '../../portal/src/pages/operation/difference-blocks.ts'
import { changesByObject, differencesByObject, removedObjects } from '../../portal/src/pages/operation/objects.ts'
import { spanOfStep } from '../../portal/src/pages/operation/span-of-step.ts'
import { stateStatuses } from '../../portal/src/pages/operation/state-statuses.ts'
import { titleOf } from '../../portal/src/parts/operation-name.ts'
import { en } from '../../portal/src/texts/en.ts'
import { stepWith } from '../cli/support/operations.ts'
import { driftWith, planWith } from './support/results.ts'

test('a state that runs for several workloads is shown by the one that tells most', () => {
  const of = (state: string, status: 'running' | 'succeeded' | 'failed' | 'waiting') => stepWith({ state, status })
  const statuses = stateStatuses([
    of('CreateRole', 'succeeded'),
    of('CreateRole', 'failed'),
    of('BindKsa', 'succeeded'),
    of('BindKsa', 'running'),
    of('CheckWebhook', 'waiting'),
  ])
  expect([...statuses]).toEqual([
    ['CreateRole', 'failed'],
    ['BindKsa', 'running'],
    ['CheckWebhook', 'waiting'],
  ])
})

test('the changes of one object follow each other, each with its step', () => {
  const canary = { object: 'ServiceAccount webhook/canary', action: 'created' } as const
  const steps = [
    stepWith({ state: 'CheckWebhook', changes: [canary, { object: 'Secret webhook/tls', action: 'unchanged' }] }),
    stepWith({ state: 'CreateRole', item: 'default/s3-reader', changes: [{ ...canary, action: 'deleted' }] }),
  ]
  expect(changesByObject({ steps }).map(({ object, action, step }) => [object, action, step])).toEqual([
    ['ServiceAccount webhook/canary', 'created', 'CheckWebhook'],
    ['ServiceAccount webhook/canary', 'deleted', 'CreateRole default/s3-reader'],
    ['Secret webhook/tls', 'unchanged', 'CheckWebhook'],
  ])
})

test('a plan shows what it would write once and in full, and what it would leave of all steps', () => {
  const namespace = { object: 'Namespace default', action: 'created' } as const
  const made = { kind: 'Namespace', metadata: { name: 'default' } }
  const bucket = { object: 'gs://prod-eu-discovery', action: 'unchanged' } as const
  const result = planWith({ outcome: 'changes', writes: [{ ...namespace, step: 'BindKsa', item: 'default/a' }] })
  const steps = [
    stepWith({ state: 'CreateBucket', changes: [bucket] }),
    stepWith({ state: 'BindKsa', item: 'default/a', changes: [{ ...namespace, made }] }),
    stepWith({ state: 'BindKsa', item: 'default/b', changes: [namespace] }),
  ]
  expect(changesByObject({ steps, result })).toEqual([
    { ...namespace, step: 'BindKsa default/a', made },
    { ...bucket, step: 'CreateBucket' },
  ])
})

test('the worst comes first, then what is missing, and the fields of one object follow each other', () => {
  const [role, provider] = ['arn:aws:iam::000000000000:role/r', 'arn:aws:iam::000000000000:oidc-provider/p']
  const found = differencesByObject({
    missing: [{ object: 'Secret webhook/tls', severity: 'function' }],
    changed: [
      { object: role, field: 'tags', severity: 'cosmetic' },
      { object: provider, field: 'thumbprints', severity: 'security' },
      { object: provider, field: 'tags', severity: 'cosmetic' },
      { object: role, field: 'description', severity: 'cosmetic' },
    ],
  })
  expect(found.map(({ severity, found, object, field }) => [severity, found, object, field])).toEqual([
    ['security', 'changed', provider, 'thumbprints'],
    ['function', 'missing', 'Secret webhook/tls', undefined],
    ['cosmetic', 'changed', role, 'tags'],
    ['cosmetic', 'changed', role, 'description'],
    ['cosmetic', 'changed', provider, 'tags'],
  ])
})

test('an object that two steps have deleted is removed once', () => {
  const namespace = { object: 'Namespace webhook', action: 'deleted' } as const
  const steps = [
    stepWith({ changes: [namespace, { object: 'Secret webhook/tls', action: 'unchanged' }] }),
    stepWith({ changes: [namespace] }),
  ]
  expect(removedObjects(steps)).toEqual(['Namespace webhook'])
})

describe('the title of an operation', () => {
  const workload = { namespace: 'default', serviceAccount: 's3-reader' }

  it.each([
    ['names its kind and its cluster', { kind: 'setup', cluster: 'prod-eu' }, 'Setup: prod-eu'],
    ['says so where it is of all clusters', { kind: 'rotation' }, 'Rotation: All clusters'],
    ['names the cluster that is torn down', { kind: 'teardown', cluster: 'prod-eu' }, 'Teardown: prod-eu'],
    [
      'names the workload that is removed, whose cluster stays',
      { kind: 'teardown', cluster: 'prod-eu', workload },
      'Removal of default/s3-reader: prod-eu',
    ],
    [
      'says that nothing is removed by a dry run',
      { kind: 'teardown', cluster: 'prod-eu', workload, dryRun: true },
      'Removal of default/s3-reader (Dry run): prod-eu',
    ],
  ] as const)('%s', (_, operation, title) => {
    expect(titleOf(operation, en)).toBe(title)
  })
})

test('only a drift report that has found something has a severity', () => {
  const summary = { ...driftWith(1).summary, severity: 'security' as const }
  expect(foundSeverity({ result: { ...driftWith(1), summary } })).toBe('security')
  for (const result of [driftWith(0), planWith()]) expect(foundSeverity({ result })).toBeUndefined()
  expect(foundSeverity({})).toBeUndefined()
})

test('text is shown as it is, and all else as JSON', () => {
  expect(['v0.6.17', 3, ['a'], null].map(valueInWords)).toEqual(['v0.6.17', '3', '[\n  "a"\n]', 'null'])
})

describe('the bar of a step', () => {
  const operation = { createdAt: '2026-11-25T10:00:00.000Z', endedAt: '2026-11-25T10:00:10.000Z' }

  it('lies where the step was under way', () => {
    const step = stepWith({ startedAt: '2026-11-25T10:00:05.000Z', endedAt: '2026-11-25T10:00:07.000Z' })
    expect(spanOfStep(step, operation, 0)).toEqual({ start: 50, length: 20 })
  })

  it('goes on to now while both are under way, and ends with an operation that has stopped it', () => {
    const step = stepWith({ startedAt: '2026-11-25T10:00:05.000Z' })
    const now = Date.parse('2026-11-25T10:00:20.000Z')
    expect(spanOfStep(step, { createdAt: operation.createdAt }, now)).toEqual({ start: 25, length: 75 })
    expect(spanOfStep(step, operation, now)).toEqual({ start: 50, length: 50 })
  })

  it('is seen of the shortest step, and never leaves its row', () => {
    const step = stepWith({ startedAt: '2026-11-25T10:00:10.000Z', endedAt: '2026-11-25T10:00:10.000Z' })
    const { start, length } = spanOfStep(step, operation, 0)
    expect(length).toBeGreaterThan(1)
    expect(start + length).toBeLessThanOrEqual(100)
  })
})

test('a verification of one workload is known from that of all workloads of a cluster with one', () => {
  const workloads = [{ roleArn: 'arn', workload: { namespace: 'default', serviceAccount: 's3-reader', role: {} } }]
  expect(verifiedAlone({ request: { workloads } })).toEqual({ namespace: 'default', serviceAccount: 's3-reader' })
  expect(verifiedAlone({ request: { workloads, all: true } })).toBeUndefined()
  expect(verifiedAlone({ request: { workloads: [] } })).toBeUndefined()
})
