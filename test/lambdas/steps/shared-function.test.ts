import { expect, test } from 'vitest'
import { handlerOfSteps } from '../../../lambdas/steps/shared-function.ts'
import { lambdaContext } from '../../support/api/lambda-context.ts'

const handler = handlerOfSteps({
  AcquireLock: (event) => Promise.resolve({ by: 'AcquireLock', event }),
  ReleaseLock: () => Promise.resolve({ by: 'ReleaseLock' }),
})

test('a call goes unchanged to the step that it names', async () => {
  const event = { state: 'AcquireLock', input: { cluster: 'a' } }
  await expect(handler(event, lambdaContext())).resolves.toEqual({ by: 'AcquireLock', event })
  await expect(handler({ state: 'ReleaseLock' }, lambdaContext())).resolves.toEqual({ by: 'ReleaseLock' })
})

test.each(['CreateRole', 'constructor', ''])('a step that the function does not have is refused: %j', async (state) => {
  await expect(handler({ state }, lambdaContext())).rejects.toMatchObject({
    name: 'InvalidStepInput',
    object: `state ${state}`,
    reason: 'the function does not have this step: its steps are AcquireLock, ReleaseLock',
    action: 'Deploy the state machine and the functions of one version',
  })
})

test.each([undefined, null, {}, { state: 1 }, 'AcquireLock'])(
  'a call that names no step is refused: %j',
  async (event) => {
    await expect(handler(event, lambdaContext())).rejects.toMatchObject({
      name: 'InvalidStepInput',
      object: 'the payload',
      reason: 'it names no state: its steps are AcquireLock, ReleaseLock',
    })
  },
)
