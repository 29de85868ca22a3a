import { describe, expect, test } from 'vitest'
import { placeholder } from '../../../infra/definition/asl.ts'
import type { Step } from '../../../infra/definition/source.ts'
import { aslMachine } from '../../../infra/definition/states.ts'

const steps = new Map([['Look', { timeoutSeconds: 60 }]])

describe('a step', () => {
  test('is a task that invokes the function of its name and waits ten seconds longer than it', () => {
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

  test('is tried again by the standard policy, or by the one that it names', () => {
    const attempts = (states: ReturnType<typeof expanded>) => retriersOf(states.Look).map((each) => each.MaxAttempts)
    expect(attempts(expanded({ Input: {} }))).toEqual([6, 2, 6])
    expect(attempts(expanded({ Input: {}, Retry: 'observation' }))).toEqual([6, 2, 2])
    expect(() => expanded({ Input: {}, Retry: 'forever' })).toThrow('has no policy forever')
  })

  test('is told what the machines around it tell all steps, unless it says otherwise', () => {
    const machine = { Defaults: { Item: '$item' }, StartAt: 'Look', States: { Look: { ...step, Cluster: '$own' } } }
    const { States } = aslMachine(machine, { defaults: { Cluster: '$cluster', DryRun: '$dry' }, steps })
    const { Payload } = Object(States.Look).Arguments
    expect(Payload).toContain("'cluster': $own, ")
    expect(Payload).toContain("'item': $item, ")
    expect(Payload).toContain("'dryRun': $dry, ")
  })
})

test('a polled step is called again until it is ready or the deadline has passed', () => {
  const Wait = { State: 'WaitForIt', FirstSeconds: 5, MaxSeconds: 60 }
  const states = expanded({
    Input: {},
    Poll: { Of: 'it', Choice: 'ItReady', Wait, Late: 'ItLate' },
    Assign: { more: 1 },
    Next: 'Done',
  })
  expect(states).toMatchObject({
    Look: {
      Assign: { itObservation: '{% $states.result.Payload %}', itPolls: '{% $itPolls + 1 %}', more: 1 },
      Next: 'ItReady',
    },
    ItReady: {
      Choices: [{ Condition: '{% $itObservation.ready %}', Next: 'Done' }, { Next: 'ItLate' }],
      Default: 'WaitForIt',
    },
    WaitForIt: { Seconds: expect.stringContaining('$min([60, 5 * '), Next: 'Look' },
  })
})

const step: Step = { Type: 'Step', Input: {}, End: true }

function expanded(fields: Omit<Step, 'Type'>, functions = steps) {
  const machine = { StartAt: 'Look', States: { Look: { Type: 'Step' as const, ...fields } } }
  return aslMachine(machine, { defaults: {}, steps: functions }).States
}

function retriersOf(state: object | undefined): { MaxAttempts: number }[] {
  return Object(state).Retry
}
