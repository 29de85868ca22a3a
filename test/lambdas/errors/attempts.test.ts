import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { allDone, allDoneInBatches, retryOnConflict } from '../../../lambdas/errors/attempts.ts'
import { ConcurrentChange, Unreachable } from '../../../lambdas/errors/step-errors.ts'

const explanation = { object: 'an object', reason: 'a reason', action: 'an action' }

it('returns all results in their order', async () => {
  expect(await allDone([sleep(5, 'a'), Promise.resolve('b')])).toEqual(['a', 'b'])
})

it('fails with the first failure, after all have ended', async () => {
  let isDone = false
  const slow = sleep(20).then(() => {
    isDone = true
  })
  await expect(allDone([Promise.reject(new Error('first')), slow])).rejects.toThrow('first')
  expect(isDone).toBe(true)
})

describe('batches', () => {
  it('process each item once, and at most the given number at the same time', async () => {
    const done: number[] = []
    let running = 0
    let most = 0
    await allDoneInBatches([1, 2, 3, 4, 5], 2, async (item) => {
      running += 1
      most = Math.max(most, running)
      await sleep(1)
      running -= 1
      done.push(item)
    })
    expect(done.sort()).toEqual([1, 2, 3, 4, 5])
    expect(most).toBe(2)
  })

  it('end with the first that fails', async () => {
    const started: number[] = []
    const act = async (item: number) => {
      started.push(item)
      if (item === 1) throw new Error('first')
    }
    await expect(allDoneInBatches([1, 2, 3], 2, act)).rejects.toThrow('first')
    expect(started).toEqual([1, 2])
  })
})

describe('a read and write', () => {
  it('is repeated while another writer has written in between', async () => {
    const errors = [new ConcurrentChange(explanation), new ConcurrentChange(explanation)]
    const readAndWrite = async () => {
      const error = errors.shift()
      if (error) throw error
      return 'written'
    }
    expect(await retryOnConflict(3, readAndWrite)).toBe('written')
  })

  it.for([
    ['a conflict', new ConcurrentChange(explanation), 3],
    ['any other error', new Unreachable(explanation), 1],
  ] as const)('fails with %s after its last attempt', async ([, error, times]) => {
    let count = 0
    const readAndWrite = async () => {
      count += 1
      throw error
    }
    await expect(retryOnConflict(3, readAndWrite)).rejects.toBe(error)
    expect(count).toBe(times)
  })
})
