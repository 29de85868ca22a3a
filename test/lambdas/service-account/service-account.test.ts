import { describe, expect, it } from 'vitest'
import { boundServiceAccount, roleConflict } from '../../../lambdas/service-account/service-account.ts'

const role = 'arn:aws:iam::000000000000:role/workload-identity/prod-eu-default-s3-reader'
const other = 'arn:aws:iam::000000000000:role/somebody-elses'
const binding = { namespace: 'default', name: 's3-reader', roleArn: role, regionalSts: true }

describe('the service account of a workload', () => {
  it('has annotations for its role, the lifetime of its tokens and the regional endpoint', () => {
    expect(boundServiceAccount(binding)).toEqual({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        namespace: 'default',
        name: 's3-reader',
        annotations: {
          'eks.amazonaws.com/role-arn': role,
          'eks.amazonaws.com/token-expiration': '86400',
          'eks.amazonaws.com/sts-regional-endpoints': 'true',
        },
      },
    })
  })

  it('has no annotation of regional endpoints where the webhook would misread it', () => {
    expect(boundServiceAccount({ ...binding, regionalSts: false }).metadata.annotations).not.toHaveProperty([
      'eks.amazonaws.com/sts-regional-endpoints',
    ])
  })
})

describe('an account with the role of another manager', () => {
  const live = (annotations: object, managedFields?: unknown[]) => ({ metadata: { annotations, managedFields } })
  const owns = (manager: string, annotation: string) => ({
    manager,
    fieldsV1: { 'f:metadata': { 'f:annotations': { [`f:${annotation}`]: {} } } },
  })

  it('is a conflict that names role and manager', () => {
    const error = roleConflict(
      live({ 'eks.amazonaws.com/role-arn': other }, [
        owns('kubectl-label', 'team'),
        owns('helm', 'eks.amazonaws.com/role-arn'),
      ]),
      binding,
    )

    expect(error).toMatchObject({ name: 'FieldConflict', object: 'ServiceAccount default/s3-reader' })
    expect(error?.reason).toBe(`its annotation eks.amazonaws.com/role-arn names ${other}, set by helm`)
    expect(error?.action).toMatch(
      /\(kubectl annotate serviceaccount -n default s3-reader eks\.amazonaws\.com\/role-arn-\), .* Then send the setup again/,
    )
  })

  it('is a conflict with the other manager of a shared annotation', () => {
    const owners = ['workload-identity', 'kubectl-annotate'].map((manager) =>
      owns(manager, 'eks.amazonaws.com/role-arn'),
    )
    expect(roleConflict(live({ 'eks.amazonaws.com/role-arn': other }, owners), binding)?.reason).toContain(
      'set by kubectl-annotate',
    )
  })

  it('is a conflict that hides values other than a role and the name of a manager', () => {
    const error = roleConflict(
      live({ 'eks.amazonaws.com/role-arn': 's3cr3t' }, [owns('s3cr3t of somebody', 'eks.amazonaws.com/role-arn')]),
      binding,
    )
    expect(error?.reason).toContain('names something that is no role, set by unnamed')
  })

  it.each([
    ['arn:aws-cn:iam::000000000000:role/path/reader', 'arn:aws-cn:iam::000000000000:role/path/reader'],
    [`s3cr3t ${other}`, 'something that is no role'],
    [`${other} s3cr3t`, 'something that is no role'],
  ])('with the annotation %j is a conflict that names %s', (annotation, shown) => {
    const error = roleConflict(live({ 'eks.amazonaws.com/role-arn': annotation }), binding)
    expect(error?.reason).toContain(`names ${shown}, set by`)
  })

  it('is a conflict with an unknown manager without managed fields', () => {
    expect(roleConflict(live({ 'eks.amazonaws.com/role-arn': other }), binding)?.reason).toContain('an unknown manager')
  })

  it('is no conflict with the desired role, or without a role', () => {
    expect(roleConflict(live({ 'eks.amazonaws.com/role-arn': role }), binding)).toBeUndefined()
    expect(roleConflict(live({ team: 'a' }), binding)).toBeUndefined()
    expect(roleConflict(undefined, binding)).toBeUndefined()
  })
})
