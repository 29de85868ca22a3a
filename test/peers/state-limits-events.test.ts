/**
 * A setup of 400 workloads with the longest waits and the most retries stays far below the 25,000 events that Step Functions
 * allows an execution. https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html
 */
import { describe, expect, test } from 'vitest'
import { longNamedSetup } from '../support/api/largest-requests.ts'
import { longestRun, mostFailures, noFailures } from '../support/workflows/longest-runs.ts'
import { mostEvents } from '../support/workflows/workflow-sizes.ts'

describe('15,000 events suffice', () => {
  const request = longNamedSetup(400)

  test('for the longest setup of 400 workloads', async () => {
    const run = await longestRun('setup', request, noFailures)

    expect(run.status).toBe('SUCCEEDED')
    expect(run.waits.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(719 * 60)
    expect(run.events).toBeGreaterThan(5_000)
    expect(run.events).toBeLessThan(mostEvents / 2)
  })

  test('for it and each of its batches, when each call fails as often as the retrier with the most attempts allows', async () => {
    const run = await longestRun('setup', request, mostFailures)

    const most = Math.max(...run.batches.map(({ events }) => events))
    console.info(`${run.events} events with the most retries, ${most} of a batch`)
    expect(run.status).toBe('SUCCEEDED')
    expect(run.events).toBeGreaterThan(8_000)
    expect(most).toBeGreaterThan(3_000)
    expect(Math.max(run.events, most)).toBeLessThan(mostEvents)
  })
})
