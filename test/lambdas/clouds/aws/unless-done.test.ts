import { expect, test } from 'vitest'
import { unlessDone } from '../../../../lambdas/clouds/aws/iam-consistency.ts'
import { AccessDenied, CloudUnavailable } from '../../../../lambdas/errors/step-errors.ts'

const explanation = { object: 'arn:role', reason: 'AWS refused iam:DeleteRole', action: 'Allow it' }
const refused = () => Promise.reject(new AccessDenied(explanation))

test('what was done and refused when it was sent again is done', async () => {
  await expect(unlessDone(refused(), async () => true)).resolves.toBeUndefined()
})

test('what was refused and not done is refused', async () => {
  await expect(unlessDone(refused(), async () => false)).rejects.toThrow(AccessDenied)
})

test('nobody looks whether it was done after any other failure, and after none', async () => {
  const observe = () => Promise.reject(new Error('somebody looked'))
  await expect(unlessDone(Promise.resolve(), observe)).resolves.toBeUndefined()
  await expect(unlessDone(Promise.reject(new CloudUnavailable(explanation)), observe)).rejects.toThrow(CloudUnavailable)
})
