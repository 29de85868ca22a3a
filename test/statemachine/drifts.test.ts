/** Scheduled drifts of all clusters. rotate-thumbprints.test.ts tests what they share with rotations. */
import { expect, test } from 'vitest'
import { batchesOf } from '../../lambdas/workflows/rotation/rotation.ts'
import {
  definition,
  errorNamed,
  runWithInput,
  type StepStub,
  type StubbedRun,
} from '../support/workflows/definitions.ts'
import { payloadOf, payloadsOf, stepInput } from '../support/workflows/workflow-parts.ts'

const event = { schedule: 'arn:schedule', scheduledTime: '2026-11-25T04:00:00Z' }
const clusters = Array.from({ length: 20 }, (_, index) => `c${index}`)
const batches = batchesOf(clusters)

const run = (CompareCluster: StepStub) =>
  runWithInput(definition('drifts'), event, { FindClusters: { ready: true, batches }, CompareCluster })

const secondsOf = ({ batches }: StubbedRun) =>
  batches.flatMap(({ waits }) => waits).reduce((sum, each) => sum + each, 0)
const waiting = { ready: false, reason: 'the drift is running', events: [] }

test('each cluster is compared once, for the scheduled time, by no other step', async () => {
  const { status, calls } = await run({ ready: true })
  expect(status).toBe('SUCCEEDED')
  expect(new Set(calls.map(({ state }) => state))).toEqual(new Set(['FindClusters', 'CompareCluster']))
  expect(payloadsOf(calls, 'FindClusters').map(({ input }) => input)).toEqual([{ oldestBy: 'comparedAt' }])
  const compared = payloadsOf(calls, 'CompareCluster')
  expect(compared.map(({ cluster }) => cluster)).toEqual(clusters)
  for (const { input } of compared) {
    expect(input).toEqual(event)
    expect(stepInput('CompareCluster').safeParse(input).error).toBeUndefined()
  }
})

test('the run waits at most ten minutes for a cluster that is locked, or whose drift runs, and then skips it', async () => {
  const { status, calls, ...ended } = await run((call) =>
    payloadOf(call).cluster === 'c3' ? waiting : { ready: true },
  )
  expect(status).toBe('SUCCEEDED')
  expect(secondsOf({ status, calls, ...ended })).toBe(600)
  expect(new Set(payloadsOf(calls, 'CompareCluster').map(({ cluster }) => cluster))).toEqual(new Set(clusters))
})

test('a cluster whose drift cannot be started fails the run after all others, and is named', async () => {
  const { status, error, cause, calls } = await run((call) =>
    payloadOf(call).cluster === 'c3' ? errorNamed('AccessDenied') : { ready: true },
  )
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'ClustersFailed' })
  expect(cause).toMatch(/^clusters that were not compared: 1, such as .*c3.*AccessDenied/)
  expect(payloadsOf(calls, 'CompareCluster')).toHaveLength(clusters.length)
})
