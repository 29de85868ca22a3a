/** Times and numbers of the state machines, held apart from the files that set them: nothing else notices a slip. */
import { beforeAll, describe, expect, test } from 'vitest'
import { batchesOf, batchSize } from '../../infra/cost/runs.ts'
import { definitionOf } from '../../infra/definition/definition.ts'
import { batchSize as clustersOfBatch } from '../../lambdas/workflows/rotation/rotation.ts'
import { eventsOfRotation, longestBatch } from '../support/cluster-sizes.ts'
import { definition, workflowNames } from '../support/definitions.ts'
import { mostOften, never } from '../support/item-events.ts'
import { largestWorkload, longNamedSetup } from '../support/largest-requests.ts'
import { longestSetup, mostFailures, noFailures } from '../support/longest-setup.ts'
import {
  type Events,
  eventsInBatches,
  eventsOfBatch,
  eventsOfRemoval,
  eventsOfRemovedOne,
  eventsWith,
  mostEvents,
  mostEventsOfSetup,
  waitingEvents,
  workloadsWithin,
} from '../support/setup-sizes.ts'
import { runSetup } from '../support/setup-workflow.ts'
import { lambdaTasksOf, statesOf } from '../support/workflow-parts.ts'

const budgets = {
  // The longest wait for a cluster is 720 minutes; the webhook and the workloads get the rest.
  setup: {
    seconds: 50_400,
    // Batches follow each other, so that no more workloads are set up at once than in one execution.
    atOnce: {
      ...{ RoleBatches: 1, CreateRoles: 20 },
      ...{ ProofBatches: 1, VerifyWorkloads: 20 },
      ...{ RemovalBatches: 1, RemoveWorkloads: 20 },
    },
  },
  batch: { seconds: 14_400, atOnce: { CreateRoles: 20, VerifyWorkloads: 20, RemoveWorkloads: 20 } },
  teardown: { seconds: 14_400, atOnce: { Workloads: 20 } },
  compare: { seconds: 3600, atOnce: { CreateRoles: 20, RemoveWorkloads: 20 } },
  verify: { seconds: 3600, atOnce: { VerifyWorkloads: 20 } },
  // Ten clusters at a time: a thousand that take a minute each are done in two hours.
  'rotate-thumbprints': { seconds: 86_400, atOnce: { ClusterBatches: 2 } },
  drifts: { seconds: 86_400, atOnce: { ClusterBatches: 2 } },
  // Fifteen clusters, five at a time, each with ten minutes for its keys and its verification and two for its certificate.
  clusters: { seconds: 14_400, atOnce: { Clusters: 5 } },
  'signing-keys': { seconds: 3600, atOnce: {} },
} as const

test.each(workflowNames)('%s has its time, and does so many things at once', (name) => {
  const { seconds, atOnce } = budgets[name]
  const maps = statesOf(definition(name)).filter(([, { Type }]) => Type === 'Map')
  expect(definitionOf(name).TimeoutSeconds).toBe(seconds)
  expect(Object.fromEntries(maps.map(([state, { MaxConcurrency }]) => [state, MaxConcurrency]))).toEqual(atOnce)
})

test.each(workflowNames)(
  '%s calls a function thirteen times while Lambda throttles it: an account may have a concurrency of ten',
  (name) => {
    const calls = lambdaTasksOf(definition(name))
    expect(calls.length).toBeGreaterThan(0)
    for (const [state, { Retry = [] }] of calls) {
      const retriers = Retry.filter(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'))
      expect(retriers, state).toMatchObject([{ MaxAttempts: 12, JitterStrategy: 'FULL' }])
    }
  },
)

describe('the events of a setup', () => {
  let waiting: Events
  let most: Events
  beforeAll(async () => {
    waiting = await waitingEvents()
    most = await mostEventsOfSetup()
  })

  test.each([
    ['as long as it may last', () => waiting, noFailures],
    ['as long as it may last, and whose calls fail as often as they may,', () => most, mostFailures],
  ])('that lasts %s are at most those that are computed from its definition', async (_, formula, failures) => {
    const computed = eventsWith(formula(), 20)
    const { events } = await longestSetup(longNamedSetup(20), failures)
    expect(events).toBeLessThanOrEqual(computed)
    // In each of two Maps, a workload that fails enters one state more.
    expect(events).toBeGreaterThanOrEqual(computed - 20 * 2 * 2)
  })

  test('would be below 15,000 for 405 workloads in one execution, while no call fails', () => {
    expect(workloadsWithin(mostEvents, waiting)).toBe(405)
  })

  test('are below 15,000 for 41 workloads in one execution, when each call fails as often as it may', () => {
    expect(workloadsWithin(mostEvents, most)).toBe(41)
  })

  test('are below 15,000 for 400 workloads in batches, when each call fails as often as it may', () => {
    expect(eventsInBatches(most, batchesOf(400), mostOften)).toBeLessThan(mostEvents)
    expect(eventsOfBatch(mostOften)).toBeLessThan(mostEvents)
    expect(batchSize).toBeLessThanOrEqual(workloadsWithin(mostEvents, most))
  })

  test('are below 15,000 for 400 workloads of which one is as large as it may be, so that batches are small', async () => {
    const request = longNamedSetup(400)
    const { batches } = await runSetup({ ...request, workloads: [largestWorkload, ...request.workloads.slice(1)] })
    expect(batches.length).toBeGreaterThan((2 * 400) / batchSize)
    expect(eventsInBatches(most, batches.length / 2, mostOften)).toBeLessThan(mostEvents)
  })

  test('are below 15,000 when 400 workloads take the place of 400 others', () => {
    const events = eventsInBatches(most, batchesOf(400), mostOften) + eventsOfRemoval(batchesOf(400), mostOften)
    expect(events).toBeLessThan(mostEvents)
  })

  test('are below 15,000 for as many workloads, some of them removed, as one execution does', () => {
    // The most events of a removed one are fewer than those of one that is set up.
    expect(eventsOfRemovedOne(mostOften)).toBeLessThan(most.each)
    expect(eventsWith(most, batchSize)).toBeLessThan(mostEvents)
  })

  test('are at most those that are computed for batches, and each batch has no more than one', async () => {
    const { events, batches } = await longestSetup(longNamedSetup(60), mostFailures)
    const ofBatch = eventsOfBatch(mostOften)
    expect(batches).toHaveLength(2 * batchesOf(60))
    expect(events).toBeLessThanOrEqual(eventsInBatches(most, batchesOf(60), mostOften))
    for (const each of batches) expect(each.events).toBeLessThanOrEqual(ofBatch)
    // A workload that fails enters one state more, and so does one that is removed.
    expect(Math.max(...batches.map((each) => each.events))).toBeGreaterThanOrEqual(ofBatch - batchSize * 2 * 2)
    // 2,000 evaluations of JSONata with the whole state.
  }, 120_000)
})

describe('the events of a run over all clusters', () => {
  test.each([
    [40, 50, 194],
    [150, 120, 432],
    [1000, 701, 2417],
  ])(
    'are those of %i clusters: %i while no call fails, and %i when each fails as often as it may',
    (clusters, ...computed) => {
      expect([never, mostOften].map((repeats) => eventsOfRotation(clusters, repeats))).toEqual(computed)
    },
  )

  test('are below 15,000 for 6,000 clusters, when each call fails as often as it may', () => {
    expect(eventsOfRotation(6000, mostOften)).toBeLessThan(mostEvents)
  })

  test.each([
    ['rotation', { request: { dryRun: false } }],
    ['drifts', { schedule: 'schedule', scheduledTime: 'time' }],
  ])(
    'are below 15,000 for a batch of a %s whose clusters are ready at each deadline, and when each call fails as often as it may',
    async (_, run) => {
      for (const failures of [noFailures, mostFailures]) {
        const { events } = await longestBatch(clustersOfBatch, run, failures)
        expect(events).toBeGreaterThan(clustersOfBatch * 100)
        expect(events).toBeLessThan(mostEvents)
      }
    },
  )
})
