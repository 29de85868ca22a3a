/** What operations do while the agent of their cluster does not answer. */
import { expect, test } from 'vitest'
import { exampleRequest } from '../support/api/requests.ts'
import { definition, errorNamed, type StepStub } from '../support/workflows/definitions.ts'
import { runSetup } from '../support/workflows/setup-workflow.ts'
import type { State } from '../support/workflows/workflow-machine.ts'
import { lambdaTasksOf } from '../support/workflows/workflow-parts.ts'

const away = 'AgentNotResponding'
/** lambdas/agent/relay.ts */
const secondsOfAttempt = 40

/** The time until the step fails. */
function secondsUntilFailure({ Retry = [] }: State): number {
  const [retrier] = Retry.filter(({ ErrorEquals }) => ErrorEquals.includes(away))
  if (!retrier) throw new Error('no retrier')
  expect(retrier.JitterStrategy).toBe('NONE')
  const { MaxAttempts, IntervalSeconds = 0, BackoffRate = 0, MaxDelaySeconds = 0 } = retrier
  const delays = Array.from({ length: MaxAttempts }, (_, n) =>
    Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** n),
  )
  return (1 + MaxAttempts) * secondsOfAttempt + delays.reduce((all, one) => all + one, 0)
}

test.each(['setup', 'verify', 'clusters'] as const)('each step of %s tries for twelve minutes', (name) => {
  for (const [state, task] of lambdaTasksOf(definition(name))) {
    expect(secondsUntilFailure(task), state).toBeGreaterThanOrEqual(720)
  }
})

test.each(['UnbindKsa', 'RemoveWebhook', 'ObserveCluster'])(
  'the step %s of a teardown tries for five minutes, because the cluster may not exist any more',
  (name) => {
    const [, task] = lambdaTasksOf(definition('teardown')).find(([state]) => state === name) ?? []
    expect(task && secondsUntilFailure(task)).toBeLessThan(360)
  },
)

test('a setup whose agent answers at the last attempt of a step succeeds', async () => {
  const late: StepStub = ({ attempt }) => (attempt < 12 ? errorNamed(away) : { ready: true })
  expect(await runSetup(exampleRequest('existing-cluster'), { BindKsa: late })).toMatchObject({ status: 'SUCCEEDED' })
  const never = await runSetup(exampleRequest('existing-cluster'), { BindKsa: errorNamed(away) })
  expect(never).toMatchObject({ status: 'FAILED' })
})
