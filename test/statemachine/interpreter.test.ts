/** Compares the interpreter of test/support/workflows/workflow.ts with AWS's documentation. */
import { expect, test } from 'vitest'
import { errorNamed } from '../support/workflows/definitions.ts'
import { type Order, runWorkflow } from '../support/workflows/workflow.ts'
import { type Machine, machine } from '../support/workflows/workflow-machine.ts'

const retrier = { MaxDelaySeconds: 60, BackoffRate: 2 }
const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: {} } as const

/** Runs a task whose calls fail with these errors, one after the other. */
function failing(state: object, errors: readonly string[]) {
  const definition = machine.parse({
    StartAt: 'X',
    States: {
      X: { ...task, ...state, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }], Next: 'Y' },
      Y: { Type: 'Succeed' },
      Z: { Type: 'Succeed' },
    },
  })
  return runWorkflow(definition, {}, ({ attempt }) => {
    const error = errors[attempt]
    if (error !== undefined) throw errorNamed(error)
    return {}
  })
}

test('each retrier has its own counter, as in the example of the developer guide', async () => {
  // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html, "Complex retry scenarios"
  const Retry = [
    { ErrorEquals: ['ErrorA', 'ErrorB'], IntervalSeconds: 1, MaxAttempts: 2, ...retrier },
    { ErrorEquals: ['ErrorC'], IntervalSeconds: 5, MaxAttempts: 3, ...retrier },
  ]
  const { delays, entered } = await failing({ Retry }, ['ErrorA', 'ErrorB', 'ErrorC', 'ErrorB'])
  expect({ delays, entered }).toEqual({ delays: [1, 2, 5], entered: ['X', 'Z'] })
})

test.each(['States.DataLimitExceeded', 'States.Runtime'])('States.ALL does not catch %s', async (error) => {
  const { status, error: ended } = await failing({}, [error])
  expect({ status, error: ended }).toEqual({ status: 'FAILED', error })
})

test('the first failing branch ends the Parallel, in any order of the branches', async () => {
  const branch = (name: string) => ({
    StartAt: name,
    States: { [name]: { Type: 'Wait', Seconds: 1, Next: `${name}Fails` }, [`${name}Fails`]: failState(name) },
  })
  const definition = machine.parse({
    StartAt: 'Both',
    States: { Both: { Type: 'Parallel', Branches: [branch('A'), branch('B')], End: true } },
  })
  const run = (order: Order) => runWorkflow(definition, {}, () => ({}), { order })
  expect(await run({})).toMatchObject({ error: 'A', entered: ['Both', 'A', 'AFails'] })
  expect(await run({ Both: [1, 0] })).toMatchObject({ error: 'B', entered: ['Both', 'B', 'BFails'] })
})

test('branches and items begin at the same time', async () => {
  const slow: Machine = { StartAt: 'Slow', States: { Slow: { Type: 'Wait', Seconds: 5, Next: 'Time' }, Time: time() } }
  const definition = machine.parse({
    StartAt: 'Items',
    States: {
      Items: { Type: 'Map', Items: '{% [1, 2] %}', ItemProcessor: slow, Next: 'Both' },
      Both: { Type: 'Parallel', Branches: [slow, slow], Next: 'After' },
      After: { Type: 'Pass', Output: ['{% $states.input %}', '{% $states.context.State.EnteredTime %}'], End: true },
    },
  })
  const { output } = await runWorkflow(definition, {}, () => ({}))
  const after = '2026-11-25T12:00:10.000Z'
  expect(output).toEqual([[after, after], after])
})

test('a Choice with Assign outside of its rules is refused, because engines differ on it', () => {
  const choice = { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Y' }], Default: 'Y', Assign: { a: 1 } }
  const parsed = machine.safeParse({ StartAt: 'X', States: { X: choice, Y: { Type: 'Succeed' } } })
  expect(parsed.error?.issues).toMatchObject([{ path: ['States', 'X'], message: 'only rules of a Choice assign' }])
})

function failState(name: string) {
  return { Type: 'Fail', Error: name, Cause: '' }
}

function time(): Machine['States'][string] {
  return { Type: 'Pass', Output: '{% $states.context.State.EnteredTime %}' }
}
