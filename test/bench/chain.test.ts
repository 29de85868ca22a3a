import { describe, expect, it } from 'vitest'
import { longestChain, longestPath, pathsOf } from '../../bench/calls/chain.ts'
import { coldFunctionsOfReadyCluster, functionsInSequence } from '../../bench/calls/cold-functions.ts'

const call = (from: number, to: number) => ({ from, to })

describe('the longest chain of calls', () => {
  it('is empty without calls', () => {
    expect(longestChain([])).toHaveLength(0)
  })

  it('counts calls that follow one another, listed in any order', () => {
    expect(longestChain([call(200, 300), call(0, 100), call(100, 200)])).toHaveLength(3)
  })

  it('counts one of several simultaneous calls', () => {
    expect(longestChain([call(0, 100), call(1, 101), call(2, 102)])).toHaveLength(1)
  })

  it('takes the longer one of two parallel sequences', () => {
    expect(longestChain([call(0, 300), call(0, 100), call(100, 200), call(210, 290), call(310, 400)])).toHaveLength(4)
  })
})

const graph = {
  States: {
    First: {},
    Both: { Branches: [{ States: { Left: {}, LeftAgain: {} } }, { States: { Right: {} } }] },
    Each: { ItemProcessor: { States: { Last: {} } } },
    NotEntered: {},
  },
}

it('each path of a state machine takes one of the parallel branches', () => {
  expect(pathsOf(graph)).toEqual([
    ['First', 'Both', 'Left', 'LeftAgain', 'Each', 'Last', 'NotEntered'],
    ['First', 'Both', 'Right', 'Each', 'Last', 'NotEntered'],
  ])
})

describe('the functions that start one after another', () => {
  const branch = (...states: string[]) => ({ States: Object.fromEntries(states.map((state) => [state, {}])) })
  const branches = { Branches: [branch('CheckWebhook', 'ActivateWebhook'), branch('CreateRole', 'BindKsa')] }
  const machine = { States: { ObserveCluster: {}, Both: branches, RecordResult: {} } }
  const all = new Set(['ObserveCluster', 'CheckWebhook', 'ActivateWebhook', 'CreateRole', 'BindKsa', 'RecordResult'])

  it('are those of the branch with the most functions, and a shared function counts once', () => {
    expect(functionsInSequence(machine, all)).toEqual(['cluster-steps', 'CreateRole', 'BindKsa', 'record-steps'])
    const entered = new Set([...all].filter((state) => !/Role|Ksa/.test(state)))
    expect(functionsInSequence(machine, entered)).toEqual(['cluster-steps', 'record-steps'])
  })

  it('are six in the first setup of a ready cluster', async () => {
    expect(await coldFunctionsOfReadyCluster()).toEqual([
      'CheckCluster',
      'RegisterOidc',
      'CreateRole',
      'BindKsa',
      'Verify',
      'record-steps',
    ])
  })
})

it('the longest path of a state machine takes the longest of the parallel branches', () => {
  const lengths: Readonly<Record<string, number>> = { First: 3, Left: 2, LeftAgain: 2, Right: 5, Last: 7 }
  expect(longestPath(graph, (state) => lengths[state] ?? 0)).toBe(3 + 5 + 7)
})
