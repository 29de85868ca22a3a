/**
 * The largest requests that the API accepts stay within the size limit of a state in Step Functions: 256 KiB.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
import { describe, expect, test } from 'vitest'
import { largestRequests, longAnswers } from '../support/api/largest-requests.ts'
import { runStubbed } from '../support/workflows/definitions.ts'
import { setupMachine } from '../support/workflows/setup-workflow.ts'

const maxStateBytes = 256 * 1024

describe('256 KiB of state', () => {
  test.each(Object.entries(largestRequests))('are enough for %s', async (_, request) => {
    const run = await runStubbed(setupMachine, request, longAnswers)

    expect(run.status).toBe('SUCCEEDED')
    expect(run.heaviest.bytes).toBeGreaterThan(60 * 1024)
    expect(run.heaviest.bytes, run.heaviest.where).toBeLessThan(maxStateBytes)
  })

  test('are enough for 400 workloads, the limit of the API', () => {
    expect(largestRequests['as many workloads with the longest names as a cluster takes']?.workloads).toHaveLength(400)
  })
})
