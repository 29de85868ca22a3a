import { IAMClient, IAMServiceException, ListRolesCommand, MalformedPolicyDocumentException } from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { clientConfig } from '../../../../lambdas/clouds/aws/clients/config.ts'
import { errorOf, orStepError } from '../../../../lambdas/clouds/aws/errors.ts'
import { StepError, Unsupported } from '../../../../lambdas/errors/step-errors.ts'

const call = { action: 'iam:CreateRole', resource: 'arn:aws:iam::123456789012:role/workload-identity/x' }

function awsError(name: string, httpStatusCode: number, message = 'User: arn:aws:sts::1:assumed-role/secret is not') {
  return new IAMServiceException({ name, $fault: 'client', $metadata: { httpStatusCode }, message })
}

function explainedName(error: unknown): string {
  const result = errorOf(error, call)
  if (!(result instanceof StepError)) throw new Error('not explained')
  return result.name
}

describe('errors of AWS', () => {
  it.each([
    ['AccessDenied', 403, 'AccessDenied'],
    ['AccessDeniedException', 400, 'AccessDenied'],
    ['InvalidClientTokenId', 403, 'AccessDenied'],
    ['SomethingNew', 403, 'AccessDenied'],
    ['RegionDisabled', 403, 'AccountRefused'],
    ['RegionDisabledException', 403, 'AccountRefused'],
    ['Throttling', 400, 'CloudUnavailable'],
    ['ProvisionedThroughputExceededException', 400, 'CloudUnavailable'],
    ['SlowDown', 503, 'CloudUnavailable'],
    ['ServiceFailureException', 500, 'CloudUnavailable'],
    ['LimitExceededException', 409, 'LimitExceeded'],
    ['EntityAlreadyExistsException', 409, 'ConcurrentChange'],
    ['NoSuchEntityException', 404, 'ConcurrentChange'],
    ['ConcurrentModificationException', 409, 'ConcurrentChange'],
    ['EntityTemporarilyUnmodifiableException', 409, 'ConcurrentChange'],
    ['TransactionConflictException', 400, 'ConcurrentChange'],
    ['TransactionInProgressException', 400, 'ConcurrentChange'],
    ['InvalidInputException', 400, 'InvalidObject'],
  ])('%s (%i) is %s', (name, status, expected) => {
    expect(explainedName(awsError(name, status))).toBe(expected)
  })

  it('name the missing permission, if it is another than the action of the call', () => {
    const message = `User: arn:aws:sts::1:assumed-role/x is not authorized to perform: iam:TagRole on resource: ${call.resource} because no identity-based policy allows the iam:TagRole action`
    const error = errorOf(awsError('AccessDenied', 403, message), call)
    expect(error).toMatchObject({
      reason: 'AWS refused iam:CreateRole, because the permission iam:TagRole is missing (AccessDenied)',
      action: expect.stringMatching(/^Allow iam:TagRole on /),
    })
  })

  it('name the action and the resource of the call, and not the caller', () => {
    const error = errorOf(awsError('AccessDenied', 403), call)
    expect(error).toMatchObject({ object: call.resource, reason: expect.stringContaining('iam:CreateRole') })
    expect(String(error)).not.toContain('assumed-role/secret')
  })

  it('repeat what IAM found wrong in a policy', () => {
    const error = new MalformedPolicyDocumentException({
      $metadata: { httpStatusCode: 400 },
      message: 'Has prohibited field Principal.',
    })
    expect(String(errorOf(error, call))).toContain('Has prohibited field Principal. Correct')
  })

  it('distinguish a policy that does not exist from a deleted object', () => {
    const message = 'Policy arn:aws:iam::aws:policy/Nothing does not exist or is not attachable.'
    const error = errorOf(awsError('NoSuchEntityException', 404, message), { ...call, detail: 'policy arn:x' })
    expect(error).toMatchObject({ name: 'InvalidObject', reason: expect.stringContaining('policy arn:x') })
  })

  it('distinguish a permissions boundary that does not exist from a policy of the request', () => {
    const boundary = 'arn:aws:iam::123456789012:policy/workload-identity-boundary'
    const message = `Scope ARN: ${boundary} does not exist or is not attachable.`
    const error = errorOf(awsError('NoSuchEntityException', 404, message), call)
    expect(error).toMatchObject({ name: 'InvalidObject', object: boundary, action: expect.stringContaining('Deploy') })
  })

  it('say which limit was reached', () => {
    const limited = { ...call, limit: 'a role holds 10 policies' }
    expect(String(errorOf(awsError('LimitExceeded', 409), limited))).toContain('a role holds 10 policies')
  })

  it('do not change our own errors and defects', () => {
    const ours = new Unsupported({ object: 'o', reason: 'r', action: 'a' })
    const defect = new TypeError('x is not a function')
    expect(errorOf(ours, call)).toBe(ours)
    expect(errorOf(defect, call)).toBe(defect)
  })

  it('say that the step ran out of time when its signal was aborted', async () => {
    const client = new IAMClient({
      ...clientConfig,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    })
    await expect(
      orStepError(call, client.send(new ListRolesCommand({}), { abortSignal: AbortSignal.abort() })),
    ).rejects.toMatchObject({ name: 'CloudUnavailable' })
  })
})
