import { expect, test } from 'vitest'
import { unlessDone } from '../../../../lambdas/clouds/aws/iam-consistency.ts'
import { AccessDenied, CloudUnavailable } from '../../../../lambdas/errors/step-errors.ts'

const explanation = { object: 'arn:role', reason: 'AWS refused iam:DeleteRole', action: 'Allow it' }
const refused = () => Promise.reject(new AccessDenied(explanation))

test('a refused change that has been made counts as made', async () => {
  await expect(unlessDone(refused(), async () => true)).resolves.toBeUndefined()
})

test('a refused change that has not been made is refused', async () => {
  await expect(unlessDone(refused(), async () => false)).rejects.toThrow(AccessDenied)
})

test('the state is read only after a refusal', async () => {
  const observe = () => Promise.reject(new Error('the state was read'))
  await expect(unlessDone(Promise.resolve(), observe)).resolves.toBeUndefined()
  await expect(unlessDone(Promise.reject(new CloudUnavailable(explanation)), observe)).rejects.toThrow(CloudUnavailable)
})
