/** Times and numbers of the state machines, held apart from the files that set them: nothing else notices a slip. */
import { expect, test } from 'vitest'
import { definitionOf } from '../../infra/definition/definition.ts'
import { definition, workflowNames } from '../support/definitions.ts'
import { lambdaTasksOf, statesOf } from '../support/workflow-parts.ts'

const budgets = {
  // The longest wait for a cluster is 720 minutes; the webhook and the workloads get the rest.
  setup: { seconds: 50_400, atOnce: { CreateRoles: 20, VerifyWorkloads: 20, RemoveWorkloads: 20 } },
  teardown: { seconds: 14_400, atOnce: { Workloads: 20 } },
  compare: { seconds: 3600, atOnce: { CreateRoles: 20, RemoveWorkloads: 20 } },
  verify: { seconds: 3600, atOnce: { VerifyWorkloads: 20 } },
  // 150 clusters, ten at a time, each with ten minutes for its verification and two for its certificate.
  'rotate-thumbprints': { seconds: 20_000, atOnce: { RotateClusters: 10 } },
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
