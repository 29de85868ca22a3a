import { describe, expect, it, test } from 'vitest'
import { valueInWords } from '../../client/difference-blocks.ts'
import { foundSeverity } from '../../client/severity.ts'
import { verifiedAlone } from '../../portal/src/api/recorded-requests.ts'
import {
  changesByObject,
  differencesByObject,
  isInSync,
  removedObjects,
} from '../../portal/src/pages/operation/objects.ts'
import { spanOfStep } from '../../portal/src/pages/operation/span-of-step.ts'
import { stateStatuses } from '../../portal/src/pages/operation/state-statuses.ts'
import { titleOf } from '../../portal/src/parts/operation-name.ts'
import { en } from '../../portal/src/texts/en.ts'
import { stepWith } from '../cli/support/operations.ts'
import { driftWith, planWith } from './support/results.ts'

test('a state that runs for several workloads has their most important status', () => {
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

test('groups changes by object, each with its step', () => {
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

test('a plan shows each write once with its content, and the unchanged objects of all steps', () => {
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

test('sorts differences by severity, missing objects first, and groups the fields of an object', () => {
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

test('lists an object that two steps have deleted once', () => {
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
    ['says that it is for all clusters', { kind: 'rotation' }, 'Rotation: All clusters'],
    ['names the cluster of a teardown', { kind: 'teardown', cluster: 'prod-eu' }, 'Teardown: prod-eu'],
    [
      'names the only workload that is removed',
      { kind: 'teardown', cluster: 'prod-eu', workload },
      'Removal of default/s3-reader: prod-eu',
    ],
    [
      'marks a dry run',
      { kind: 'teardown', cluster: 'prod-eu', workload, dryRun: true },
      'Removal of default/s3-reader (Dry run): prod-eu',
    ],
  ] as const)('%s', (_, operation, title) => {
    expect(titleOf(operation, en)).toBe(title)
  })
})

test('only a drift with differences has a severity', () => {
  const summary = { ...driftWith(1).summary, severity: 'security' as const }
  expect(foundSeverity({ result: { ...driftWith(1), summary } })).toBe('security')
  for (const result of [driftWith(0), planWith()]) expect(foundSeverity({ result })).toBeUndefined()
  expect(foundSeverity({})).toBeUndefined()
})

test('shows text unchanged, and other values as JSON', () => {
  expect(['v0.6.17', 3, ['a'], null].map(valueInWords)).toEqual(['v0.6.17', '3', '[\n  "a"\n]', 'null'])
})

describe('the bar of a step', () => {
  const operation = { createdAt: '2026-11-25T10:00:00.000Z', endedAt: '2026-11-25T10:00:10.000Z' }

  it('spans the time of the step', () => {
    const step = stepWith({ startedAt: '2026-11-25T10:00:05.000Z', endedAt: '2026-11-25T10:00:07.000Z' })
    expect(spanOfStep(step, operation, 0)).toEqual({ start: 50, length: 20 })
  })

  it('extends to now while both run, and to the end of an operation that has stopped the step', () => {
    const step = stepWith({ startedAt: '2026-11-25T10:00:05.000Z' })
    const now = Date.parse('2026-11-25T10:00:20.000Z')
    expect(spanOfStep(step, { createdAt: operation.createdAt }, now)).toEqual({ start: 25, length: 75 })
    expect(spanOfStep(step, operation, now)).toEqual({ start: 50, length: 50 })
  })

  it('is visible for the shortest step, and never leaves its row', () => {
    const step = stepWith({ startedAt: '2026-11-25T10:00:10.000Z', endedAt: '2026-11-25T10:00:10.000Z' })
    const { start, length } = spanOfStep(step, operation, 0)
    expect(length).toBeGreaterThan(1)
    expect(start + length).toBeLessThanOrEqual(100)
  })
})

test('distinguishes the verification of one workload from that of a cluster with one workload', () => {
  const workloads = [{ roleArn: 'arn', workload: { namespace: 'default', serviceAccount: 's3-reader', role: {} } }]
  expect(verifiedAlone({ request: { workloads } })).toEqual({ namespace: 'default', serviceAccount: 's3-reader' })
  expect(verifiedAlone({ request: { workloads, all: true } })).toBeUndefined()
  expect(verifiedAlone({ request: { workloads: [] } })).toBeUndefined()
})

test('a drift is in sync only if all objects were reached and none differs', () => {
  const none = driftWith(0)
  const problem = { name: 'Unreachable', object: 'cluster prod', reason: 'it does not answer', action: 'Check it' }
  expect(isInSync(none)).toBe(true)
  expect(isInSync({ ...none, missing: [{ object: 'role r', severity: 'security' }] })).toBe(false)
  expect(isInSync({ ...none, unreachable: [problem] })).toBe(false)
  expect(isInSync({ ...none, problems: [{ ...problem, notCompared: ['role r'] }] })).toBe(false)
  expect(isInSync(driftWith(1))).toBe(false)
})
