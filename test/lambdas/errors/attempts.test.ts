import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { allDone } from '../../../lambdas/errors/attempts.ts'

it('gives back all results in their order', async () => {
  expect(await allDone([sleep(5, 'a'), Promise.resolve('b')])).toEqual(['a', 'b'])
})

it('fails with the first failure, when nothing is under way any more', async () => {
  let isDone = false
  const slow = sleep(20).then(() => {
    isDone = true
  })
  await expect(allDone([Promise.reject(new Error('first')), slow])).rejects.toThrow('first')
  expect(isDone).toBe(true)
})
