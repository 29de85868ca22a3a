/** Timeouts and limits of the state machines, stated a second time, because no other test notices a wrong value. */
import { beforeAll, describe, expect, test } from 'vitest'
import { batchesOf } from '../../infra/cost/execution-costs.ts'
import { batchSize } from '../../infra/definition/batches.ts'
import { definitionOf } from '../../infra/definition/definition.ts'
import { batchMachine } from '../../infra/workflows.ts'
import { batchSize as clustersOfBatch } from '../../lambdas/workflows/rotation/rotation.ts'
import { largestWorkload, longNamedSetup } from '../support/api/largest-requests.ts'
import { longestRequest, type WideKind } from '../support/api/wide-requests.ts'
import { eventsOfRotation, longestBatch } from '../support/workflows/cluster-sizes.ts'
import { definition, workflowNames } from '../support/workflows/definitions.ts'
import { mostOften, never } from '../support/workflows/item-events.ts'
import { longestRun, mostFailures, noFailures } from '../support/workflows/longest-runs.ts'
import { runSetup } from '../support/workflows/setup-workflow.ts'
import { lambdaTasksOf, statesOf } from '../support/workflows/workflow-parts.ts'
import {
  type Events,
  eventsOfBatch,
  eventsOfRemoval,
  eventsOfRemovedOne,
  eventsWith,
  mapsOf,
  mostEvents,
  mostEventsOf,
  waitingEvents,
} from '../support/workflows/workflow-sizes.ts'

const budgets = {
  // The longest wait for a cluster is 720 minutes; the webhook and the workloads get the rest.
  setup: {
    seconds: 50_400,
    // Batches run one after the other, so that the concurrency is the same as in one execution.
    atOnce: {
      ...{ CreateRolesInBatches: 1, CreateRoles: 20 },
      ...{ VerifyWorkloadsInBatches: 1, VerifyWorkloads: 20 },
      ...{ RemoveWorkloadsInBatches: 1, RemoveWorkloads: 20 },
    },
  },
  batch: {
    seconds: 14_400,
    atOnce: {
      ...{ SetupCreateRoles: 20, SetupVerifyWorkloads: 20, SetupRemoveWorkloads: 20 },
      ...{ CompareCreateRoles: 20, CompareRemoveWorkloads: 20 },
      ...{ VerifyVerifyWorkloads: 20, TeardownWorkloads: 20 },
    },
  },
  teardown: { seconds: 14_400, atOnce: { WorkloadsInBatches: 1, Workloads: 20 } },
  compare: {
    seconds: 3600,
    atOnce: {
      ...{ CreateRolesInBatches: 1, CreateRoles: 20 },
      ...{ RemoveWorkloadsInBatches: 1, RemoveWorkloads: 20 },
    },
  },
  verify: { seconds: 3600, atOnce: { VerifyWorkloadsInBatches: 1, VerifyWorkloads: 20 } },
  // Ten clusters concurrently: a thousand clusters that take a minute each take two hours.
  'rotate-thumbprints': { seconds: 86_400, atOnce: { ClustersInBatches: 2 } },
  drifts: { seconds: 86_400, atOnce: { ClustersInBatches: 2 } },
  // Fifteen clusters, five concurrently. Each has ten minutes for its lock, keys and verification, and two for its certificate.
  clusters: { seconds: 14_400, atOnce: { Clusters: 5 } },
  'signing-keys': { seconds: 3600, atOnce: {} },
} as const

test.each(workflowNames)('%s has its timeout and its concurrency limits', (name) => {
  const { seconds, atOnce } = budgets[name]
  const maps = statesOf(definition(name)).filter(([, { Type }]) => Type === 'Map')
  expect(definitionOf(name).TimeoutSeconds).toBe(seconds)
  expect(Object.fromEntries(maps.map(([state, { MaxConcurrency }]) => [state, MaxConcurrency]))).toEqual(atOnce)
})

test.each(workflowNames)(
  '%s calls a throttled function up to thirteen times, because an account may have a concurrency of only ten',
  (name) => {
    const calls = lambdaTasksOf(definition(name))
    expect(calls.length).toBeGreaterThan(0)
    for (const [state, { Retry = [] }] of calls) {
      const retriers = Retry.filter(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'))
      expect(retriers, state).toMatchObject([{ MaxAttempts: 12, JitterStrategy: 'FULL' }])
    }
  },
)

test('the events of all workloads of a batch are below the limit, with the most retries', () => {
  const maps = Object.keys(definition(batchMachine).States).filter((name) => name !== 'Part')
  expect(maps).toHaveLength(7)
  expect(eventsOfBatch(mostOften)).toBeLessThan(mostEvents)
})

const kinds: readonly WideKind[] = ['setup', 'verification', 'drift', 'plan', 'teardown']

describe.each(kinds)('the events of a %s', (kind) => {
  const maps = mapsOf[kind].length
  let waiting: Events
  let most: Events
  beforeAll(async () => {
    waiting = await waitingEvents(kind)
    most = await mostEventsOf(kind)
  })

  test.each([
    ['with the longest waits', () => waiting, noFailures],
    ['with the longest waits and the most retries', () => most, mostFailures],
  ])('%s are at most the number computed from its definition', async (_, formula, failures) => {
    const computed = eventsWith(formula(), 20)
    const { events } = await longestRun(kind, longestRequest(kind, 20), failures)
    expect(events).toBeLessThanOrEqual(computed)
    // In each Map, a failed workload enters one more state.
    expect(events).toBeGreaterThanOrEqual(computed - 20 * maps * 2)
  })

  test.each([1, batchSize, batchSize + 1, 400])(
    'are below 15,000 for %s workloads with the most retries',
    (workloads) => {
      for (const events of [waiting, most]) expect(eventsWith(events, workloads)).toBeLessThan(mostEvents)
    },
  )

  test('in batches are at most the computed number, in the operation and in each batch', async () => {
    const { events, batches } = await longestRun(kind, longestRequest(kind, 60), mostFailures)
    const ofBatch = eventsOfBatch(mostOften, kind)
    expect(batches).toHaveLength(maps * batchesOf(60))
    expect(events).toBeLessThanOrEqual(eventsWith(most, 60))
    for (const each of batches) expect(each.events).toBeLessThanOrEqual(ofBatch)
    expect(Math.max(...batches.map((each) => each.events))).toBeGreaterThanOrEqual(ofBatch - batchSize * 2)
    // 2,000 evaluations of JSONata with the complete state.
  }, 120_000)
})

test('a setup in one execution is below 15,000 events for the most workloads, also if some are removed', async () => {
  const most = await mostEventsOf('setup')
  // A removed workload has fewer events than one that is set up.
  expect(eventsOfRemovedOne('setup', mostOften)).toBeLessThan(most.each)
  expect(eventsWith(most, batchSize)).toBeLessThan(mostEvents)
}, 120_000)

test.each(['setup', 'plan'] as const)('a %s that replaces 400 workloads is below 15,000 events', async (kind) => {
  const events = eventsWith(await mostEventsOf(kind), 400) + eventsOfRemoval(kind, 400, mostOften)
  expect(events).toBeLessThan(mostEvents)
})

test('a setup of 400 workloads, one of which has the maximum size and makes batches small, is below 15,000 events', async () => {
  const request = longNamedSetup(400)
  const { batches } = await runSetup({ ...request, workloads: [largestWorkload, ...request.workloads.slice(1)] })
  expect(batches.length).toBeGreaterThan((2 * 400) / batchSize)
  const { once, batch } = await mostEventsOf('setup')
  expect(once + (batches.length / 2) * batch).toBeLessThan(mostEvents)
})

describe('the events of a run over all clusters', () => {
  test.each([
    [40, 50, 194],
    [150, 120, 432],
    [1000, 701, 2417],
  ])('for %i clusters are %i without retries, and %i with the most retries', (clusters, ...computed) => {
    expect([never, mostOften].map((repeats) => eventsOfRotation(clusters, repeats))).toEqual(computed)
  })

  test('are below 15,000 for 6,000 clusters with the most retries', () => {
    expect(eventsOfRotation(6000, mostOften)).toBeLessThan(mostEvents)
  })

  test.each([
    ['rotation', { request: { dryRun: false } }],
    ['drifts', { schedule: 'schedule', scheduledTime: 'time' }],
  ])('are below 15,000 for a batch of %s with the longest waits and the most retries', async (_, run) => {
    for (const failures of [noFailures, mostFailures]) {
      const { events } = await longestBatch(clustersOfBatch, run, failures)
      expect(events).toBeGreaterThan(clustersOfBatch * 100)
      expect(events).toBeLessThan(mostEvents)
    }
  })
})
