import { beforeAll, expect, test } from 'vitest'
import { bothForTests } from '../sandbox/aws/support/both.ts'
import { createMachineRole, run } from '../sandbox/aws/support/machines.ts'

const both = bothForTests()
beforeAll(() => Promise.all([both.plain, both.patched].map(createMachineRole)))

const tooLong = {
  status: 'FAILED',
  error: 'States.Runtime',
  cause: 'The execution reached the maximum number of history events (25000).',
}

/** Rounds of two states with two events each. Each round has four events, and the start and the end have two. */
function rounds(count: number): object {
  const again = { Condition: `{% $round < ${count} %}`, Assign: { round: '{% $round + 1 %}' }, Next: 'Round' }
  return {
    StartAt: 'Begin',
    States: {
      Begin: { Type: 'Pass', Assign: { round: 1 }, Next: 'Round' },
      Round: { Type: 'Pass', Next: 'Again' },
      Again: { Type: 'Choice', Choices: [again], Default: 'End' },
      End: { Type: 'Pass', End: true },
    },
  }
}

// https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html
test('an execution fails at its 25,000th event, even if it catches every error', async () => {
  const branch = rounds(6250)
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }]
  const machine = {
    StartAt: 'All',
    States: { All: { Type: 'Parallel', Branches: [branch], Catch, End: true }, Caught: { Type: 'Pass', End: true } },
  }
  expect(await run(both.plain, machine)).toMatchObject({ status: 'SUCCEEDED' })
  expect(await run(both.patched, machine)).toMatchObject(tooLong)
})

test('an execution with slightly fewer events succeeds', async () => {
  expect(await run(both.patched, rounds(6248))).toMatchObject({ status: 'SUCCEEDED' })
})

test('the items of a Map count as events of the execution', async () => {
  const items = (count: number) => ({
    StartAt: 'Items',
    States: {
      Items: {
        Type: 'Map',
        Items: `{% [1..${count}] %}`,
        ItemProcessor: { StartAt: 'Item', States: { Item: { Type: 'Pass', End: true } } },
        End: true,
      },
    },
  })
  expect(await run(both.patched, items(6250))).toMatchObject(tooLong)
})
