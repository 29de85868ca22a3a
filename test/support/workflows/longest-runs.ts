/** The longest runs: steps are ready at the last attempt before each deadline, or never, and each call is retried as often as possible. */
import { workflows } from '../../../infra/workflows.ts'
import { longAnswers, longFound } from '../api/largest-requests.ts'
import type { WideKind } from '../api/wide-requests.ts'
import { definition, errorNamed, runStubbed, type StepStub, type StubbedRun } from './definitions.ts'
import { setupMachine } from './setup-workflow.ts'
import type { Machine, State } from './workflow-machine.ts'
import { lambdaTasksOf } from './workflow-parts.ts'

/** The number of failures of each call of a step before its answer, and their error. */
export interface Failures {
  readonly name: string
  readonly times: number
}

/** The average factor by which jitter shortens a delay. */
export const jitter = 0.5
export const waiting = { ready: false, reason: 'put the kubeconfig into the secret', events: [] }

export function noFailures(): Failures {
  return { name: 'Never', times: 0 }
}

/** The failures that the retrier with the most attempts retries. */
export function mostFailures({ Retry = [] }: State): Failures {
  const [most] = [...Retry].sort((one, other) => other.MaxAttempts - one.MaxAttempts)
  return { name: most?.ErrorEquals[0] ?? '', times: most?.MaxAttempts ?? 0 }
}

/** A run of this kind. `answers` replaces some of the answers of a successful run. */
export function longestRun(
  kind: WideKind,
  request: object,
  failures: (state: State) => Failures,
  answers: Readonly<Record<string, StepStub>> = {},
): Promise<StubbedRun> {
  if (kind === 'setup') return longestSetup(request, failures, answers)
  const machine = definition(workflows[kind])
  // A teardown continues after these deadlines.
  const late = kind === 'teardown' ? { RemoveWebhook: waiting, DeleteCluster: waiting } : {}
  const stubs = failing(machine, failures, { ...longAnswers, ...late, ...answers })
  return runStubbed(machine, request, stubs, jitter)
}

/**
 * A setup whose steps are ready at the last attempt before each deadline.
 *
 * @throws {Error} when a setup that never becomes ready does not fail at the deadline
 */
async function longestSetup(
  request: object,
  failures: (state: State) => Failures,
  answers: Readonly<Record<string, StepStub>>,
): Promise<StubbedRun> {
  const run = (stubs: Readonly<Record<string, StepStub>>) =>
    runStubbed(setupMachine, request, failing(setupMachine, failures, { ...longAnswers, ...answers, ...stubs }), jitter)
  const attemptsUntil = async (error: string, state: string, stubs: Readonly<Record<string, StepStub>>) => {
    const never = await run({ ...stubs, [state]: waiting })
    if (never.error !== error) throw new Error(`the setup ended with ${never.error} instead of ${error}`)
    return never.calls.filter((call) => call.state === state && call.attempt === 0).length
  }
  const cluster = await attemptsUntil('ClusterNotReady', 'CheckCluster', {})
  // Each run needs a new counter.
  const late = () => ({ CheckCluster: readyAfter(cluster - 1, longFound) })
  const certificate = await attemptsUntil('CertificateNotIssued', 'ApproveCsr', late())
  return run({ ...late(), ApproveCsr: readyAfter(certificate - 1) })
}

/** A step that is ready after `times` attempts. */
export function readyAfter(times: number, output: object = {}): StepStub {
  let seen = 0
  return () => (seen++ < times ? waiting : { ready: true, ...output })
}

/** These answers, each after its failures. */
export function failing(
  machine: Machine,
  failures: (state: State) => Failures,
  stubs: Readonly<Record<string, StepStub>>,
): Record<string, StepStub> {
  const states = Object.fromEntries(lambdaTasksOf(machine))
  return Object.fromEntries(
    Object.entries(stubs).map(([name, stub]): [string, StepStub] => {
      const state = states[name]
      const { name: error, times } = state ? failures(state) : noFailures()
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
