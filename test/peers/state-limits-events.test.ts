/**
 * The longest waits and the most retries of a setup of a hundred workloads stay within what Step Functions keeps of an
 * execution: 25,000 events. https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html
 */
import { describe, expect, test } from 'vitest'
import { largestRequests } from '../support/largest-requests.ts'
import { longestSetup, mostFailures, noFailures } from '../support/longest-setup.ts'

const maxEvents = 25_000

describe('25,000 events', () => {
  const request = largestRequests['a hundred workloads with the longest names']
  if (!request) throw new Error('there is no request')

  test('hold the longest setup of a hundred workloads', async () => {
    const run = await longestSetup(request, noFailures)

    expect(run.status).toBe('SUCCEEDED')
    expect(run.waits.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(719 * 60)
    expect(run.events).toBeGreaterThan(5_000)
    expect(run.events).toBeLessThan(maxEvents / 2)
  })

  test('hold it when each call fails as often as the retrier with the most attempts allows', async () => {
    const run = await longestSetup(request, mostFailures)

    console.info(`${run.events} events with the most retries`)
    expect(run.status).toBe('SUCCEEDED')
    expect(run.events).toBeGreaterThan(15_000)
    expect(run.events).toBeLessThan(maxEvents)
  })
})
