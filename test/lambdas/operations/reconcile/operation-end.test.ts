import { expect, test } from 'vitest'
import { encodeFailure } from '../../../../lambdas/errors/failure-codec.ts'
import { AccessDenied } from '../../../../lambdas/errors/step-errors.ts'
import {
  endedMeanwhile,
  endOf,
  endOfFailedStart,
  endWithoutExecution,
  failureOf,
  isUnstarted,
  notApplied,
  tornDown,
} from '../../../../lambdas/operations/reconcile/operation-end.ts'
import type { OperationItem, StepItem } from '../../../../lambdas/operations/record/record.ts'
import { recordedStep as step } from '../../../support/steps/recorded-step.ts'

const conflict = { name: 'OwnershipConflict', object: 'arn:x', reason: 'it is conflict', action: 'Choose another name' }

test('a failure is the one that its step recorded', () => {
  const steps = [step('CreateBucket'), step('CreateRole', { item: 'default/a', status: 'failed', error: conflict })]
  expect(failureOf({ error: 'OwnershipConflict' }, 'prod-eu', steps)).toEqual({
    ...conflict,
    step: 'CreateRole',
    item: 'default/a',
  })
})

test('the error of an operation that waited for another one has a name of its own', () => {
  expect(notApplied('o', 'prod-eu', 'failed')).toMatchObject({
    name: 'NotBroughtAbout',
    object: 'cluster prod-eu',
  })
  expect(tornDown('prod-eu')).toMatchObject({ name: 'TornDown', object: 'cluster prod-eu' })
})

test('an operation whose start AWS refuses for good ends with the reason, and with an error of its own name', () => {
  const refused = new AccessDenied({
    object: 'arn:machine',
    reason: 'states:StartExecution is denied',
    action: 'Allow it',
  })
  expect(
    endOfFailedStart({ createdAt: '2026-11-30T12:00:00.000Z' }, refused, new Date('2026-11-30T13:00:00.000Z')),
  ).toEqual({
    status: 'failed',
    error: {
      name: 'StartRefused',
      object: 'arn:machine',
      reason: expect.stringContaining('states:StartExecution is denied'),
      action: 'Allow it; then send the request again',
    },
  })
})

test('of two failures with the same name the later is reported', () => {
  const early = step('CreateRole', { status: 'failed', error: conflict, endedAt: at(1) })
  const late = step('RegisterOidc', { status: 'failed', error: { ...conflict, object: 'arn:y' }, endedAt: at(2) })
  for (const steps of [
    [late, early],
    [early, late],
  ]) {
    expect(failureOf({ error: 'OwnershipConflict' }, 'prod-eu', steps)).toMatchObject({ step: 'RegisterOidc' })
  }
})

test('a failure that a later attempt has corrected is not reported', () => {
  const repaired = step('CreateRole', { status: 'succeeded', error: conflict })
  expect(failureOf({ error: 'OwnershipConflict' }, 'prod-eu', [repaired])).not.toHaveProperty('step')
})

test.each(['Runtime.ExitError', 'Sandbox.Timedout', 'States.Timeout', 'Lambda.TooManyRequestsException'])(
  '%s is attributed to the step that has been running longest',
  (error) => {
    const steps = [
      step('CheckWebhook', { status: 'running', attemptAt: at(2) }),
      step('CreateRole', { status: 'running', attemptAt: at(1), item: 'default/a' }),
    ]
    expect(failureOf({ error }, 'prod-eu', steps)).toMatchObject({ name: error, step: 'CreateRole', item: 'default/a' })
  },
)

test.each(['Lambda.ResourceNotReadyException', 'Lambda.SubnetIPAddressLimitReachedException'])(
  'the action for %s names the subnets of the functions',
  (error) => {
    expect(failureOf({ error }, 'prod-eu', [])).toMatchObject({
      name: error,
      action: expect.stringContaining('subnets'),
    })
  },
)

test('a function that was killed repeatedly is attributed to the step that was retried, not to a concurrent one', () => {
  const steps = [
    step('BindKsa', { status: 'running', attemptAt: at(1), item: 'default/a' }),
    step('DeployWebhook', { status: 'running', attemptAt: at(2), retries: 2 }),
    step('CheckCluster', { status: 'succeeded', attemptAt: at(0), retries: 3 }),
  ]
  expect(failureOf({ error: 'Runtime.ExitError' }, 'prod-eu', steps)).toMatchObject({ step: 'DeployWebhook' })
})

test('a failure that its step could not record is read from the error', () => {
  const reported = { ...conflict, step: 'CreateRole', item: 'default/a' }
  const cause = JSON.stringify({ errorType: 'OwnershipConflict', errorMessage: encodeFailure(reported), trace: [] })
  expect(failureOf({ error: 'OwnershipConflict', cause }, 'prod-eu', [step('CreateBucket')])).toEqual(reported)
})

test('a failure that a workflow raises again has its original name, although States. may not be raised', () => {
  const reported = { ...conflict, name: 'States.Timeout', step: 'CreateRole', item: 'default/a' }
  const cause = JSON.stringify({ errorMessage: encodeFailure(reported) })
  expect(failureOf({ error: 'Workflow.Timeout', cause }, 'prod-eu', [])).toEqual(reported)
})

test('a workflow that stops waiting for a step has the reason in its error', () => {
  const reported = { ...conflict, name: 'ClusterNotReady', step: 'CheckCluster' }
  const waiting = step('CheckCluster', { status: 'waiting', waiting: { reason: 'put it there', events: [] } })
  expect(failureOf({ error: 'ClusterNotReady', cause: encodeFailure(reported) }, 'prod-eu', [waiting])).toEqual(
    reported,
  )
})

test.each([
  ['is no JSON', 'it broke'],
  ['is of another form', JSON.stringify({ errorMessage: 'it broke' })],
  ['has another error', JSON.stringify({ errorMessage: encodeFailure({ ...conflict, name: 'AccessDenied' }) })],
])('a cause that %s is ignored', (_, cause) => {
  expect(failureOf({ error: 'OwnershipConflict', cause }, 'prod-eu', []).object).toBe('cluster prod-eu')
})

test('a call that the workflow may not make is named with its resource', () => {
  const arn = 'arn:aws:lambda:eu-west-1:000000000000:function:CreateBucket'
  const cause = `User: arn:aws:sts::000000000000:assumed-role/Setup/x is not authorized to perform: lambda:InvokeFunction on resource: ${arn} because no identity-based policy allows it`
  const failure = failureOf({ error: 'Lambda.AWSLambdaException', cause }, 'prod-eu', [])
  expect(failure).toMatchObject({ name: 'Lambda.AWSLambdaException', object: arn })
  expect(failure.reason).toContain('lambda:InvokeFunction')
})

test('a batch that the workflow may not start is named with its state machine', () => {
  const arn = 'arn:aws:states:eu-west-1:000000000000:stateMachine:WorkloadIdentity-batch'
  const cause = `role is not authorized to perform: states:StartExecution on resource: ${arn} because no policy`
  expect(failureOf({ error: 'StepFunctions.AWSStepFunctionsException', cause }, 'prod-eu', [])).toMatchObject({
    object: arn,
    reason: expect.stringContaining('AWS refused states:StartExecution to the workflow'),
  })
})

test('an error without a step is reported with its name', () => {
  expect(failureOf({}, 'prod-eu', [])).toMatchObject({ name: 'Unknown', object: 'cluster prod-eu' })
})

test('a stopped execution is a cancelled operation, and the error names the caller', () => {
  expect(endOf({ status: 'ABORTED', cause: 'cancelled by alice' }, 'prod-eu', [])).toMatchObject({
    status: 'cancelled',
    error: { name: 'Cancelled', reason: 'the operation was stopped: cancelled by alice' },
  })
})

test('an execution that timed out has failed', () => {
  const end = endOf({ status: 'TIMED_OUT' }, 'prod-eu', [step('Verify', { status: 'running' })])
  expect(end).toMatchObject({ status: 'failed', error: { name: 'States.Timeout', step: 'Verify' } })
})

test('an execution that timed out between two attempts of a step says what the step waited for', () => {
  const waiting = step('CheckCluster', { status: 'waiting', waiting: { reason: 'put it there', events: [] } })
  const end = endOf({ status: 'TIMED_OUT' }, 'prod-eu', [step('ApplyCluster'), waiting])
  expect(end).toMatchObject({ status: 'failed', error: { name: 'States.Timeout', step: 'CheckCluster' } })
  expect(end.error?.reason).toBe('the workflow ended with States.Timeout while it was waiting: put it there')
})

test('an execution that succeeded is a succeeded operation', () => {
  expect(endOf({ status: 'SUCCEEDED' }, 'prod-eu', [])).toEqual({ status: 'succeeded' })
})

function at(minute: number): string {
  return new Date(Date.UTC(2026, 10, 25, 12, minute)).toISOString()
}

const recordedAt = Date.UTC(2026, 10, 25, 12)
const operation: OperationItem = {
  operationId: 'o',
  kind: 'setup',
  cluster: 'prod-eu',
  status: 'queued',
  requestedBy: 'alice',
  createdAt: new Date(recordedAt).toISOString(),
}
const secondsLater = (seconds: number) => new Date(recordedAt + seconds * 1000)

test('an operation without an execution has not ended while its execution may just have been started', () => {
  expect(endWithoutExecution({ operation, steps: [] }, secondsLater(59))).toBeUndefined()
  const late = { ...operation, status: 'running', startedAt: secondsLater(3600).toISOString() } as const
  expect(endWithoutExecution({ operation: late, steps: [] }, secondsLater(3659))).toBeUndefined()
})

test('only an operation that waits for no other one is started later', () => {
  expect(isUnstarted({ operation, steps: [] }, secondsLater(59))).toBe(false)
  expect(isUnstarted({ operation, steps: [] }, secondsLater(61))).toBe(true)
  expect(isUnstarted({ operation: { ...operation, waits: true }, steps: [] }, secondsLater(61))).toBe(false)
})

test('a started operation without an execution has lost it', () => {
  const after = (fields: Partial<OperationItem>, steps: StepItem[] = []) =>
    endWithoutExecution({ operation: { ...operation, ...fields }, steps }, secondsLater(61))?.error?.name
  expect(after({})).toBeUndefined()
  expect(after({ status: 'running', startedAt: secondsLater(1).toISOString() })).toBe('ExecutionLost')
  // The function that starts the execution may crash before it records the start.
  expect(after({}, [step('CreateBucket')])).toBe('ExecutionLost')
})

test('a failed execution has its own error, and not the one of a time-out', () => {
  expect(endOf({ status: 'FAILED', error: 'OwnershipConflict' }, 'prod-eu', [])).toMatchObject({
    status: 'failed',
    error: { name: 'OwnershipConflict' },
  })
})

test('a refusal of AWS is attributed to the workflow when it concerns Invoke, and not when it concerns a function', () => {
  const cause = 'role is not authorized to perform: lambda:InvokeFunction on resource: arn:f because no policy'
  expect(failureOf({ error: 'Lambda.AccessDeniedException', cause }, 'prod-eu', [])).toMatchObject({
    object: 'arn:f',
    reason: 'AWS refused lambda:InvokeFunction to the workflow (Lambda.AccessDeniedException)',
  })
  expect(failureOf({ error: 'AccessDenied', cause }, 'prod-eu', [])).toMatchObject({ object: 'cluster prod-eu' })
  expect(failureOf({ error: 'Lambda.Unknown', cause: 'no' }, 'prod-eu', [])).toMatchObject({
    object: 'cluster prod-eu',
  })
})

test('a step after the end of its operation names its cluster, or all clusters', () => {
  expect(endedMeanwhile('prod-eu')).toMatchObject({ object: 'cluster prod-eu' })
  expect(endedMeanwhile('')).toMatchObject({ object: 'all clusters' })
})
