import { expect, test } from 'vitest'
import { recordedUnlessRefused } from '../../../../lambdas/clouds/aws/iam-consistency.ts'
import {
  AccessDenied,
  CloudUnavailable,
  ConcurrentChange,
  InvalidObject,
  Unreachable,
} from '../../../../lambdas/errors/step-errors.ts'

const details = { object: 'arn:aws:iam::000000000000:role/x', reason: 'reason', action: 'action' }

/** Whether the record remains after a creation that has ended with this error. */
async function remains(error: Error): Promise<boolean> {
  let isRecorded = true
  const forget = async () => {
    isRecorded = false
  }
  await expect(recordedUnlessRefused(Promise.reject(error), forget)).rejects.toBe(error)
  return isRecorded
}

test.each([
  new CloudUnavailable(details),
  new Unreachable(details),
  new ConcurrentChange(details),
  new TypeError('no answer'),
])('the record of an object remains after $name, because IAM may have created the object', async (error) => {
  expect(await remains(error)).toBe(true)
})

test.each([new AccessDenied(details), new InvalidObject(details)])(
  'the record of an object goes after $name, because IAM has not created the object',
  async (error) => {
    expect(await remains(error)).toBe(false)
  },
)
