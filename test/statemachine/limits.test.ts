/**
 * The largest requests that the API takes stay within what Step Functions keeps of a state: 256 KiB.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
import jsonata from 'jsonata'
import { describe, expect, test } from 'vitest'
import { definitionText, runStubbed, workflowNames } from '../support/definitions.ts'
import { largestRequests, longAnswers } from '../support/largest-requests.ts'
import { setupMachine } from '../support/setup-workflow.ts'

const maxStateBytes = 256 * 1024

describe('256 KiB of state', () => {
  test.each(Object.entries(largestRequests))('hold %s', async (_, request) => {
    const run = await runStubbed(setupMachine, request, longAnswers)

    expect(run.status).toBe('SUCCEEDED')
    expect(run.heaviest.bytes).toBeGreaterThan(60 * 1024)
    expect(run.heaviest.bytes, run.heaviest.where).toBeLessThan(maxStateBytes)
  })

  test('hold a request of 400 workloads: the API takes that many', () => {
    expect(largestRequests['as many workloads with the longest names as a cluster takes']?.workloads).toHaveLength(400)
  })
})

/** The subjects of a workflow's messages, for a cluster with the longest name. */
async function longestSubjects(text: string): Promise<unknown[]> {
  const request = { cluster: { name: 'c'.repeat(63) } }
  const states = { context: { Execution: { Input: { request } } }, input: [{ found: { severity: 'security' } }] }
  const subjects = [...text.matchAll(/"Subject":("(?:[^"\\]|\\.)*")/g)].map(([, subject = '']) =>
    String(JSON.parse(subject)),
  )
  return Promise.all(
    subjects.map((subject) =>
      subject.startsWith('{%') ? jsonata(subject.slice(2, -2)).evaluate(undefined, { states }) : subject,
    ),
  )
}

// "Subjects must be UTF-8 text with no line breaks or control characters, and less than 100 characters long":
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
test.each(workflowNames.filter((name) => name !== 'batch'))(
  'the subjects of %s are shorter than 100 characters for the longest name',
  async (workflow) => {
    const subjects = await longestSubjects(definitionText(workflow))
    expect(subjects.length).toBeGreaterThan(0)
    for (const subject of subjects) expect(subject).toMatch(/^Workload identity: [ -~]{1,80}$/)
  },
)
