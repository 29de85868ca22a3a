import { expect, test } from 'vitest'
import { comparisonOf } from '../../../infra/definition/comparison.ts'
import type { AslState, Machine, State, Step, Workflow } from '../../../infra/definition/source.ts'

const inPlans = (Next: string): Step => ({ Type: 'Step', Input: {}, InPlans: {}, Next })
const ofSetupAlone = (Next: string): Step => ({ Type: 'Step', Input: {}, Next })

test('a plan skips waits and steps that plans do not run', () => {
  const { States } = comparisonOf(
    setupWith({ First: inPlans('Write'), Write: ofSetupAlone('Pause'), Pause: pause('Last'), Last: inPlans('Proof') }),
  )
  expect(Object.keys(States)).toEqual(['BeginComparison', 'First', 'Last', 'RecordComparison'])
  expect(States.First).toMatchObject({ DryRun: true, Retry: 'observation', Next: 'Last', Catch: [{ Next: 'Last' }] })
  expect(States.Last).toMatchObject({ Next: 'RecordComparison' })
})

test('a plan skips a map and omits a branch in which plans run no step', () => {
  const Parallel: AslState = {
    Type: 'Parallel',
    Branches: [branch(ofSetupAlone('')), branch(inPlans(''))],
    Next: 'Rounds',
  }
  const Rounds: AslState = { Type: 'Map', Items: [], ItemProcessor: branch(ofSetupAlone('')), Next: 'Last' }
  const { States } = comparisonOf(setupWith({ Parallel, Rounds, Last: inPlans('Proof') }))
  expect(Object.keys(States)).not.toContain('Rounds')
  expect(States.Parallel).toMatchObject({ Branches: [{ StartAt: 'BeginOnly' }], Next: 'GatherParallel' })
  expect(States.GatherParallel).toMatchObject({ Next: 'Last' })
})

test('a plan calls a polled step once, and does not assign the variables of polls', () => {
  const Wait = { State: 'WaitForIt', FirstSeconds: 1, MaxSeconds: 2 }
  const polled: Step = { ...inPlans('Last'), Poll: { Of: 'it', Choice: 'ItReady', Wait, NotReady: 'TooLate' } }
  const { States } = comparisonOf(
    setupWith({
      Prepare: { Type: 'Pass', Assign: { itPolls: 0, itDeadline: 1, other: 2 }, Next: 'Polled' },
      Polled: polled,
      Last: inPlans('Proof'),
    }),
  )
  expect(Object.keys(States)).toEqual(['BeginComparison', 'Prepare', 'Polled', 'Last', 'RecordComparison'])
  expect(Object(States.Prepare).Assign).toEqual({ other: 2 })
  expect(States.Polled).not.toHaveProperty('Poll')
  expect(States.Polled).toMatchObject({ Next: 'Last' })
})

test('a plan calls a repeated step once, and omits states that only a failure leads to', () => {
  const trial = { Condition: '$trial', Next: 'Try' }
  const { States } = comparisonOf(
    setupWith({
      First: { ...inPlans('Mode'), Catch: [{ ErrorEquals: ['States.ALL'], Next: 'PutBack' }] },
      Mode: { Type: 'Choice', Choices: [trial, { Condition: '$other', Next: 'Last' }], Default: 'Proof' },
      Try: ofSetupAlone('First'),
      PutBack: { Type: 'Pass', Next: 'First' },
      Last: inPlans('Proof'),
    }),
  )
  expect(Object.keys(States)).toEqual(['BeginComparison', 'First', 'Mode', 'Last', 'RecordComparison'])
  expect(States.Mode).toMatchObject({ Choices: [{ Condition: '$other', Next: 'Last' }], Default: 'RecordComparison' })
})

function setupWith(states: Readonly<Record<string, State>>): Workflow {
  const Proof = { Type: 'Step' as const, Input: {}, End: true as const }
  const StartAt = Object.keys(states)[0] ?? ''
  return {
    Comment: '',
    TimeoutSeconds: 1,
    StartAt,
    States: { ...states, Proof },
  }
}

function branch(only: Step): Machine {
  const { Next: _, ...step } = only
  return { StartAt: 'Only', States: { Only: { ...step, End: true } } }
}

function pause(Next: string): AslState {
  return { Type: 'Wait', Seconds: 5, Next }
}
