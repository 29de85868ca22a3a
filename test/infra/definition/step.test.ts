import jsonata from 'jsonata'
import { describe, expect, test } from 'vitest'
import { bareExpression, placeholder } from '../../../infra/definition/asl.ts'
import type { Step } from '../../../infra/definition/source.ts'
import { aslMachine } from '../../../infra/definition/states.ts'
import type { Steps } from '../../../infra/definition/step.ts'
import { decodeFailure } from '../../../lambdas/errors/failure-codec.ts'

const notReady = { error: 'ItNotReady', what: "it isn't ready", action: 'Wait' }
const steps = new Map([['Look', { timeoutSeconds: 60, notReady }]])

describe('a step', () => {
  test('is a task that invokes the function of that name, with a time-out ten seconds longer than that of the function', () => {
    expect(expanded({ Input: { name: '$name' } }).Look).toMatchObject({
      Type: 'Task',
      Arguments: {
        FunctionName: placeholder('LookFunctionArn'),
        Payload: expect.stringContaining("'input': {'name': $name}}"),
      },
      TimeoutSeconds: 70,
    })
  })

  test('without a function is refused', () => {
    expect(() => expanded({ Input: {} }, new Map())).toThrow('there is no function of the step Look')
  })

  test('is retried by the standard policy, or by the one that it names', () => {
    const attempts = (states: ReturnType<typeof expanded>) => retriersOf(states.Look).map((each) => each.MaxAttempts)
    expect(attempts(expanded({ Input: {} }))).toEqual([6, 12, 6, 2, 6, 12])
    expect(attempts(expanded({ Input: {}, Retry: 'observation' }))).toEqual([6, 12, 6, 2, 2, 2])
    expect(() => expanded({ Input: {}, Retry: 'forever' })).toThrow('has no policy forever')
  })

  test('inherits the defaults of the enclosing machines, unless it overrides them', () => {
    const machine = { Defaults: { Item: '$item' }, StartAt: 'Look', States: { Look: { ...step, Cluster: '$own' } } }
    const { States } = aslMachine(machine, { defaults: { Cluster: '$cluster', DryRun: '$dry' }, steps })
    const { Payload } = Object(States.Look).Arguments
    expect(Payload).toContain("'cluster': $own, ")
    expect(Payload).toContain("'item': $item, ")
    expect(Payload).toContain("'dryRun': $dry, ")
  })
})

describe('a step that may not be ready', () => {
  const Wait = { State: 'WaitForIt', FirstSeconds: 5, MaxSeconds: 60 }
  const Poll = { Of: 'it', Choice: 'ItReady', Wait, NotReady: 'ItNotReady' }
  const polled = (poll: Step['Poll']) =>
    expanded({ Cluster: '$cluster', Input: {}, Poll: poll, Assign: { more: 1 }, Next: 'Done' })

  test('is called again until it is ready or the deadline has passed', () => {
    expect(polled(Poll)).toMatchObject({
      Look: {
        Assign: { itObservation: '{% $states.result.Payload %}', itPolls: '{% $itPolls + 1 %}', more: 1 },
        Next: 'ItReady',
      },
      ItReady: {
        Choices: [{ Condition: '{% $itObservation.ready %}', Next: 'Done' }, { Next: 'ItNotReady' }],
        Default: 'WaitForIt',
      },
      WaitForIt: { Seconds: expect.stringContaining('$min([60, $floor(5 * '), Next: 'Look' },
      ItNotReady: { Type: 'Fail', Error: 'ItNotReady' },
    })
  })

  test('fails after one call if the poll has no wait', () => {
    const { Wait: _, ...once } = Poll
    const states = polled(once)
    expect(states).toMatchObject({
      Look: { Assign: { itObservation: '{% $states.result.Payload %}', more: 1 }, Next: 'ItReady' },
      ItReady: { Choices: [{ Condition: '{% $itObservation.ready %}', Next: 'Done' }], Default: 'ItNotReady' },
    })
    expect(Object.keys(states)).toEqual(['Look', 'ItReady', 'ItNotReady'])
  })

  test.each([
    ['with its deadline', Poll, "it isn't ready by the deadline: no answer"],
    ['without a deadline when it is called once', { ...Poll, Wait: undefined }, "it isn't ready: no answer"],
  ])('names in its failure the condition that it waited for, %s', async (_, { Wait, ...poll }, reason) => {
    const cause = bareExpression(Object(polled(Wait ? { ...poll, Wait } : poll).ItNotReady).Cause)
    const bindings = { cluster: 'prod-eu', itObservation: { reason: 'no answer' } }
    const failure: unknown = await jsonata(cause ?? '').evaluate({}, bindings)
    expect(decodeFailure({ error: 'ItNotReady', cause: String(failure) })).toEqual({
      name: 'ItNotReady',
      step: 'Look',
      object: 'cluster prod-eu',
      reason,
      action: 'Wait',
    })
  })

  test('assigns its failure to the variables of the poll', async () => {
    const NotReady = { Assign: { failed: true, failure: '{% [$notReady.Error] %}' }, Next: 'Clean' }
    const [, late] = Object(polled({ ...Poll, NotReady }).ItReady).Choices
    expect(late).toMatchObject({ Assign: { failed: true }, Next: 'Clean' })
    const bindings = { cluster: 'prod-eu', itObservation: { reason: 'no answer' } }
    expect(await jsonata(bareExpression(late.Assign.failure) ?? '').evaluate({}, bindings)).toEqual(['ItNotReady'])
  })

  test('is refused if its description has no failure text, or the step no cluster', () => {
    expect(() => expanded({ Input: {}, Poll, Next: 'Done' })).toThrow('Look is polled: it needs a Cluster')
    const silent = new Map([['Look', { timeoutSeconds: 60 }]])
    expect(() => expanded({ Cluster: '$c', Input: {}, Poll }, silent)).toThrow('its description needs notReady')
  })

  test('needs no failure text if the workflow continues after the deadline', () => {
    const silent = new Map([['Look', { timeoutSeconds: 60 }]])
    const fields = { Cluster: '$c', Input: {}, Poll: { ...Poll, Wait, NotReady: { Next: 'Clean' } }, Next: 'Done' }
    const [, late] = Object(expanded(fields, silent).ItReady).Choices
    expect(late).toEqual({ Condition: expect.any(String), Next: 'Clean' })
  })
})

describe('a failure after which a workflow continues', () => {
  const Catch = [{ ErrorEquals: ['States.ALL'], Assign: { failures: '{% [$caught] %}' }, Next: 'Done' }]
  const cause = 'c'.repeat(5000)
  const caughtIn = async (fields: Partial<Step>, round?: object) => {
    const [catcher] = Object(expanded({ Input: {}, Catch, ...fields }).Look).Catch
    const states = { context: { State: { Name: 'Look' }, Map: round }, errorOutput: { Error: 'Refused', Cause: cause } }
    return jsonata(bareExpression(catcher.Assign.failures) ?? '').evaluate({}, { states, item: 'apps/reader' })
  }

  test('contains the state, the error, and the first 4000 characters of the cause', async () => {
    expect(await caughtIn({})).toEqual([{ state: 'Look', error: 'Refused', cause: cause.slice(0, 4000) }])
  })

  test('contains the item, and only 200 characters of the cause after the first five items', async () => {
    const round = (Index: number) => caughtIn({ Item: '$item' }, { Item: { Index } })
    const failure = { state: 'Look', item: 'apps/reader', error: 'Refused' }
    expect(await round(4)).toEqual([{ ...failure, cause: cause.slice(0, 4000) }])
    expect(await round(5)).toEqual([{ ...failure, cause: cause.slice(0, 200) }])
  })

  test('of a poll contains the state and the condition that it waited for', async () => {
    const NotReady = { Assign: { failures: '{% [$caught] %}' }, Next: 'Done' }
    const Poll = {
      Of: 'it',
      Choice: 'ItReady',
      Wait: { State: 'WaitForIt', FirstSeconds: 5, MaxSeconds: 60 },
      NotReady,
    }
    const [, late] = Object(expanded({ Cluster: '$cluster', Input: {}, Poll, Next: 'Done' }).ItReady).Choices
    const bindings = { cluster: 'prod-eu', itObservation: { reason: 'no answer' } }
    expect(await jsonata(bareExpression(late.Assign.failures) ?? '').evaluate({}, bindings)).toEqual([
      { state: 'Look', error: 'ItNotReady', cause: expect.stringContaining('no answer') },
    ])
  })
})

const step: Step = { Type: 'Step', Input: {}, End: true }

function expanded(fields: Omit<Step, 'Type'>, functions: Steps = steps) {
  const machine = { StartAt: 'Look', States: { Look: { Type: 'Step' as const, ...fields } } }
  return aslMachine(machine, { defaults: {}, steps: functions }).States
}

function retriersOf(state: object | undefined): { MaxAttempts: number }[] {
  return Object(state).Retry
}
