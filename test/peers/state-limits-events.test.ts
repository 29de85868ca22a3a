/**
 * The longest waits and the most retries of a setup of a hundred workloads stay within what Step Functions keeps of an
 * execution: 25,000 events. https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html
 */
import { describe, expect, test } from 'vitest'
import { errorNamed, runStubbed, type StepStub } from '../support/definitions.ts'
import { largestRequests, longAnswers } from '../support/largest-requests.ts'
import { setupMachine } from '../support/setup-workflow.ts'
import type { WorkflowRun } from '../support/workflow.ts'
import type { State } from '../support/workflow-machine.ts'
import { lambdaTasksOf } from '../support/workflow-parts.ts'

const maxEvents = 25_000

describe('25,000 events', () => {
  const request = largestRequests['a hundred workloads with the longest names']

  /** A setup that is ready at the very last look before each deadline, after so many failures of each call. */
  async function longestSetup(failures: (state: State) => { name: string; times: number }): Promise<WorkflowRun> {
    if (!request) throw new Error('there is no request')
    const failing = stubsFailing(failures)
    const never = await runStubbed(setupMachine, request, failing({ CheckCluster: waiting }), 0.5)
    expect(never.error).toBe('ClusterNotReady')
    // Each run counts its looks from the beginning.
    const late = () => ({
      CheckCluster: readyAfter(observations(never, 'CheckCluster') - 1, Object(longAnswers.CheckCluster)),
    })
    const unissued = await runStubbed(setupMachine, request, failing({ ...late(), ApproveCsr: waiting }), 0.5)
    expect(unissued.error).toBe('CertificateNotIssued')
    const approved = { ...late(), ApproveCsr: readyAfter(observations(unissued, 'ApproveCsr') - 1) }
    return runStubbed(setupMachine, request, failing(approved), 0.5)
  }

  test('hold the longest setup of a hundred workloads', async () => {
    const run = await longestSetup(() => ({ name: 'Never', times: 0 }))

    expect(run.status).toBe('SUCCEEDED')
    expect(run.waits.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(719 * 60)
    expect(run.events).toBeGreaterThan(5_000)
    expect(run.events).toBeLessThan(maxEvents / 2)
  })

  test('hold it when each call fails as often as the retrier with the most attempts allows', async () => {
    const run = await longestSetup(({ Retry = [] }) => {
      const [most] = [...Retry].sort((one, other) => other.MaxAttempts - one.MaxAttempts)
      return { name: most?.ErrorEquals[0] ?? '', times: most?.MaxAttempts ?? 0 }
    })

    console.info(`${run.events} events with the most retries`)
    expect(run.status).toBe('SUCCEEDED')
    expect(run.events).toBeGreaterThan(15_000)
    expect(run.events).toBeLessThan(maxEvents)
  })

  const waiting = { ready: false, reason: 'put the kubeconfig into the secret', events: [] }

  function observations(run: WorkflowRun, state: string): number {
    return run.calls.filter((call) => call.state === state && call.attempt === 0).length
  }

  function readyAfter(times: number, output: object = {}): StepStub {
    let seen = 0
    return () => (seen++ < times ? waiting : { ready: true, ...output })
  }

  /** Each call fails so often before it gives its answer. */
  function stubsFailing(failures: (state: State) => { name: string; times: number }) {
    const states = Object.fromEntries(lambdaTasksOf(setupMachine))
    return (stubs: Readonly<Record<string, StepStub>>): Record<string, StepStub> =>
      Object.fromEntries(
        Object.entries({ ...longAnswers, ...stubs }).map(([name, stub]): [string, StepStub] => {
          const state = states[name]
          const { name: error, times } = state ? failures(state) : { name: '', times: 0 }
          return [
            name,
            (call) => {
              if (call.attempt < times) return errorNamed(error)
              return typeof stub === 'function' ? stub(call) : stub
            },
          ]
        }),
      )
  }
})
