import { expect, test } from 'vitest'
import { RefusedRequest } from '../../../cli/api/answer.ts'
import { retryWhileTooManyRunning } from '../../../cli/apply/retry-while-too-many-running.ts'
import { type Output, silentOutput } from '../../../cli/output.ts'
import { said } from '../support/lines.ts'

const title = 'The caller has as many operations running as it may'
const full = new RefusedRequest({ type: 'urn:x', title, status: 429 })

function context() {
  const lines: string[] = []
  const output: Output = { ...silentOutput, print: (printed) => lines.push(...said(printed)) }
  const interruption = new AbortController()
  return { lines, output, interruption, interrupt: interruption.signal }
}

/** A request that is refused this many times, and then accepted. */
function takenAfter(refusals: number, refusal = full) {
  let sent = 0
  const send = async () => {
    if (++sent <= refusals) throw refusal
    return 'taken'
  }
  return { send, times: () => sent }
}

test('retries a request until a concurrency slot is free, and reports once that it waits', async () => {
  const { lines, ...rest } = context()
  const { send, times } = takenAfter(3)
  expect(await retryWhileTooManyRunning(rest, send, 1)).toBe('taken')
  expect([times(), lines]).toEqual([4, [`  … waits: ${title}`]])
})

test('does not retry after any other refusal', async () => {
  const { send, times } = takenAfter(1, new RefusedRequest({ type: 'urn:x', title: 'x', status: 409 }))
  await expect(retryWhileTooManyRunning(context(), send, 1)).rejects.toThrow('x')
  expect(times()).toBe(1)
})

test('does not retry after Ctrl-C', async () => {
  const { interruption, ...rest } = context()
  const { send, times } = takenAfter(5)
  setTimeout(() => interruption.abort(), 20)
  await expect(retryWhileTooManyRunning(rest, send, 60_000)).rejects.toThrow(title)
  expect(times()).toBe(1)
})
