/** Runs that take as long as they may: ready at the last look before each deadline, or never, and each call repeated as often as it may be. */
import { workflows } from '../../../infra/workflows.ts'
import { longAnswers, longFound } from '../api/largest-requests.ts'
import type { WideKind } from '../api/wide-requests.ts'
import { definition, errorNamed, runStubbed, type StepStub, type StubbedRun } from './definitions.ts'
import { setupMachine } from './setup-workflow.ts'
import type { Machine, State } from './workflow-machine.ts'
import { lambdaTasksOf } from './workflow-parts.ts'

/** So often each call of a step fails, with this error, before it gives its answer. */
export interface Failures {
  readonly name: string
  readonly times: number
}

/** What jitter makes of a delay on average. */
export const jitter = 0.5
export const waiting = { ready: false, reason: 'put the kubeconfig into the secret', events: [] }

export function noFailures(): Failures {
  return { name: 'Never', times: 0 }
}

/** As often as the retrier with the most attempts allows. */
export function mostFailures({ Retry = [] }: State): Failures {
  const [most] = [...Retry].sort((one, other) => other.MaxAttempts - one.MaxAttempts)
  return { name: most?.ErrorEquals[0] ?? '', times: most?.MaxAttempts ?? 0 }
}

/** A run of this kind, with these answers of steps in place of those of a run that goes well. */
export function longestRun(
  kind: WideKind,
  request: object,
  failures: (state: State) => Failures,
  answers: Readonly<Record<string, StepStub>> = {},
): Promise<StubbedRun> {
  if (kind === 'setup') return longestSetup(request, failures, answers)
  const machine = definition(workflows[kind])
  // A teardown goes on when these are not gone by their deadlines.
  const late = kind === 'teardown' ? { RemoveWebhook: waiting, DeleteCluster: waiting } : {}
  const stubs = failing(machine, failures, { ...longAnswers, ...late, ...answers })
  return runStubbed(machine, request, stubs, jitter)
}

/**
 * A setup that is ready at the very last look before each deadline.
 *
 * @throws {Error} when the setup that never gets ready does not end at the deadline
 */
async function longestSetup(
  request: object,
  failures: (state: State) => Failures,
  answers: Readonly<Record<string, StepStub>>,
): Promise<StubbedRun> {
  const run = (stubs: Readonly<Record<string, StepStub>>) =>
    runStubbed(setupMachine, request, failing(setupMachine, failures, { ...longAnswers, ...answers, ...stubs }), jitter)
  const looksUntil = async (error: string, state: string, stubs: Readonly<Record<string, StepStub>>) => {
    const never = await run({ ...stubs, [state]: waiting })
    if (never.error !== error) throw new Error(`the setup has ended with ${never.error}, and not with ${error}`)
    return never.calls.filter((call) => call.state === state && call.attempt === 0).length
  }
  const cluster = await looksUntil('ClusterNotReady', 'CheckCluster', {})
  // Each run counts its looks from the beginning.
  const late = () => ({ CheckCluster: readyAfter(cluster - 1, longFound) })
  const certificate = await looksUntil('CertificateNotIssued', 'ApproveCsr', late())
  return run({ ...late(), ApproveCsr: readyAfter(certificate - 1) })
}

/** A step that is ready after so many looks. */
export function readyAfter(times: number, output: object = {}): StepStub {
  let seen = 0
  return () => (seen++ < times ? waiting : { ready: true, ...output })
}

/** These answers, and the failures before them. */
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
